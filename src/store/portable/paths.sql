-- What comes next, what came before, and how long it takes.

CREATE OR REPLACE MACRO @cxtop_first_times(p_from, p_to, p_within, p_since, p_until, p_customers, p_filter) AS TABLE
WITH
_people AS (
    SELECT * FROM (SELECT DISTINCT customer_id FROM events WHERE customer_id IS NOT NULL)
        LEFT JOIN customers USING (customer_id)
    WHERE p_customers
),
_instants AS MATERIALIZED (
    SELECT customer_id, moment, bool_or(is_from) AS is_from, bool_or(is_to) AS is_to, count(*) AS events FROM (
        SELECT event.* FROM _people, LATERAL (
            SELECT customer_id, epoch_us(ts) AS moment, coalesce(p_from, false) AS is_from, coalesce(p_to, false) AS is_to
            FROM events WHERE events.customer_id = _people.customer_id AND p_filter
        ) AS event)
    WHERE is_from OR is_to GROUP BY ALL
),
_entered AS (
    SELECT customer_id, min(moment) AS entered FROM _instants
    WHERE is_from AND moment >= @cxtop_since(p_since) AND moment < @cxtop_until(p_until) GROUP BY customer_id
)
SELECT _entered.customer_id, entered, min(moment) AS reached
FROM _entered LEFT JOIN _instants ON _entered.customer_id = _instants.customer_id AND is_to
    AND (moment > entered OR (moment = entered AND events > 1))
    AND coalesce(moment - entered <= @cxtop_lengths(p_within)[1], true)
GROUP BY ALL;

CREATE OR REPLACE MACRO @cxtop_time_to(p_from, p_to, p_within, p_since, p_until, p_customers, p_filter) AS TABLE
SELECT count(*) AS customers, count(reached) AS reached, count(reached) / nullif(count(*), 0) AS share,
    quantile_cont((reached - entered) / 1e6, 0.25) AS p25, quantile_cont((reached - entered) / 1e6, 0.5) AS median,
    quantile_cont((reached - entered) / 1e6, 0.75) AS p75, quantile_cont((reached - entered) / 1e6, 0.9) AS p90
FROM @cxtop_first_times(p_from, p_to, p_within, p_since, p_until, p_customers, p_filter);

CREATE OR REPLACE MACRO @cxtop_time_to_customers(p_from, p_to, p_outcome, p_within, p_since, p_until, p_customers, p_filter
) AS TABLE
SELECT customer_id, make_timestamp(entered) AS entered_at, make_timestamp(reached) AS reached_at
FROM @cxtop_first_times(p_from, p_to, p_within, p_since, p_until, p_customers, p_filter)
WHERE CASE p_outcome WHEN 'reached' THEN reached IS NOT NULL WHEN 'waiting' THEN reached IS NULL
    ELSE error('there is no outcome ''' || p_outcome || ''': use ''reached'' or ''waiting''') END
ORDER BY ALL;

-- Every step from one event of a session to the next (or the one before), from every anchor on.
CREATE OR REPLACE MACRO @cxtop_moves(p_after, p_before, p_node, p_steps, p_gap, p_since, p_until, p_customers, p_filter
) AS TABLE
WITH
_people AS (
    SELECT * FROM (SELECT DISTINCT customer_id FROM events WHERE customer_id IS NOT NULL)
        LEFT JOIN customers USING (customer_id)
    WHERE p_customers
),
_rows AS MATERIALIZED (
    SELECT *, row_number() OVER journey AS place,
        coalesce(moment - lag(moment) OVER journey > @cxtop_lengths(p_gap)[1], true) AS begins
    FROM (
        SELECT event.* FROM _people, LATERAL (
            SELECT customer_id, epoch_us(ts) AS moment, CAST(p_node AS VARCHAR) AS label,
                typeof(p_before) = 'BOOLEAN' AS is_backward,
                typeof(p_before) = 'BOOLEAN' OR typeof(p_after) = 'BOOLEAN' AS is_given,
                coalesce(CASE WHEN typeof(p_before) = 'BOOLEAN' THEN p_before ELSE p_after END, false) AS is_named
            FROM events WHERE events.customer_id = _people.customer_id AND p_filter
        ) AS event)
    WINDOW journey AS (PARTITION BY customer_id ORDER BY moment, label NULLS LAST, is_named DESC)
),
_sessions AS MATERIALIZED (
    SELECT *, sum(CASE WHEN begins THEN 1 ELSE 0 END) OVER (PARTITION BY customer_id ORDER BY place) AS session FROM _rows
),
_anchors AS (
    SELECT customer_id, session, place, unnest(range(1, p_steps + 1)) AS number,
        CASE WHEN is_backward THEN -1 ELSE 1 END AS direction
    FROM _sessions
    WHERE moment >= @cxtop_since(p_since) AND moment < @cxtop_until(p_until)
        AND CASE WHEN is_given THEN is_named ELSE begins END
)
SELECT number, _here.customer_id, _here.label, _there.label AS next_label, _here.moment
FROM _anchors
JOIN _sessions AS _here ON _anchors.customer_id = _here.customer_id AND _anchors.session = _here.session
    AND _here.place = _anchors.place + direction * (number - 1)
LEFT JOIN _sessions AS _there ON _anchors.customer_id = _there.customer_id AND _anchors.session = _there.session
    AND _there.place = _anchors.place + direction * number;

CREATE OR REPLACE MACRO @cxtop_next_events(p_after, p_before, p_node, p_steps, p_gap, p_since, p_until, p_customers, p_filter
) AS TABLE
WITH _moves AS (
    SELECT number, label AS from_here, next_label AS to_there, count(*) AS moves, count(DISTINCT customer_id) AS people
    FROM @cxtop_moves(p_after, p_before, p_node, p_steps, p_gap, p_since, p_until, p_customers, p_filter) GROUP BY ALL
)
SELECT number::INTEGER AS "position", from_here AS node, to_there AS next_node, moves AS transitions, people AS customers
FROM _moves ORDER BY number, people DESC, from_here, to_there;

CREATE OR REPLACE MACRO @cxtop_next_events_customers(p_position, p_from, p_to, p_after, p_before, p_node, p_steps, p_gap,
    p_since, p_until, p_customers, p_filter
) AS TABLE
SELECT customer_id, make_timestamp(min(moment)) AS "at"
FROM @cxtop_moves(p_after, p_before, p_node, p_steps, p_gap, p_since, p_until, p_customers, p_filter)
WHERE number = p_position AND label IS NOT DISTINCT FROM p_from AND next_label IS NOT DISTINCT FROM p_to
GROUP BY customer_id ORDER BY ALL;

-- What queries name: by the names of events, and by predicates.

CREATE OR REPLACE MACRO @time_to(
    "from", "to", within := NULL, since := NULL, until := NULL, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_time_to(events.event = "from", events.event = "to", within, since, until, customers, filter)
);

CREATE OR REPLACE MACRO @time_to_if(
    "from", "to", within := NULL, since := NULL, until := NULL, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_time_to("from", "to", within, since, until, customers, filter)
);

CREATE OR REPLACE MACRO @time_to_customers(
    "from", "to", outcome := 'reached', within := NULL, since := NULL, until := NULL, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_time_to_customers(events.event = "from", events.event = "to", outcome, within,
        since, until, customers, filter)
);

CREATE OR REPLACE MACRO @time_to_customers_if(
    "from", "to", outcome := 'reached', within := NULL, since := NULL, until := NULL, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_time_to_customers("from", "to", outcome, within,
        since, until, customers, filter)
);

CREATE OR REPLACE MACRO @next_events(
    after := NULL, "before" := NULL, steps := 3, gap := INTERVAL 30 MINUTES, since := NULL, until := NULL, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_next_events(after, "before", events.event, steps, gap, since, until, customers, filter)
),
(
    node, after := NULL, "before" := NULL, steps := 3, gap := INTERVAL 30 MINUTES, since := NULL, until := NULL, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_next_events(after, "before", node, steps, gap, since, until, customers, filter)
);

CREATE OR REPLACE MACRO @next_events_customers(
    from_node, to_node, after := NULL, "before" := NULL, "position" := 1, steps := 3, gap := INTERVAL 30 MINUTES,
    since := NULL, until := NULL, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_next_events_customers("position", from_node, to_node, after, "before", events.event,
        steps, gap, since, until, customers, filter)
),
(
    from_node, to_node, node, after := NULL, "before" := NULL, "position" := 1, steps := 3, gap := INTERVAL 30 MINUTES,
    since := NULL, until := NULL, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_next_events_customers("position", from_node, to_node, after, "before", node,
        steps, gap, since, until, customers, filter)
);
