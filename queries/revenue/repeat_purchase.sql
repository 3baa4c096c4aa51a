-- /// query
-- title = "Repeat purchase rate"
-- about = "Share of the customers with at least one purchase or renewal from $since up to $until who had two or more, with ±, against the equally long time before. average: mean amount of one; days_between: median days between two of the same customer."
-- owner = "finance"
-- kind  = "value"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "purchases from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "purchases before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- value        = { format = "percent", better = "up", margin = "margin" }
-- average      = { unit = "€", format = "two_decimals", better = "up" }
-- days_between = { format = "one_decimal", better = "down" }
-- ///
WITH orders AS (
    SELECT
        customer_id,
        ts >= utc_time($since) AS is_current,
        amount,
        epoch(ts - lag(ts) OVER (PARTITION BY customer_id, ts >= utc_time($since) ORDER BY ts)) / 86400 AS days
    FROM events
    WHERE event IN ('purchase', 'renewal')
        AND ts >= utc_time(day_before($since, $until))
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
by_customer AS (
    SELECT customer_id, is_current, count(*) AS orders FROM orders GROUP BY customer_id, is_current
),
counted AS (
    SELECT
        count(*) FILTER (WHERE is_current) AS n,
        count(*) FILTER (WHERE is_current AND orders > 1) AS hits,
        count(*) FILTER (WHERE NOT is_current) AS previous_n,
        count(*) FILTER (WHERE NOT is_current AND orders > 1) AS previous_hits
    FROM by_customer
)
SELECT
    hits / nullif(n, 0) AS value,
    wilson_margin(hits, n) AS margin,
    n,
    previous_hits / nullif(previous_n, 0) AS previous,
    wilson_margin(previous_hits, previous_n) AS previous_margin,
    previous_n,
    (SELECT avg(amount) FROM orders WHERE is_current) AS average,
    (SELECT median(days) FROM orders WHERE is_current) AS days_between
FROM counted
