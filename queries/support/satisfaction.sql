-- /// query
-- title = "Ticket satisfaction"
-- about = "Share of good among the tickets rated good or bad, for tickets opened from $since up to $until, against the equally long time before. Tickets without a rating are not in it."
-- owner = "support"
-- kind  = "value"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "tickets opened from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "tickets opened before this day" }
-- category = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT category FROM tickets WHERE category IS NOT NULL ORDER BY category", about = "only tickets about this" }
-- channel  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT channel FROM tickets WHERE channel IS NOT NULL ORDER BY channel", about = "only tickets that came this way" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- value = { format = "percent", better = "up", margin = "margin" }
-- ///
WITH rated AS (
    SELECT created_at >= utc_time($since) AS is_current, satisfaction = 'good' AS is_good
    FROM tickets
    WHERE satisfaction IN ('good', 'bad')
        AND created_at >= utc_time(day_before($since, $until))
        AND created_at < utc_time($until)
        AND ($category IS NULL OR category = $category)
        AND ($channel IS NULL OR channel = $channel)
        AND customer_matches(customer_id, $country, $platform)
),
counted AS (
    SELECT
        count(*) FILTER (WHERE is_current) AS n,
        count(*) FILTER (WHERE is_current AND is_good) AS good,
        count(*) FILTER (WHERE NOT is_current) AS previous_n,
        count(*) FILTER (WHERE NOT is_current AND is_good) AS previous_good
    FROM rated
)
SELECT
    good / nullif(n, 0) AS value,
    wilson_margin(good, n) AS margin,
    n,
    previous_good / nullif(previous_n, 0) AS previous,
    wilson_margin(previous_good, previous_n) AS previous_margin,
    previous_n
FROM counted
