-- /// query
-- title = "Recency, frequency, money"
-- about = "Customers with a purchase or renewal in the $days days before $until, scored 1-5 by how recently, how often and for how much they bought (5 is best; equal values get equal scores), best first."
-- owner = "finance"
-- kind  = "table"
--
-- [params]
-- until    = { type = "DATE", default_sql = "$today + 1", about = "as seen at the start of this day" }
-- days     = { type = "INTEGER", default = 180, min = 1, max = 1000, about = "how far to look back" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- days_since = { format = "whole", better = "down" }
-- orders     = { format = "whole", better = "up" }
-- revenue    = { unit = "€", format = "two_decimals", better = "up" }
-- ///
WITH orders AS (
    SELECT
        customer_id,
        $until - 1 - local_time(max(ts))::DATE AS days_since,
        count(*) AS orders,
        coalesce(sum(amount), 0) AS revenue
    FROM events
    WHERE event IN ('purchase', 'renewal')
        AND ts >= utc_time($until - $days::INTEGER)
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
    GROUP BY customer_id
),
scored AS (
    SELECT
        *,
        ceil(5 * cume_dist() OVER (ORDER BY days_since DESC))::INTEGER AS recency,
        ceil(5 * cume_dist() OVER (ORDER BY orders))::INTEGER AS frequency,
        ceil(5 * cume_dist() OVER (ORDER BY revenue))::INTEGER AS money
    FROM orders
)
SELECT
    customer_id,
    recency,
    frequency,
    money,
    CASE
        WHEN recency >= 4 AND frequency >= 4 AND money >= 4 THEN 'champion'
        WHEN recency >= 4 AND frequency <= 2 THEN 'new'
        WHEN recency <= 2 AND frequency >= 4 THEN 'slipping away'
        WHEN recency <= 2 AND frequency <= 2 THEN 'asleep'
        ELSE 'steady'
    END AS segment,
    days_since,
    orders,
    revenue
FROM scored
ORDER BY recency + frequency + money DESC, revenue DESC, customer_id
