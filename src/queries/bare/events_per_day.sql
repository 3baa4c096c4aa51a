-- /// query
-- title = "Events and customers per day"
-- about = "How many events there are each day, and from how many customers."
-- kind  = "trend"
-- ///
SELECT period_start(ts, 'day') AS period,
       count(*) AS events,
       count(DISTINCT customer_id) AS customers
FROM events
GROUP BY period
ORDER BY period
