-- /// query
-- title = "Active customers"
-- about = "Customers who logged in, used a feature or invited someone at least once from $since up to $until, against the equally long time before. A count of everybody, not a sample, so it has no ±."
-- owner = "product"
-- kind  = "value"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "activity from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "activity before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only activity on this" }
--
-- [columns]
-- value = { format = "whole", better = "up" }
-- ///
WITH activity AS (
    SELECT
        customer_id,
        bool_or(ts >= utc_time($since)) AS is_active,
        bool_or(ts < utc_time($since)) AS was_active
    FROM events
    WHERE is_use(event)
        AND ts >= utc_time(day_before($since, $until))
        AND ts < utc_time($until)
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
    GROUP BY customer_id
)
SELECT count(*) FILTER (WHERE is_active) AS value, count(*) FILTER (WHERE was_active) AS previous
FROM activity
