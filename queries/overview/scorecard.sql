-- /// query
-- title = "Scorecard"
-- about = "What matters, from $since up to $until, against its goal and the equally long time before. A goal within the ± is neither met nor missed for sure; a change counts only beyond the ± of both. Counts and medians have no ±. First answer: hours, median. Churn as in overview/churn."
-- owner = "cx"
-- kind  = "scorecard"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "everything from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "everything before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- value    = { format = "one_decimal", margin = "margin" }
-- margin   = { format = "one_decimal" }
-- goal     = { format = "one_decimal" }
-- previous = { format = "one_decimal" }
-- ///
WITH opened AS (
    SELECT epoch(first_response_at - created_at) / 3600 AS hours, created_at >= utc_time($since) AS is_current
    FROM tickets
    WHERE created_at >= utc_time(day_before($since, $until))
        AND created_at < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
use AS (
    SELECT
        count(DISTINCT CASE WHEN ts >= utc_time($since) THEN customer_id END) AS customers,
        count(DISTINCT CASE WHEN ts < utc_time($since) THEN customer_id END) AS previous_customers
    FROM events
    WHERE is_use(event)
        AND ts >= utc_time(day_before($since, $until))
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
measured AS (
    SELECT
        1 AS metric_no,
        nps(score) AS value,
        nps_margin(score) AS margin,
        count(score) AS n,
        nps(earlier_score) AS previous,
        nps_margin(earlier_score) AS previous_margin
    FROM answers_now_and_before('nps', 0, 10, $since, $until, $country, $platform)
    UNION ALL
    SELECT
        2,
        100 * csat(score),
        100 * csat_margin(score),
        count(score),
        100 * csat(earlier_score),
        100 * csat_margin(earlier_score)
    FROM answers_now_and_before('csat', 1, 5, $since, $until, $country, $platform)
    UNION ALL
    SELECT
        3,
        median(hours) FILTER (WHERE is_current),
        NULL,
        count(hours) FILTER (WHERE is_current),
        median(hours) FILTER (WHERE NOT is_current),
        NULL
    FROM opened
    UNION ALL
    SELECT
        4,
        100 * latest.lost / nullif(latest.n, 0),
        100 * wilson_margin(latest.lost, latest.n),
        latest.n,
        100 * earlier.lost / nullif(earlier.n, 0),
        100 * wilson_margin(earlier.lost, earlier.n)
    FROM churned($since, $until, $country, $platform) AS latest
    CROSS JOIN churned(day_before($since, $until), $since, $country, $platform) AS earlier
    UNION ALL
    SELECT 5, customers, NULL, customers, previous_customers, NULL
    FROM use
),
goals AS (
    SELECT metric_no, metric, unit, format, owner, goal, better
    FROM (
        VALUES
            (1, 'NPS', 'points', 'one_decimal', 'cx', 30, 'up'),
            (2, 'CSAT (4-5 of 5)', '%', 'one_decimal', 'cx', 75, 'up'),
            (3, 'First answer', 'hours', 'one_decimal', 'support', 4, 'down'),
            (4, 'Churn', '%', 'one_decimal', 'finance', 6, 'down'),
            (5, 'Active customers', NULL, 'whole', 'product', NULL, 'up')
    ) AS goals (metric_no, metric, unit, format, owner, goal, better)
)
SELECT
    goals.metric,
    goals.unit,
    goals.format,
    measured.value,
    measured.margin,
    measured.n,
    goals.goal,
    goals.better,
    measured.previous,
    measured.previous_margin,
    goals.owner
FROM goals
JOIN measured ON measured.metric_no = goals.metric_no
ORDER BY goals.metric_no
