-- /// query
-- title = "Features: reach and frequency"
-- about = "Per feature, over the customers active from $since up to $until: share who used it at least once, with n and ±, and the mean number of days on which those who use it did. Against the median feature: core (wide, often), power (narrow, often), one-off (wide, rare), rarely used (narrow, rare)."
-- owner = "product"
-- kind  = "bars"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "use from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "use before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only use on this" }
--
-- [columns]
-- adoption  = { format = "percent", better = "up", margin = "margin" }
-- margin    = { format = "percent" }
-- days_used = { format = "one_decimal", better = "up" }
-- ///
WITH counted AS (
    SELECT feature, count(*) AS customers, avg(days) AS days_used, users($since, $until, $country, $platform) AS n
    FROM feature_days($since, $until, $country, $platform)
    GROUP BY feature
),
compared AS (
    SELECT *, median(customers) OVER () AS usual_customers, median(days_used) OVER () AS usual_days
    FROM counted
)
SELECT
    feature,
    customers / nullif(n, 0) AS adoption,
    wilson_margin(customers, n) AS margin,
    customers,
    n,
    days_used,
    CASE
        WHEN customers >= usual_customers AND days_used >= usual_days THEN 'core'
        WHEN customers >= usual_customers THEN 'one-off'
        WHEN days_used >= usual_days THEN 'power'
        ELSE 'rarely used'
    END AS place
FROM compared
ORDER BY customers DESC, feature
