-- Retention.

-- One row for every member of a cohort and every column that has begun: when the customer started, and first came back.
-- The column holds the periods from `since` up to but not including `until`, counted from the cohort's own.
CREATE OR REPLACE MACRO @cxtop_members(p_start, p_back, p_period, p_periods, p_cohort, p_criterion, p_windows, p_brackets,
    p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
WITH
_people AS (
    SELECT * FROM (SELECT DISTINCT customer_id FROM events WHERE customer_id IS NOT NULL)
        LEFT JOIN customers USING (customer_id)
    WHERE p_customers
),
_rows AS MATERIALIZED (
    SELECT event.* FROM _people, LATERAL (
        SELECT customer_id, epoch_us(ts) AS moment, coalesce(p_start, false) AS is_start, coalesce(p_back, false) AS is_back,
            CAST(p_by AS VARCHAR) AS label
        FROM events WHERE events.customer_id = _people.customer_id AND p_filter
    ) AS event
    WHERE is_start OR is_back
),
_starts AS (
    SELECT customer_id, moment, @cxtop_period(moment, p_period) AS opened, min(label) AS label FROM _rows
    WHERE is_start AND (p_cohort = 'first_time' OR (moment >= @cxtop_since(p_since) AND moment < @cxtop_until(p_until)))
    GROUP BY ALL
),
_openers AS MATERIALIZED (
    SELECT * FROM (
        SELECT * FROM _starts QUALIFY row_number() OVER (
            PARTITION BY customer_id, CASE WHEN p_cohort = 'recurring' THEN opened END ORDER BY moment) = 1)
    WHERE moment >= @cxtop_since(p_since) AND moment < @cxtop_until(p_until)
),
_large AS (
    SELECT label, true AS is_large FROM _openers GROUP BY label
    QUALIFY row_number() OVER (ORDER BY count(*) DESC, label NULLS LAST) <= p_top
),
_columns AS (
    SELECT number, CASE WHEN p_brackets IS NULL THEN number ELSE CAST(p_brackets AS BIGINT[])[number + 1] END AS low,
        CASE WHEN p_brackets IS NULL THEN number + 1 ELSE coalesce(CAST(p_brackets AS BIGINT[])[number + 2],
            CAST(p_brackets AS BIGINT[])[number + 1] + 1) END AS high
    FROM (SELECT unnest(range(coalesce(len(CAST(p_brackets AS BIGINT[])), p_periods))) AS number)
),
-- Of the returns in a calendar period only the first matters.
_backs AS (
    SELECT customer_id, CASE p_windows WHEN 'calendar' THEN @cxtop_period(moment, p_period) END AS slot, moment
    FROM _rows WHERE is_back
    QUALIFY p_windows = 'rolling' OR row_number() OVER (PARTITION BY customer_id, slot ORDER BY moment) = 1
),
_returns AS (
    SELECT _openers.customer_id, _openers.opened, @cxtop_distance(_openers.opened, _openers.moment, _backs.moment, p_period,
        p_windows) AS distance, min(_backs.moment) AS moment
    FROM _openers JOIN _backs ON _openers.customer_id = _backs.customer_id AND _openers.moment < _backs.moment
    GROUP BY ALL
),
_returned AS (
    SELECT customer_id, opened, number, min(moment) AS moment FROM _returns JOIN _columns
        ON distance >= low AND (distance < high OR p_criterion = 'on_or_after')
    GROUP BY ALL
)
SELECT _openers.customer_id, _openers.opened, CASE WHEN is_large THEN _openers.label ELSE '(other)' END AS label,
    _openers.moment AS started, _columns.number, _columns.low, _columns.high,
    CASE _columns.number WHEN 0 THEN _openers.moment ELSE _returned.moment END AS returned,
    CASE p_windows WHEN 'calendar' THEN @cxtop_shift(_openers.opened, p_period, _columns.high) <= @cxtop_today()
        ELSE @cxtop_utc(@cxtop_shift(_openers.opened, p_period, 1)) + _columns.high * @cxtop_length(p_period) <= @cxtop_now()
    END AS is_complete
FROM _openers CROSS JOIN _columns
LEFT JOIN _large ON _openers.label IS NOT DISTINCT FROM _large.label
LEFT JOIN _returned ON _openers.customer_id = _returned.customer_id AND _openers.opened = _returned.opened
    AND _columns.number = _returned.number
WHERE CASE p_windows WHEN 'calendar' THEN @cxtop_shift(_openers.opened, p_period, _columns.low) < @cxtop_today() + to_days(1)
    ELSE @cxtop_utc(_openers.opened) + _columns.low * @cxtop_length(p_period) < @cxtop_now() + 86400000000 END;

CREATE OR REPLACE MACRO @cxtop_retention(p_start, p_back, p_period, p_periods, p_cohort, p_criterion, p_windows, p_brackets,
    p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
WITH _cells AS (
    SELECT opened, number, label, count(*) AS members, count(returned) AS returned, bool_and(is_complete) AS is_complete
    FROM @cxtop_members(p_start, p_back, p_period, p_periods, p_cohort, p_criterion, p_windows, p_brackets, p_since, p_until,
        p_by, p_top, p_customers, p_filter)
    GROUP BY ALL
)
SELECT opened AS cohort, number::INTEGER AS period, label AS segment, members AS size, returned, returned / members AS rate,
    is_complete AS complete
FROM _cells ORDER BY label NULLS LAST, opened, number;

-- As cxtop_retention, with an aggregate over the events of each cell. The cohort's own column counts the start as well.
CREATE OR REPLACE MACRO @cxtop_retention_value(p_start, p_back, p_value, p_period, p_periods, p_cohort, p_criterion,
    p_windows, p_brackets, p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
WITH
_members AS MATERIALIZED (
    FROM @cxtop_members(p_start, p_back, p_period, p_periods, p_cohort, p_criterion, p_windows, p_brackets, p_since, p_until,
        p_by, p_top, p_customers, p_filter)
),
_cells AS (
    SELECT opened, number, label, count(*) AS members, count(returned) AS returned, bool_and(is_complete) AS is_complete
    FROM _members GROUP BY ALL
),
_people AS (
    SELECT * FROM (SELECT DISTINCT customer_id FROM _members) LEFT JOIN customers USING (customer_id)
),
_rows AS (
    SELECT event.* FROM _people, LATERAL (
        SELECT customer_id, epoch_us(ts) AS moment, coalesce(p_start, false) AS is_start, coalesce(p_back, false) AS is_back,
            events AS whole
        FROM events WHERE events.customer_id = _people.customer_id AND p_filter
    ) AS event
),
_found AS (
    SELECT _members.opened, _members.number, _members.label, whole
    FROM _members JOIN _rows ON _members.customer_id = _rows.customer_id AND _members.started <= _rows.moment
    WHERE (number = 0 AND is_start AND moment = started) OR (is_back
        AND @cxtop_distance(opened, started, moment, p_period, p_windows) >= low
        AND (@cxtop_distance(opened, started, moment, p_period, p_windows) < high OR p_criterion = 'on_or_after'))
),
_sums AS (
    SELECT _cohort, _number, _segment, p_value AS _value
    FROM (SELECT opened AS _cohort, number AS _number, label AS _segment, unnest(whole) FROM _found) AS events
    GROUP BY _cohort, _number, _segment
)
SELECT opened AS cohort, number::INTEGER AS period, label AS segment, members AS size, returned,
    coalesce(_value, 0)::DOUBLE / members AS rate, is_complete AS complete, coalesce(_value, 0)::DOUBLE AS value
FROM _cells LEFT JOIN _sums ON opened = _cohort AND number = _number AND label IS NOT DISTINCT FROM _segment
ORDER BY label NULLS LAST, opened, number;

CREATE OR REPLACE MACRO @cxtop_retention_customers(p_start, p_back, p_cohort_start, p_at, p_outcome, p_segment, p_period,
    p_periods, p_cohort, p_criterion, p_windows, p_brackets, p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
SELECT customer_id, make_timestamp(started) AS started_at, make_timestamp(returned) AS returned_at
FROM @cxtop_members(p_start, p_back, p_period, p_periods, p_cohort, p_criterion, p_windows, p_brackets, p_since, p_until,
    p_by, p_top, p_customers, p_filter)
WHERE opened = CAST(p_cohort_start AS TIMESTAMP) AND number = p_at AND (p_segment IS NULL OR label = p_segment)
    AND CASE p_outcome WHEN 'returned' THEN returned IS NOT NULL WHEN 'not_returned' THEN returned IS NULL
        ELSE error('there is no outcome ''' || p_outcome || ''': use ''returned'' or ''not_returned''') END
ORDER BY ALL;

-- What queries name: by the names of events, and by predicates.

CREATE OR REPLACE MACRO @retention(
    start, back := NULL, period := 'week', periods := 12, cohort := 'first_time', criterion := 'on', windows := 'calendar',
    brackets := NULL, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_retention(events.event = start, back IS NULL OR events.event = back,
        period, periods, cohort, criterion, windows, brackets, since, until, "by", top, customers, filter)
),
(
    start, value, back := NULL, period := 'week', periods := 12, cohort := 'first_time', criterion := 'on', windows := 'calendar',
    brackets := NULL, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_retention_value(events.event = start, back IS NULL OR events.event = back, value,
        period, periods, cohort, criterion, windows, brackets, since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @retention_if(
    start, back := true, period := 'week', periods := 12, cohort := 'first_time', criterion := 'on', windows := 'calendar',
    brackets := NULL, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_retention(start, back,
        period, periods, cohort, criterion, windows, brackets, since, until, "by", top, customers, filter)
),
(
    start, value, back := true, period := 'week', periods := 12, cohort := 'first_time', criterion := 'on', windows := 'calendar',
    brackets := NULL, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_retention_value(start, back, value,
        period, periods, cohort, criterion, windows, brackets, since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @retention_customers(
    start, cohort_start, back := NULL, "at" := 1, outcome := 'returned', segment := NULL, value := NULL,
    period := 'week', periods := 12, cohort := 'first_time', criterion := 'on', windows := 'calendar',
    brackets := NULL, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_retention_customers(events.event = start, back IS NULL OR events.event = back, cohort_start, "at", outcome, segment,
        period, periods, cohort, criterion, windows, brackets, since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @retention_customers_if(
    start, cohort_start, back := true, "at" := 1, outcome := 'returned', segment := NULL, value := NULL,
    period := 'week', periods := 12, cohort := 'first_time', criterion := 'on', windows := 'calendar',
    brackets := NULL, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_retention_customers(start, back, cohort_start, "at", outcome, segment,
        period, periods, cohort, criterion, windows, brackets, since, until, "by", top, customers, filter)
);
