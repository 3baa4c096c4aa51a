-- /// query
-- title = "First response"
-- about = "Median time from a ticket being opened to the first answer, on the clock (nights and weekends count), for tickets opened from $since up to $until. Tickets still waiting are counted apart. p90: nine of ten are answered within it."
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
-- value   = { format = "duration", better = "down" }
-- p90     = { format = "duration", better = "down" }
-- waiting = { format = "whole", better = "down" }
--
-- [goals.median]
-- column  = "value"
-- at_most = 14400
-- warn_at = 10800
-- ///
WITH answered AS (
    SELECT
        created_at >= utc_time($since) AS is_current,
        epoch(first_response_at - created_at) AS seconds
    FROM tickets
    WHERE created_at >= utc_time(day_before($since, $until))
        AND created_at < utc_time($until)
        AND ($category IS NULL OR category = $category)
        AND ($channel IS NULL OR channel = $channel)
        AND customer_matches(customer_id, $country, $platform)
)
SELECT
    median(seconds) FILTER (WHERE is_current) AS value,
    count(seconds) FILTER (WHERE is_current) AS n,
    median(seconds) FILTER (WHERE NOT is_current) AS previous,
    count(seconds) FILTER (WHERE NOT is_current) AS previous_n,
    quantile_cont(seconds, 0.9) FILTER (WHERE is_current) AS p90,
    count(*) FILTER (WHERE is_current AND seconds IS NULL) AS waiting
FROM answered
