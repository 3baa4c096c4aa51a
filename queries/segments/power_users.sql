-- /// query
-- title = "Power users"
-- about = "Customers who used the product on at least $at_least of the 28 days before $until."
-- owner = "cx"
-- kind  = "table"
--
-- [params]
-- until    = { type = "DATE", default_sql = "$today + 1", about = "as seen at the start of this day" }
-- at_least = { type = "INTEGER", default = 8, min = 1, max = 28, about = "days with use" }
-- ///
SELECT customer_id
FROM events
WHERE is_use(event) AND ts >= utc_time($until - 28) AND ts < utc_time($until)
GROUP BY customer_id
HAVING count(DISTINCT local_time(ts)::DATE) >= $at_least
ORDER BY customer_id
