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
SELECT now.customers AS value, before.customers AS previous
FROM users($until - $since, $until - 1, $until, $country, $platform) AS now
CROSS JOIN users($until - $since, $since - 1, $since, $country, $platform) AS before
