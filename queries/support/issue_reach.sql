-- /// query
-- title = "Customers affected by issue"
-- about = "Share of the active customers who opened a ticket of each category at least once from $since up to $until, with ±. Active: logged in, used a feature or invited someone."
-- owner = "support"
-- kind  = "bars"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "tickets opened from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "tickets opened before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- share    = { format = "percent", better = "down", margin = "margin" }
-- margin   = { format = "percent" }
-- affected = { format = "whole" }
-- ///
WITH active AS (
    SELECT DISTINCT customer_id
    FROM events
    WHERE is_use(event)
        AND ts >= utc_time($since)
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
affected AS (
    SELECT coalesce(tickets.category, '(none)') AS category, count(DISTINCT tickets.customer_id) AS affected
    FROM tickets
    SEMI JOIN active ON active.customer_id = tickets.customer_id
    WHERE tickets.created_at >= utc_time($since) AND tickets.created_at < utc_time($until)
    GROUP BY ALL
),
counted AS (
    SELECT affected.category, affected.affected, (SELECT count(*) FROM active) AS n
    FROM affected
)
SELECT category, affected / nullif(n, 0) AS share, wilson_margin(affected, n) AS margin, affected, n
FROM counted
ORDER BY share DESC, category
