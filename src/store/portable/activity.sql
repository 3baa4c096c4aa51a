-- Active customers, their lifecycle, and how often they come.

-- One row for every customer, value and period with an event that counts: the first and the last of them.
CREATE OR REPLACE MACRO @cxtop_presence(p_event, p_period, p_since, p_until, p_by, p_customers, p_filter) AS TABLE
WITH _people AS (
    SELECT * FROM (SELECT DISTINCT customer_id FROM events WHERE customer_id IS NOT NULL)
        LEFT JOIN customers USING (customer_id)
    WHERE p_customers
)
SELECT customer_id, label, @cxtop_period(moment, p_period) AS slot, min(moment) AS first, max(moment) AS last
FROM (
    SELECT event.* FROM _people, LATERAL (
        SELECT customer_id, epoch_us(ts) AS moment, CAST(p_by AS VARCHAR) AS label
        FROM events WHERE events.customer_id = _people.customer_id AND p_filter AND p_event
    ) AS event)
WHERE moment >= p_since AND moment < p_until
GROUP BY ALL;

-- The periods of a range: from the first event or `since` to the last event, today or `until`.
CREATE OR REPLACE MACRO @cxtop_periods(p_first, p_last, p_period, p_since, p_until) AS TABLE
SELECT number, @cxtop_shift(@cxtop_period(0, p_period), p_period, number - @cxtop_ordinal(@cxtop_period(0, p_period), p_period))
    AS slot
FROM (
    SELECT unnest(range(coalesce(@cxtop_ordinal(@cxtop_period(@cxtop_moment(p_since), p_period), p_period), p_first),
        coalesce(@cxtop_ordinal(@cxtop_period(@cxtop_moment(p_until) - 1, p_period), p_period),
            greatest(p_last, @cxtop_ordinal(@cxtop_today_period(p_period), p_period))) + 1)) AS number
);

-- As cxtop_presence, with the periods' numbers and all but the p_top largest groups as one. Groups are ranked by the
-- customers that the answer counts: those of p_reach periods before it as well.
CREATE OR REPLACE MACRO @cxtop_grouped_presence(p_event, p_period, p_reach, p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
WITH
_presence AS MATERIALIZED (
    SELECT *, @cxtop_ordinal(slot, p_period) AS number FROM @cxtop_presence(p_event, p_period, -4000000000000000000,
        4000000000000000000, p_by, p_customers, p_filter)
),
_range AS (
    SELECT min(number) AS first, max(number) AS last FROM @cxtop_periods(
        (SELECT min(number) FROM _presence), (SELECT max(number) FROM _presence), p_period, p_since, p_until)
),
_large AS (
    SELECT label, true AS is_large FROM _presence JOIN _range ON number BETWEEN _range.first - p_reach AND _range.last
    GROUP BY label QUALIFY row_number() OVER (ORDER BY count(DISTINCT customer_id) DESC, label NULLS LAST) <= p_top
)
SELECT customer_id, CASE WHEN is_large THEN _presence.label ELSE '(other)' END AS label, number,
    min(_presence.first) AS first, max(_presence.last) AS last
FROM _presence LEFT JOIN _large ON _presence.label IS NOT DISTINCT FROM _large.label
GROUP BY ALL;

-- Every state of every customer in every period: the states of `lifecycle`, and 'active' in p_rolling periods.
CREATE OR REPLACE MACRO @cxtop_states(p_event, p_period, p_rolling, p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
WITH
_presence AS MATERIALIZED (
    FROM @cxtop_grouped_presence(p_event, p_period, coalesce(p_rolling - 1, 1), p_since, p_until, p_by, p_top, p_customers,
        p_filter)
),
_neighbours AS (
    SELECT *, lag(number) OVER journey AS previous, lead(number) OVER journey AS following FROM _presence
    WINDOW journey AS (PARTITION BY customer_id, label ORDER BY number)
),
_states AS (
    SELECT customer_id, label, unnest(range(number, number + p_rolling)) AS number, 'active' AS phase, first, last
    FROM _presence WHERE p_rolling IS NOT NULL
    UNION ALL
    SELECT customer_id, label, number, CASE WHEN previous IS NULL THEN 'new' WHEN previous = number - 1 THEN 'retained'
        ELSE 'resurrected' END, first, last
    FROM _neighbours WHERE p_rolling IS NULL
    UNION ALL
    SELECT customer_id, label, number + 1, 'dormant', first, last
    FROM _neighbours WHERE p_rolling IS NULL AND following IS DISTINCT FROM number + 1
)
SELECT _periods.slot, customer_id, label, phase, min(first) AS first, max(last) AS last
FROM @cxtop_periods((SELECT min(number) FROM _presence), (SELECT max(number) FROM _presence), p_period, p_since, p_until
) AS _periods LEFT JOIN _states ON _periods.number = _states.number
GROUP BY ALL;

-- Every period of the answer with every group, and the customers in it. A period without anybody has one row.
CREATE OR REPLACE MACRO @cxtop_filled_states(p_event, p_period, p_rolling, p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
WITH
_states AS MATERIALIZED (
    FROM @cxtop_states(p_event, p_period, p_rolling, p_since, p_until, p_by, p_top, p_customers, p_filter)
),
_segments AS (
    SELECT DISTINCT label FROM _states WHERE customer_id IS NOT NULL
    UNION ALL SELECT NULL WHERE NOT EXISTS (FROM _states WHERE customer_id IS NOT NULL)
)
SELECT _periods.slot, _segments.label, customer_id, phase,
    @cxtop_shift(_periods.slot, p_period, 1) <= @cxtop_today() AS is_complete
FROM (SELECT DISTINCT slot FROM _states) AS _periods CROSS JOIN _segments
LEFT JOIN _states ON _periods.slot = _states.slot AND _segments.label IS NOT DISTINCT FROM _states.label
    AND customer_id IS NOT NULL;

CREATE OR REPLACE MACRO @cxtop_active(p_event, p_period, p_rolling, p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
WITH _states AS (
    SELECT slot AS started, label, count(DISTINCT customer_id) AS people, is_complete
    FROM @cxtop_filled_states(p_event, p_period, p_rolling, p_since, p_until, p_by, p_top, p_customers, p_filter)
    GROUP BY ALL
)
SELECT started AS period, label AS segment, people AS customers, is_complete AS complete
FROM _states ORDER BY label NULLS LAST, started;

CREATE OR REPLACE MACRO @cxtop_lifecycle(p_event, p_period, p_since, p_until, p_by, p_top, p_customers, p_filter) AS TABLE
WITH _states AS (
    SELECT slot AS started, label, count(*) FILTER (phase = 'new') AS new, count(*) FILTER (phase = 'retained') AS retained,
        count(*) FILTER (phase = 'resurrected') AS resurrected, count(*) FILTER (phase = 'dormant') AS dormant, is_complete
    FROM @cxtop_filled_states(p_event, p_period, NULL, p_since, p_until, p_by, p_top, p_customers, p_filter)
    GROUP BY ALL
)
SELECT started AS period, label AS segment, new, retained, resurrected, dormant, is_complete AS complete
FROM _states ORDER BY label NULLS LAST, started;

CREATE OR REPLACE MACRO @cxtop_state_customers(p_event, p_at, p_state, p_segment, p_period, p_rolling, p_since, p_until, p_by,
    p_top, p_customers, p_filter
) AS TABLE
SELECT customer_id, make_timestamp(min(first)) AS first_at, make_timestamp(max(last)) AS last_at
FROM @cxtop_states(p_event, p_period, p_rolling, p_since, p_until, p_by, p_top, p_customers, p_filter)
WHERE slot = CAST(p_at AS TIMESTAMP) AND phase = p_state AND (p_segment IS NULL OR label = p_segment)
GROUP BY customer_id ORDER BY ALL;

-- The customers of every group, with the number of periods in which they were active, and the first and last event.
-- p_within: only the last period of this longer kind that is over at `until`, or today.
CREATE OR REPLACE MACRO @cxtop_frequency(p_event, p_period, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
WITH
_presence AS MATERIALIZED (
    FROM @cxtop_presence(p_event, p_period,
        CASE WHEN p_within IS NULL THEN @cxtop_since(p_since) ELSE @cxtop_utc(@cxtop_shift(
            @cxtop_period(coalesce(@cxtop_moment(p_until), @cxtop_now()), coalesce(p_within, 'day')), coalesce(p_within, 'day'), -1)) END,
        CASE WHEN p_within IS NULL THEN @cxtop_until(p_until) ELSE @cxtop_utc(
            @cxtop_period(coalesce(@cxtop_moment(p_until), @cxtop_now()), coalesce(p_within, 'day'))) END,
        p_by, p_customers, p_filter)
),
_large AS (
    SELECT label, true AS is_large FROM _presence
    GROUP BY label QUALIFY row_number() OVER (ORDER BY count(DISTINCT customer_id) DESC, label NULLS LAST) <= p_top
)
SELECT customer_id, CASE WHEN is_large THEN _presence.label ELSE '(other)' END AS label,
    count(DISTINCT slot) AS times, min(first) AS first, max(last) AS last
FROM _presence LEFT JOIN _large ON _presence.label IS NOT DISTINCT FROM _large.label
GROUP BY ALL;

CREATE OR REPLACE MACRO @cxtop_stickiness(p_event, p_period, p_within, p_at_least, p_since, p_until, p_by, p_top, p_customers,
    p_filter
) AS TABLE
WITH
_frequency AS MATERIALIZED (
    FROM @cxtop_frequency(p_event, p_period, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter)
),
_bars AS (
    SELECT number, _segments.label, all_people,
        count(customer_id) FILTER (times = number OR (p_at_least AND times > number)) AS people
    FROM (SELECT unnest(range(1, max(times) + 1)) AS number FROM _frequency)
    CROSS JOIN (SELECT label, count(*) AS all_people FROM _frequency GROUP BY label) AS _segments
    JOIN _frequency ON _segments.label IS NOT DISTINCT FROM _frequency.label
    GROUP BY ALL
)
SELECT number::INTEGER AS active_periods, label AS segment, people AS customers, people / all_people AS share
FROM _bars ORDER BY label NULLS LAST, number;

CREATE OR REPLACE MACRO @cxtop_stickiness_customers(p_event, p_active_periods, p_segment, p_period, p_within, p_at_least,
    p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
SELECT customer_id, make_timestamp(first) AS first_at, make_timestamp(last) AS last_at
FROM @cxtop_frequency(p_event, p_period, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter) AS _frequency
WHERE (_frequency.times = p_active_periods OR (p_at_least AND _frequency.times > p_active_periods))
    AND (p_segment IS NULL OR label = p_segment)
ORDER BY ALL;

-- What queries name: by the names of events, and by predicates.

CREATE OR REPLACE MACRO @active(
    event := NULL, period := 'day', rolling := 1, since := NULL, until := NULL, "by" := NULL, top := 10,
    customers := true, filter := true
) AS TABLE (
    FROM @cxtop_active(event IS NULL OR events.event = event, period, rolling, since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @active_if(
    event := true, period := 'day', rolling := 1, since := NULL, until := NULL, "by" := NULL, top := 10,
    customers := true, filter := true
) AS TABLE (
    FROM @cxtop_active(event, period, rolling, since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @active_customers(
    "at", event := NULL, segment := NULL, period := 'day', rolling := 1, since := NULL, until := NULL, "by" := NULL, top := 10,
    customers := true, filter := true
) AS TABLE (
    FROM @cxtop_state_customers(event IS NULL OR events.event = event, "at", 'active', segment, period, rolling,
        since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @active_customers_if(
    "at", event := true, segment := NULL, period := 'day', rolling := 1, since := NULL, until := NULL, "by" := NULL, top := 10,
    customers := true, filter := true
) AS TABLE (
    FROM @cxtop_state_customers(event, "at", 'active', segment, period, rolling,
        since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @lifecycle(
    event := NULL, period := 'week', since := NULL, until := NULL, "by" := NULL, top := 10,
    customers := true, filter := true
) AS TABLE (
    FROM @cxtop_lifecycle(event IS NULL OR events.event = event, period, since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @lifecycle_if(
    event := true, period := 'week', since := NULL, until := NULL, "by" := NULL, top := 10,
    customers := true, filter := true
) AS TABLE (
    FROM @cxtop_lifecycle(event, period, since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @lifecycle_customers(
    "at", event := NULL, state := 'new', segment := NULL, period := 'week', since := NULL, until := NULL, "by" := NULL, top := 10,
    customers := true, filter := true
) AS TABLE (
    FROM @cxtop_state_customers(event IS NULL OR events.event = event, "at", state, segment, period, NULL,
        since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @lifecycle_customers_if(
    "at", event := true, state := 'new', segment := NULL, period := 'week', since := NULL, until := NULL, "by" := NULL, top := 10,
    customers := true, filter := true
) AS TABLE (
    FROM @cxtop_state_customers(event, "at", state, segment, period, NULL,
        since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @stickiness(
    event := NULL, period := 'day', within := NULL, at_least := false, since := NULL, until := NULL, "by" := NULL, top := 10,
    customers := true, filter := true
) AS TABLE (
    FROM @cxtop_stickiness(event IS NULL OR events.event = event, period, within, at_least,
        since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @stickiness_if(
    event := true, period := 'day', within := NULL, at_least := false, since := NULL, until := NULL, "by" := NULL, top := 10,
    customers := true, filter := true
) AS TABLE (
    FROM @cxtop_stickiness(event, period, within, at_least,
        since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @stickiness_customers(
    active_periods, event := NULL, segment := NULL, period := 'day', within := NULL, at_least := false,
    since := NULL, until := NULL, "by" := NULL, top := 10,
    customers := true, filter := true
) AS TABLE (
    FROM @cxtop_stickiness_customers(event IS NULL OR events.event = event, active_periods, segment, period, within, at_least,
        since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @stickiness_customers_if(
    active_periods, event := true, segment := NULL, period := 'day', within := NULL, at_least := false,
    since := NULL, until := NULL, "by" := NULL, top := 10,
    customers := true, filter := true
) AS TABLE (
    FROM @cxtop_stickiness_customers(event, active_periods, segment, period, within, at_least,
        since, until, "by", top, customers, filter)
);
