-- /// query
-- title = "Feature requests"
-- about = "Customers who asked for each feature in a survey comment (words in lib/themes.sql) from $since up to $until, most wanted first: their share of all customers who wrote something, with ±, and the NPS beside those comments with its n and ±."
-- owner = "product"
-- kind  = "bars"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "comments from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "comments before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- share      = { format = "percent", margin = "margin" }
-- margin     = { format = "percent" }
-- customers  = { format = "whole" }
-- nps        = { format = "whole", better = "up", margin = "nps_margin" }
-- nps_margin = { format = "whole" }
-- ///
WITH comments AS (
    SELECT customer_id, lower(comment) AS comment, CASE WHEN survey = 'nps' THEN score END AS nps_score
    FROM surveys
    WHERE trim(comment) <> ''
        AND ts >= utc_time($since)
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
mentions AS (
    SELECT unnest(wishes(comment)) AS wish, customer_id, nps_score FROM comments
),
asked AS (
    SELECT
        wish,
        count(DISTINCT customer_id) AS customers,
        nps(nps_score) AS nps,
        nps_margin(nps_score) AS nps_margin,
        count(nps_score) AS nps_n
    FROM mentions
    WHERE wish IS NOT NULL
    GROUP BY wish
),
counted AS (
    SELECT *, (SELECT count(DISTINCT customer_id) FROM comments) AS n FROM asked
)
SELECT wish, customers / nullif(n, 0) AS share, wilson_margin(customers, n) AS margin, customers, n, nps, nps_margin, nps_n
FROM counted
ORDER BY customers DESC, wish
