-- /// query
-- title = "Tickets per day"
-- about = "How many tickets were opened each day."
-- kind  = "trend"
-- ///
SELECT period_start(created_at, 'day') AS period, count(*) AS tickets
FROM tickets
GROUP BY period
ORDER BY period
