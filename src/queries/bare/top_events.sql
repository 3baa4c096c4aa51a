-- /// query
-- title = "Most frequent events"
-- about = "Which events happen most, and to how many customers."
-- kind  = "bars"
-- ///
SELECT event, count(*) AS n, count(DISTINCT customer_id) AS customers
FROM events
GROUP BY event
ORDER BY n DESC, event
LIMIT 20
