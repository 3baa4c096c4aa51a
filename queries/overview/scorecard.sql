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
WITH answers AS (
    SELECT survey, score, ts >= utc_time($since) AS is_current
    FROM surveys
    WHERE ((survey = 'nps' AND score BETWEEN 0 AND 10) OR (survey = 'csat' AND score BETWEEN 1 AND 5))
        AND ts >= utc_time(day_before($since, $until))
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
opened AS (
    SELECT epoch(first_response_at - created_at) / 3600 AS hours, created_at >= utc_time($since) AS is_current
    FROM tickets
    WHERE created_at >= utc_time(day_before($since, $until))
        AND created_at < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
paying_first AS (
    SELECT customer_id
    FROM paying_at(utc_time(day_before($since, $until)))
    WHERE customer_matches(customer_id, $country, $platform)
),
paying_then AS (
    SELECT customer_id FROM paying_at(utc_time($since)) WHERE customer_matches(customer_id, $country, $platform)
),
paying_now AS (
    SELECT customer_id, mrr FROM paying_at(utc_time($until)) WHERE customer_matches(customer_id, $country, $platform)
),
lost AS (
    SELECT
        (SELECT count(*) FROM paying_then) AS n,
        (SELECT count(*) FROM paying_then ANTI JOIN paying_now USING (customer_id)) AS lost,
        (SELECT count(*) FROM paying_first) AS previous_n,
        (SELECT count(*) FROM paying_first ANTI JOIN paying_then USING (customer_id)) AS previous_lost
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
        nps(CASE WHEN is_current THEN score END) AS value,
        nps_margin(CASE WHEN is_current THEN score END) AS margin,
        count(*) FILTER (WHERE is_current) AS n,
        nps(CASE WHEN NOT is_current THEN score END) AS previous,
        nps_margin(CASE WHEN NOT is_current THEN score END) AS previous_margin
    FROM answers
    WHERE survey = 'nps'
    UNION ALL
    SELECT
        2,
        100 * csat(CASE WHEN is_current THEN score END),
        100 * csat_margin(CASE WHEN is_current THEN score END),
        count(*) FILTER (WHERE is_current),
        100 * csat(CASE WHEN NOT is_current THEN score END),
        100 * csat_margin(CASE WHEN NOT is_current THEN score END)
    FROM answers
    WHERE survey = 'csat'
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
        100 * lost / nullif(n, 0),
        100 * wilson_margin(lost, n),
        n,
        100 * previous_lost / nullif(previous_n, 0),
        100 * wilson_margin(previous_lost, previous_n)
    FROM lost
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
