-- /// query
-- title = "Tickets by category"
-- about = "What customers open tickets about."
-- kind  = "bars"
-- ///
SELECT coalesce(category, '(none)') AS category, count(*) AS n
FROM tickets
GROUP BY ALL
ORDER BY n DESC, category
LIMIT 20
