-- /// query
-- title = "What customers do next"
-- about = "The $steps events after the first $event of each visit (a visit ends after $minutes minutes without an event), from $since up to $until. The same event twice in a row counts once. (end): nothing more in this visit."
-- owner = "product"
-- kind  = "tree"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "visits that begin from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "visits that begin before this day" }
-- event    = { type = "VARCHAR", default = "checkout_started", choices_sql = "SELECT DISTINCT event FROM events ORDER BY event", about = "where to look from" }
-- steps    = { type = "INTEGER", default = 3, min = 1, max = 8, about = "how far to look" }
-- minutes  = { type = "INTEGER", default = 30, min = 1, max = 1440, about = "the pause that ends a visit" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only events on this" }
-- ///
-- Not a call of next_events(…): there every such event begins a path and repetitions count, so that a visit with three
-- attempts to pay would be counted three times. Here a visit counts once.
WITH moments AS (
    SELECT customer_id, event, ts, lag(event) OVER earlier AS event_before, lag(ts) OVER earlier AS ts_before
    FROM events
    WHERE ts >= utc_time($since)
        AND ts < utc_time($until)
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
    WINDOW earlier AS (PARTITION BY customer_id ORDER BY ts, event)
),
-- Times are whole: a pause of exactly $minutes does not end a visit.
visits AS (
    SELECT
        customer_id,
        event,
        ts,
        count(*) FILTER (WHERE ts_before IS NULL OR ts - ts_before > to_minutes($minutes))
            OVER (PARTITION BY customer_id ORDER BY ts, event) AS visit_no
    FROM moments
    WHERE event_before IS DISTINCT FROM event OR ts - ts_before > to_minutes($minutes)
),
placed AS (
    SELECT
        customer_id,
        event AS node,
        lead(event, 1, '(end)') OVER visit AS next_node,
        row_number() OVER visit AS place,
        visit_no
    FROM visits
    WINDOW visit AS (PARTITION BY customer_id, visit_no ORDER BY ts, event)
),
starts AS (
    SELECT customer_id, visit_no, min(place) AS place
    FROM placed
    WHERE node = $event
    GROUP BY customer_id, visit_no
),
steps AS (
    SELECT placed.place - starts.place + 1 AS position, placed.node, placed.next_node, placed.customer_id
    FROM placed
    JOIN starts USING (customer_id, visit_no)
    WHERE placed.place BETWEEN starts.place AND starts.place + $steps - 1
)
SELECT position, node, next_node, count(*) AS transitions, count(DISTINCT customer_id) AS customers
FROM steps
GROUP BY position, node, next_node
ORDER BY position, transitions DESC, node, next_node
