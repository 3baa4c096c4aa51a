-- /// query
-- title = "Tickets"
-- about = "Tickets opened from $since up to $until, against the equally long time before. A count of all tickets, so it has no ±."
-- owner = "support"
-- kind  = "value"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "tickets from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "tickets before this day" }
-- category = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT category FROM tickets WHERE category IS NOT NULL ORDER BY category", about = "only tickets about this" }
-- channel  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT channel FROM tickets WHERE channel IS NOT NULL ORDER BY channel", about = "only tickets that came this way" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- value = { format = "whole", better = "down" }
-- ///
WITH opened AS (
    SELECT created_at >= utc_time($since) AS is_current
    FROM tickets
    WHERE created_at >= utc_time(day_before($since, $until))
        AND created_at < utc_time($until)
        AND ($category IS NULL OR category = $category)
        AND ($channel IS NULL OR channel = $channel)
        AND customer_matches(customer_id, $country, $platform)
)
SELECT count(*) FILTER (WHERE is_current) AS value, count(*) FILTER (WHERE NOT is_current) AS previous
FROM opened
