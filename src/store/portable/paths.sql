-- What comes next, what came before, and how long it takes.

-- The first p_from of every customer, the first p_to after it, and the group: the value of p_by on the p_from, all but the
-- p_top largest as one.
CREATE OR REPLACE MACRO @cxtop_first_times(p_from, p_to, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
WITH
_people AS (
    SELECT * FROM (SELECT DISTINCT customer_id FROM events WHERE customer_id IS NOT NULL)
        LEFT JOIN customers USING (customer_id)
    WHERE p_customers
),
_instants AS MATERIALIZED (
    SELECT customer_id, moment, bool_or(is_from) AS is_from, bool_or(is_to) AS is_to, count(*) AS events,
        min(label) FILTER (is_from) AS label
    FROM (
        SELECT event.* FROM _people, LATERAL (
            SELECT customer_id, epoch_us(ts) AS moment, coalesce(p_from, false) AS is_from, coalesce(p_to, false) AS is_to,
                CAST(p_by AS VARCHAR) AS label
            FROM events WHERE events.customer_id = _people.customer_id AND p_filter
        ) AS event)
    WHERE is_from OR is_to GROUP BY customer_id, moment
),
_entered AS MATERIALIZED (
    SELECT customer_id, moment AS entered, label FROM _instants
    WHERE is_from AND moment >= @cxtop_since(p_since) AND moment < @cxtop_until(p_until)
    QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY moment) = 1
),
_groups AS (
    SELECT label, row_number() OVER (ORDER BY count(*) DESC, label NULLS LAST) AS rank FROM _entered GROUP BY label
)
SELECT _entered.customer_id, CASE WHEN rank <= p_top THEN _entered.label ELSE '(other)' END AS label, entered,
    min(moment) AS reached
FROM _entered JOIN _groups ON _entered.label IS NOT DISTINCT FROM _groups.label
LEFT JOIN _instants ON _entered.customer_id = _instants.customer_id AND is_to
    AND (moment > entered OR (moment = entered AND events > 1))
    AND coalesce(moment - entered <= @cxtop_lengths(p_within)[1], true)
GROUP BY ALL;

CREATE OR REPLACE MACRO @cxtop_time_to(p_from, p_to, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
WITH
_times AS MATERIALIZED (
    FROM @cxtop_first_times(p_from, p_to, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter)
),
_segments AS (SELECT DISTINCT label FROM _times UNION ALL SELECT NULL WHERE NOT EXISTS (FROM _times))
SELECT _segments.label AS segment,
    count(customer_id) AS customers, count(reached) AS reached, count(reached) / nullif(count(customer_id), 0) AS share,
    quantile_cont((reached - entered) / 1e6, 0.25) AS p25, quantile_cont((reached - entered) / 1e6, 0.5) AS median,
    quantile_cont((reached - entered) / 1e6, 0.75) AS p75, quantile_cont((reached - entered) / 1e6, 0.9) AS p90
FROM _segments LEFT JOIN _times ON _segments.label IS NOT DISTINCT FROM _times.label
GROUP BY _segments.label ORDER BY _segments.label NULLS LAST;

CREATE OR REPLACE MACRO @cxtop_time_to_customers(p_from, p_to, p_outcome, p_segment, p_within, p_since, p_until, p_by, p_top,
    p_customers, p_filter
) AS TABLE
SELECT customer_id, make_timestamp(entered) AS entered_at, make_timestamp(reached) AS reached_at
FROM @cxtop_first_times(p_from, p_to, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter)
WHERE (p_segment IS NULL OR label = p_segment) AND CASE p_outcome WHEN 'reached' THEN reached IS NOT NULL WHEN 'waiting' THEN reached IS NULL
    WHEN 'entered' THEN true ELSE error('there is no outcome ''' || p_outcome || ''': use ''reached'', ''waiting'' or ''entered''') END
ORDER BY ALL;

-- Every step from one event of a session to the next (or the one before), from every anchor on. The group is the value of
-- p_by on the anchor, all but the p_top largest as one.
CREATE OR REPLACE MACRO @cxtop_moves(p_after, p_before, p_node, p_steps, p_gap, p_since, p_until, p_by, p_top, p_customers,
    p_filter
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
            SELECT customer_id, epoch_us(ts) AS moment, CAST(p_by AS VARCHAR) AS label,
                CASE WHEN typeof(p_node) = '"NULL"' THEN events.event ELSE CAST(p_node AS VARCHAR) END AS spot,
                typeof(p_before) = 'BOOLEAN' AS is_backward,
                typeof(p_before) = 'BOOLEAN' OR typeof(p_after) = 'BOOLEAN' AS is_given,
                coalesce(CASE WHEN typeof(p_before) = 'BOOLEAN' THEN p_before ELSE p_after END, false) AS is_named
            FROM events WHERE events.customer_id = _people.customer_id AND p_filter
        ) AS event)
    WINDOW journey AS (PARTITION BY customer_id ORDER BY moment, spot NULLS LAST, is_named DESC, label NULLS LAST)
),
_sessions AS MATERIALIZED (
    SELECT *, sum(CASE WHEN begins THEN 1 ELSE 0 END) OVER (PARTITION BY customer_id ORDER BY place) AS session FROM _rows
),
_anchors AS MATERIALIZED (
    SELECT customer_id, session, place, label, unnest(range(1, p_steps + 1)) AS number,
        CASE WHEN is_backward THEN -1 ELSE 1 END AS direction
    FROM _sessions
    WHERE moment >= @cxtop_since(p_since) AND moment < @cxtop_until(p_until)
        AND CASE WHEN is_given THEN is_named ELSE begins END
),
_groups AS (
    SELECT label, row_number() OVER (ORDER BY count(DISTINCT customer_id) DESC, label NULLS LAST) AS rank
    FROM _anchors GROUP BY label
)
SELECT number, _here.customer_id, CASE WHEN rank <= p_top THEN _anchors.label ELSE '(other)' END AS label,
    _here.spot AS from_here, _there.spot AS to_there, _here.moment
FROM _anchors JOIN _groups ON _anchors.label IS NOT DISTINCT FROM _groups.label
JOIN _sessions AS _here ON _anchors.customer_id = _here.customer_id AND _anchors.session = _here.session
    AND _here.place = _anchors.place + direction * (number - 1)
LEFT JOIN _sessions AS _there ON _anchors.customer_id = _there.customer_id AND _anchors.session = _there.session
    AND _there.place = _anchors.place + direction * number;

CREATE OR REPLACE MACRO @cxtop_next_events(p_after, p_before, p_node, p_steps, p_gap, p_since, p_until, p_by, p_top,
    p_customers, p_filter
) AS TABLE
WITH _moves AS (
    SELECT label, number, from_here, to_there, count(*) AS moves, count(DISTINCT customer_id) AS people
    FROM @cxtop_moves(p_after, p_before, p_node, p_steps, p_gap, p_since, p_until, p_by, p_top, p_customers, p_filter)
    GROUP BY ALL
)
SELECT label AS segment, number::INTEGER AS "position", from_here AS node, to_there AS next_node,
    moves AS transitions, people AS customers
FROM _moves ORDER BY label NULLS LAST, number, people DESC, from_here, to_there;

CREATE OR REPLACE MACRO @cxtop_next_events_customers(p_position, p_from, p_to, p_segment, p_after, p_before, p_node, p_steps,
    p_gap, p_since, p_until, p_by, p_top, p_customers, p_filter
) AS TABLE
SELECT customer_id, make_timestamp(min(moment)) AS "at"
FROM @cxtop_moves(p_after, p_before, p_node, p_steps, p_gap, p_since, p_until, p_by, p_top, p_customers, p_filter)
WHERE number = p_position AND from_here IS NOT DISTINCT FROM p_from AND to_there IS NOT DISTINCT FROM p_to
    AND (p_segment IS NULL OR label = p_segment)
GROUP BY customer_id ORDER BY ALL;

-- What queries name: by the names of events, and by predicates. Only where groups are asked for, an answer names them.

CREATE OR REPLACE MACRO @time_to(
    "from", "to", within := NULL, since := NULL, until := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    SELECT * EXCLUDE (segment) FROM @cxtop_time_to(events.event = "from", events.event = "to", within,
        since, until, NULL, top, customers, filter)
),
(
    "from", "to", "by", within := NULL, since := NULL, until := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_time_to(events.event = "from", events.event = "to", within, since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @time_to_if(
    "from", "to", within := NULL, since := NULL, until := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    SELECT * EXCLUDE (segment) FROM @cxtop_time_to("from", "to", within, since, until, NULL, top, customers, filter)
),
(
    "from", "to", "by", within := NULL, since := NULL, until := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_time_to("from", "to", within, since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @time_to_customers(
    "from", "to", outcome := 'reached', segment := NULL, within := NULL, since := NULL, until := NULL,
    "by" := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_time_to_customers(events.event = "from", events.event = "to", outcome, segment, within,
        since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @time_to_customers_if(
    "from", "to", outcome := 'reached', segment := NULL, within := NULL, since := NULL, until := NULL,
    "by" := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_time_to_customers("from", "to", outcome, segment, within,
        since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @next_events(
    after := NULL, "before" := NULL, node := NULL, steps := 3, gap := INTERVAL 30 MINUTES, since := NULL, until := NULL,
    top := 10, customers := true, filter := true
) AS TABLE (
    SELECT * EXCLUDE (segment) FROM @cxtop_next_events(after, "before", node, steps, gap,
        since, until, NULL, top, customers, filter)
),
(
    "by", after := NULL, "before" := NULL, node := NULL, steps := 3, gap := INTERVAL 30 MINUTES, since := NULL, until := NULL,
    top := 10, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_next_events(after, "before", node, steps, gap, since, until, "by", top, customers, filter)
);

CREATE OR REPLACE MACRO @next_events_customers(
    from_node, to_node, segment := NULL, after := NULL, "before" := NULL, node := NULL, "position" := 1, steps := 3,
    gap := INTERVAL 30 MINUTES, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true, filter := true
) AS TABLE (
    FROM @cxtop_next_events_customers("position", from_node, to_node, segment, after, "before", node,
        steps, gap, since, until, "by", top, customers, filter)
);
