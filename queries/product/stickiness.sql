-- /// query
-- title = "Days used in a week"
-- about = "Customers by the number of days on which they used the product in the seven days before $until (whole days: today is not over). share: of those who used it at all."
-- owner = "product"
-- kind  = "distribution"
--
-- [params]
-- until    = { type = "DATE", default_sql = "$today", about = "the seven days before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only use on this" }
--
-- [columns]
-- customers = { format = "whole" }
-- share     = { format = "percent" }
-- ///
WITH used AS (
    SELECT customer_id, count(DISTINCT local_time(ts)::DATE) AS days
    FROM events
    WHERE is_use(event)
        AND ts >= utc_time($until - 7)
        AND ts < utc_time($until)
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
    GROUP BY customer_id
),
counted AS (
    SELECT lengths.days, count(used.customer_id) AS customers
    FROM range(1, 8) AS lengths (days)
    LEFT JOIN used ON used.days = lengths.days
    GROUP BY lengths.days
)
SELECT days, customers, customers / nullif(sum(customers) OVER (), 0) AS share
FROM counted
ORDER BY days
