-- /// query
-- title = "Handling by category"
-- about = "Per category, for tickets opened from $since up to $until: median and p90 time from opening to solved (on the clock, solved tickets only), tickets still open, and the share of solved tickets that were reopened, with ±."
-- owner = "support"
-- kind  = "table"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "tickets opened from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "tickets opened before this day" }
-- channel  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT channel FROM tickets WHERE channel IS NOT NULL ORDER BY channel", about = "only tickets that came this way" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- median_seconds  = { format = "duration", better = "down" }
-- p90_seconds     = { format = "duration", better = "down" }
-- reopened        = { format = "percent", better = "down", margin = "reopened_margin" }
-- reopened_margin = { format = "percent" }
-- ///
WITH opened AS (
    SELECT coalesce(category, '(none)') AS category, epoch(solved_at - created_at) AS seconds, coalesce(reopens, 0) > 0 AS is_reopened
    FROM tickets
    WHERE created_at >= utc_time($since)
        AND created_at < utc_time($until)
        AND ($channel IS NULL OR channel = $channel)
        AND customer_matches(customer_id, $country, $platform)
),
counted AS (
    SELECT
        category,
        count(*) AS tickets,
        count(*) - count(seconds) AS still_open,
        count(seconds) AS n,
        median(seconds) AS median_seconds,
        quantile_cont(seconds, 0.9) AS p90_seconds,
        count(*) FILTER (WHERE is_reopened AND seconds IS NOT NULL) AS reopened
    FROM opened
    GROUP BY category
)
SELECT
    category,
    tickets,
    still_open,
    n,
    median_seconds,
    p90_seconds,
    reopened / nullif(n, 0) AS reopened,
    wilson_margin(reopened, n) AS reopened_margin
FROM counted
ORDER BY tickets DESC, category
