-- /// query
-- title = "Active customers"
-- about = "Customers who used the product (logged in, used a feature, invited someone) on each day, and in the 7 and the 28 days that end with it; counted on every day, reaching back before $since. Today is still open."
-- owner = "product"
-- kind  = "trend"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 84", about = "from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "days before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only use on this" }
--
-- [columns]
-- daily   = { format = "whole", better = "up" }
-- weekly  = { format = "whole", better = "up" }
-- monthly = { format = "whole", better = "up" }
-- ///
SELECT period, day.customers AS daily, week.customers AS weekly, month.customers AS monthly, day.complete
FROM daily_users(1, $since, $until, $country, $platform) AS day
JOIN daily_users(7, $since, $until, $country, $platform) AS week USING (period)
JOIN daily_users(28, $since, $until, $country, $platform) AS month USING (period)
ORDER BY period
