-- /// query
-- title = "Effect of an issue"
-- about = "Customers who met the issue (opened such a ticket or had such an event) from $since up to $until against those who did not: bought within 7 days of the first checkout, used the product again in days 15-28 after (of the issue, or of their first use), NPS. A difference, not a proven cause."
-- owner = "support"
-- kind  = "table"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 90", about = "issues from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "issues before this day" }
-- issue    = { type = "VARCHAR", default = "checkout_error", choices_sql = "SELECT DISTINCT category FROM tickets WHERE category IS NOT NULL UNION SELECT 'checkout_error' ORDER BY 1", about = "a ticket category, or the event checkout_error" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- affected   = { format = "one_decimal" }
-- others     = { format = "one_decimal" }
-- difference = { format = "one_decimal", better = "up" }
-- low        = { format = "one_decimal" }
-- high       = { format = "one_decimal" }
-- ///
WITH reports AS (
    SELECT customer_id, created_at AS ts FROM tickets WHERE category = $issue
    UNION ALL SELECT customer_id, ts FROM events WHERE event = $issue
),
affected AS (
    SELECT customer_id, min(ts) AS met_at
    FROM reports
    WHERE ts >= utc_time($since)
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
    GROUP BY customer_id
),
behaviour AS (
    SELECT
        customer_id,
        min(ts) FILTER (WHERE event = 'checkout_started') AS checkout_at,
        min(ts) FILTER (WHERE is_use(event)) AS used_at
    FROM events
    WHERE event IN ('checkout_started', 'login', 'feature_used', 'invite_sent')
        AND ts >= utc_time($since)
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
    GROUP BY customer_id
),
compared AS (
    SELECT
        behaviour.customer_id,
        affected.customer_id IS NOT NULL AS is_affected,
        behaviour.checkout_at,
        coalesce(affected.met_at, behaviour.used_at) AS counted_from
    FROM behaviour
    LEFT JOIN affected ON affected.customer_id = behaviour.customer_id
),
later AS (
    SELECT
        compared.customer_id,
        compared.is_affected,
        compared.checkout_at + INTERVAL 7 DAYS < utc_time($today) AS checkout_is_over,
        compared.counted_from + INTERVAL 28 DAYS < utc_time($today) AS return_is_over,
        bool_or(
            events.event = 'purchase'
            AND events.ts >= compared.checkout_at
            AND events.ts <= compared.checkout_at + INTERVAL 7 DAYS
        ) AS bought,
        bool_or(
            is_use(events.event)
            AND events.ts >= compared.counted_from + INTERVAL 14 DAYS
            AND events.ts < compared.counted_from + INTERVAL 28 DAYS
        ) AS returned
    FROM compared
    LEFT JOIN events
        ON events.customer_id = compared.customer_id
        AND events.event IN ('purchase', 'login', 'feature_used', 'invite_sent')
        AND events.ts >= utc_time($since)
    GROUP BY ALL
),
rates AS (
    SELECT
        1 AS measure_no,
        'bought after checkout, %' AS measure,
        count(*) FILTER (WHERE is_affected AND bought) AS hits,
        count(*) FILTER (WHERE is_affected) AS n,
        count(*) FILTER (WHERE NOT is_affected AND bought) AS others_hits,
        count(*) FILTER (WHERE NOT is_affected) AS others_n
    FROM later
    WHERE checkout_is_over
    UNION ALL
    SELECT
        2,
        'back in days 15-28, %',
        count(*) FILTER (WHERE is_affected AND returned),
        count(*) FILTER (WHERE is_affected),
        count(*) FILTER (WHERE NOT is_affected AND returned),
        count(*) FILTER (WHERE NOT is_affected)
    FROM later
    WHERE return_is_over
),
answers AS (
    SELECT
        CASE WHEN surveys.ts >= affected.met_at THEN surveys.score END AS score,
        CASE WHEN affected.customer_id IS NULL THEN surveys.score END AS others_score
    FROM surveys
    LEFT JOIN affected ON affected.customer_id = surveys.customer_id
    WHERE surveys.survey = 'nps'
        AND surveys.score BETWEEN 0 AND 10
        AND surveys.ts >= utc_time($since)
        AND surveys.ts < utc_time($until)
        AND customer_matches(surveys.customer_id, $country, $platform)
),
nps_scores AS (
    SELECT
        nps(score) AS affected,
        count(score) AS n,
        nps(others_score) AS others,
        count(others_score) AS others_n,
        sqrt(nps_margin(score) ** 2 + nps_margin(others_score) ** 2) AS half_width
    FROM answers
),
measures AS (
    SELECT
        measure_no,
        measure,
        100 * hits / nullif(n, 0) AS affected,
        n,
        100 * others_hits / nullif(others_n, 0) AS others,
        others_n,
        100 * newcombe_low(hits, n, others_hits, others_n) AS low,
        100 * newcombe_high(hits, n, others_hits, others_n) AS high
    FROM rates
    UNION ALL
    SELECT 3, 'NPS afterwards, points', affected, n, others, others_n, affected - others - half_width, affected - others + half_width
    FROM nps_scores
)
SELECT
    measure,
    affected,
    n,
    others,
    others_n,
    affected - others AS difference,
    low,
    high,
    CASE
        WHEN low IS NULL THEN 'no answer yet'
        WHEN high < 0 THEN 'worse'
        WHEN low > 0 THEN 'better'
        ELSE 'no real difference'
    END AS verdict
FROM measures
ORDER BY measure_no
