-- /// query
-- title = "Monthly retention"
-- about = "Of the customers who signed up in a month, the share who used the product (logged in, used a feature, invited someone) in exactly the n-th calendar month after it. Column 0 is the cohort itself; a month that is not over yet is open."
-- owner = "product"
-- kind  = "retention"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 180", about = "cohorts from the month that holds this day" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "sign-ups before this day" }
-- periods  = { type = "INTEGER", default = 7, min = 2, max = 36, about = "columns, the cohort's own month included" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only sign-ups and activity on this" }
--
-- [columns]
-- rate = { format = "percent", better = "up" }
-- ///
WITH starts AS (
    SELECT customer_id, min(ts) AS started_at
    FROM events
    WHERE event = 'signup'
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
    GROUP BY customer_id
),
members AS (
    SELECT customer_id, started_at, period_start(started_at, 'month') AS cohort
    FROM starts
    WHERE started_at >= range_start($since, 'month') AND started_at < utc_time($until)
),
cohorts AS (
    SELECT cohort, count(*) AS size FROM members GROUP BY cohort
),
returns AS (
    SELECT
        members.cohort,
        date_diff('month', members.cohort, period_start(events.ts, 'month')) AS period,
        count(DISTINCT events.customer_id) AS returned
    FROM events
    JOIN members ON members.customer_id = events.customer_id AND events.ts >= members.started_at
    WHERE is_use(events.event)
        AND events.ts >= range_start($since, 'month')
        AND ($platform IS NULL OR events.platform = $platform)
    GROUP BY ALL
),
cells AS (
    SELECT cohorts.cohort, cohorts.size, offsets.period, cohorts.cohort + to_months(offsets.period::INTEGER) AS starts_at
    FROM cohorts
    CROSS JOIN range($periods) AS offsets (period)
)
SELECT
    cells.cohort,
    cells.period::INTEGER AS period,
    cells.size,
    CASE WHEN cells.period = 0 THEN cells.size ELSE coalesce(returns.returned, 0) END AS returned,
    CASE WHEN cells.period = 0 THEN 1.0 ELSE coalesce(returns.returned, 0) / nullif(cells.size, 0) END::DOUBLE AS rate,
    cells.starts_at + INTERVAL 1 MONTH <= $today AS complete
FROM cells
LEFT JOIN returns ON returns.cohort = cells.cohort AND returns.period = cells.period
WHERE cells.starts_at < $today + 1
ORDER BY cells.cohort, cells.period
