-- /// query
-- title = "Affected by an issue"
-- about = "Customers who opened a ticket of the category $issue, or had the event of that name, from $since up to $until."
-- owner = "cx"
-- kind  = "table"
--
-- [params]
-- since = { type = "DATE", default_sql = "$today - 90", about = "issues from this day on" }
-- until = { type = "DATE", default_sql = "$today + 1", about = "issues before this day" }
-- issue = { type = "VARCHAR", default = "checkout_error", choices_sql = "SELECT DISTINCT category FROM tickets WHERE category IS NOT NULL UNION SELECT 'checkout_error' ORDER BY 1", about = "a ticket category, or the event checkout_error" }
-- ///
WITH reports AS (
    SELECT customer_id, created_at AS ts FROM tickets WHERE category = $issue
    UNION ALL SELECT customer_id, ts FROM events WHERE event = $issue
)
SELECT DISTINCT customer_id
FROM reports
WHERE ts >= utc_time($since) AND ts < utc_time($until)
ORDER BY customer_id
