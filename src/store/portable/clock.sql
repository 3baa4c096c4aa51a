-- The workspace's clock, which cxtop computes in Rust: UTC to the wall clock of {zone} and back, and where periods begin.

CREATE OR REPLACE MACRO local_time(p_ts) AS timezone('{zone}', timezone('UTC', CAST(p_ts AS TIMESTAMP)));

-- Of an hour that comes twice the first is taken, where DuckDB takes the second.
CREATE OR REPLACE MACRO cxtop_utc_time(p_wall, p_utc) AS
    coalesce(list_min(list_filter(list_transform(range(19), lambda count: p_utc - to_minutes(10 * count)),
        lambda moment: local_time(moment) = p_wall)), p_utc);
CREATE OR REPLACE MACRO utc_time(p_wall) AS
    cxtop_utc_time(CAST(p_wall AS TIMESTAMP), timezone('UTC', timezone('{zone}', CAST(p_wall AS TIMESTAMP))));

-- A day is already a day of the workspace. Weeks begin {week_shift} days after Monday.
CREATE OR REPLACE MACRO cxtop_period_start(p_wall, p_unit) AS
    CASE lower(p_unit) WHEN 'week' THEN date_trunc('week', p_wall - to_days({week_shift})) + to_days({week_shift})
        ELSE CAST(date_trunc(p_unit, p_wall) AS TIMESTAMP) END;
CREATE OR REPLACE MACRO period_start(p_ts, p_unit) AS
    cxtop_period_start(CASE WHEN typeof(p_ts) = 'DATE' THEN CAST(p_ts AS TIMESTAMP) ELSE local_time(p_ts) END, p_unit);

