-- /// query
-- title = "Features hardly anyone uses"
-- about = "Features ever used that at most $share_below of the customers active from $since up to $until used in that time, least used first, with n, ±, the days since anyone last used it, and how often those few do."
-- owner = "product"
-- kind  = "bars"
--
-- [params]
-- since       = { type = "DATE", default_sql = "$today - 83", about = "use from this day on" }
-- until       = { type = "DATE", default_sql = "$today + 1", about = "use before this day" }
-- share_below = { type = "DOUBLE", default = 0.05, min = 0, max = 1, about = "largest share of active customers" }
-- country     = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform    = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only use on this" }
--
-- [columns]
-- adoption   = { format = "percent", better = "up", margin = "margin" }
-- margin     = { format = "percent" }
-- days_used  = { format = "one_decimal" }
-- days_since = { format = "whole", better = "down" }
-- ///
WITH ever AS (
    SELECT feature, max(ts) AS last_used_at
    FROM events
    WHERE event = 'feature_used' AND feature IS NOT NULL AND ts < utc_time($until)
    GROUP BY feature
),
counted AS (
    SELECT
        ever.feature,
        ever.last_used_at,
        count(used.customer_id) AS customers,
        avg(used.days) AS days_used,
        users($since, $until, $country, $platform) AS n
    FROM ever
    LEFT JOIN feature_days($since, $until, $country, $platform) AS used ON used.feature = ever.feature
    GROUP BY ALL
)
SELECT
    feature,
    customers / nullif(n, 0) AS adoption,
    wilson_margin(customers, n) AS margin,
    customers,
    n,
    days_used,
    date_diff('day', local_time(last_used_at)::DATE, least($today, $until - 1)) AS days_since
FROM counted
WHERE customers / nullif(n, 0) <= $share_below
ORDER BY adoption, feature
