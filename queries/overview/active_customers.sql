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
SELECT
    users($since, $until, $country, $platform) AS value,
    users(day_before($since, $until), $since, $country, $platform) AS previous
