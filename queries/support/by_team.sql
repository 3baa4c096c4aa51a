-- /// query
-- title = "Team by team"
-- about = "Ticket satisfaction (good of good and bad) of each team for tickets opened from $since up to $until, best first, with n, ± and the median time to the first answer and to the solution."
-- owner = "support"
-- kind  = "bars"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "tickets opened from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "tickets opened before this day" }
-- category = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT category FROM tickets WHERE category IS NOT NULL ORDER BY category", about = "only tickets about this" }
-- channel  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT channel FROM tickets WHERE channel IS NOT NULL ORDER BY channel", about = "only tickets that came this way" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- satisfaction   = { format = "percent", better = "up", margin = "margin" }
-- margin         = { format = "percent" }
-- first_response = { format = "duration", better = "down" }
-- solved         = { format = "duration", better = "down" }
-- ///
WITH counted AS (
    SELECT
        coalesce(team, '(none)') AS team,
        count(*) AS tickets,
        count(*) FILTER (WHERE satisfaction IN ('good', 'bad')) AS n,
        count(*) FILTER (WHERE satisfaction = 'good') AS good,
        median(epoch(first_response_at - created_at)) AS first_response,
        median(epoch(solved_at - created_at)) AS solved
    FROM tickets
    WHERE created_at >= utc_time($since)
        AND created_at < utc_time($until)
        AND ($category IS NULL OR category = $category)
        AND ($channel IS NULL OR channel = $channel)
        AND customer_matches(customer_id, $country, $platform)
    GROUP BY ALL
)
SELECT team, good / nullif(n, 0) AS satisfaction, wilson_margin(good, n) AS margin, n, tickets, first_response, solved
FROM counted
ORDER BY satisfaction DESC NULLS LAST, n DESC, team
