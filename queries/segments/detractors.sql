-- /// query
-- title = "Detractors"
-- about = "Customers whose latest NPS answer in the 90 days before $until was 0-6."
-- owner = "cx"
-- kind  = "table"
--
-- [params]
-- until = { type = "DATE", default_sql = "$today + 1", about = "as seen at the start of this day" }
-- ///
SELECT customer_id
FROM last_nps($until - 90, $until, NULL)
WHERE score <= 6
ORDER BY customer_id
