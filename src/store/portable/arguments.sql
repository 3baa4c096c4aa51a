-- Reads arguments. Times are microseconds since 1970 in UTC, lengths of time are microseconds.

-- The lengths of one interval, or of a list of them. A month counts as 30 days.
CREATE OR REPLACE MACRO @cxtop_lengths(p_intervals) AS
    list_transform(
        CAST(string_split(regexp_replace(CAST(p_intervals AS VARCHAR), '[\[\]'']', '', 'g'), ', ') AS INTERVAL[]),
        lambda length: ((date_part('year', length) * 12 + date_part('month', length)) * 30 + date_part('day', length))
            * 86400000000 + date_part('hour', length) * 3600000000 + date_part('minute', length) * 60000000
            + date_part('microsecond', length));

-- A day means its first moment in the workspace's zone; a time is UTC.
CREATE OR REPLACE MACRO @cxtop_moment(p_time) AS
    epoch_us(CASE WHEN typeof(p_time) = 'DATE' THEN utc_time(CAST(p_time AS TIMESTAMP))
        ELSE CAST(p_time AS TIMESTAMP) END);

-- The first moment of a range without a beginning, and the end of one without an end.
CREATE OR REPLACE MACRO @cxtop_since(p_since) AS coalesce(@cxtop_moment(p_since), -4000000000000000000);
CREATE OR REPLACE MACRO @cxtop_until(p_until) AS coalesce(@cxtop_moment(p_until), 4000000000000000000);

-- A wall-clock period: its number in a row of such periods, the one so many further, and its first moment in UTC.
CREATE OR REPLACE MACRO @cxtop_ordinal(p_start, p_unit) AS
    CASE lower(p_unit) WHEN 'week' THEN date_diff('day', TIMESTAMP '1900-01-01', p_start) // 7
        ELSE date_diff(lower(p_unit), TIMESTAMP '1970-01-01', p_start) END;
CREATE OR REPLACE MACRO @cxtop_shift(p_start, p_unit, p_count) AS
    p_start + CASE lower(p_unit) WHEN 'hour' THEN to_hours(p_count) WHEN 'day' THEN to_days(p_count)
        WHEN 'week' THEN to_days(7 * p_count) WHEN 'month' THEN to_months(p_count)
        WHEN 'quarter' THEN to_months(3 * p_count) WHEN 'year' THEN to_months(12 * p_count)
        ELSE error('there is no period ''' || p_unit || ''': use ''hour'', ''day'', ''week'', ''month'', ''quarter'' or ''year''') END;
CREATE OR REPLACE MACRO @cxtop_utc(p_wall) AS epoch_us(utc_time(p_wall));
CREATE OR REPLACE MACRO @cxtop_period(p_time, p_unit) AS period_start(make_timestamp(p_time), p_unit);

-- The day that counts as today, on the wall clock; and its first moment.
CREATE OR REPLACE MACRO @cxtop_today() AS TIMESTAMP '{today} 00:00:00';
CREATE OR REPLACE MACRO @cxtop_now() AS @cxtop_utc(@cxtop_today());
CREATE OR REPLACE MACRO @cxtop_today_period(p_unit) AS period_start(CAST(@cxtop_today() AS DATE), p_unit);

-- How long a rolling period is, and the number of the period, calendar or rolling, in which a moment lies.
CREATE OR REPLACE MACRO @cxtop_length(p_unit) AS
    3600000000 * CASE lower(p_unit) WHEN 'hour' THEN 1 WHEN 'day' THEN 24 WHEN 'week' THEN 24 * 7 WHEN 'month' THEN 24 * 30
        WHEN 'quarter' THEN 24 * 90 ELSE 24 * 365 END;
CREATE OR REPLACE MACRO @cxtop_distance(p_cohort, p_started, p_moment, p_unit, p_windows) AS
    CASE p_windows WHEN 'rolling' THEN (p_moment - p_started) // @cxtop_length(p_unit)
        ELSE @cxtop_ordinal(@cxtop_period(p_moment, p_unit), p_unit) - @cxtop_ordinal(p_cohort, p_unit) END;
