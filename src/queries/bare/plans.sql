-- /// query
-- title = "Running subscriptions by plan"
-- about = "How many customers each plan has today, and what they pay a month."
-- kind  = "bars"
-- ///
SELECT coalesce(plan, '(none)') AS plan, count(DISTINCT customer_id) AS customers, sum(mrr) AS mrr
FROM subscriptions
WHERE ended_at IS NULL
GROUP BY ALL
ORDER BY customers DESC, plan
LIMIT 20
