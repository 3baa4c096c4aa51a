-- /// query
-- title = "Before the first purchase"
-- about = "What customers did in the $days days before their first purchase (purchases from $since up to $until), commonest first, with n and ±, beside the active customers of the same time who never bought. times_as_often: share of buyers over share of the others."
-- owner = "growth"
-- kind  = "bars"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "purchases from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "purchases before this day" }
-- days     = { type = "INTEGER", default = 14, min = 1, max = 365, about = "days before the purchase" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only events on this" }
--
-- [columns]
-- buyers         = { format = "percent", margin = "margin" }
-- margin         = { format = "percent" }
-- others         = { format = "percent" }
-- times_as_often = { format = "two_decimals" }
-- ///
WITH first_purchases AS (
    SELECT customer_id, min(ts) AS bought_at
    FROM events
    WHERE event = 'purchase' AND customer_matches(customer_id, $country, NULL)
    GROUP BY customer_id
),
deeds AS (
    SELECT
        events.customer_id,
        CASE WHEN events.event = 'feature_used' THEN 'used ' || replace(events.feature, '_', ' ') ELSE replace(events.event, '_', ' ') END AS deed,
        first_purchases.bought_at IS NOT NULL AS is_buyer
    FROM events
    LEFT JOIN first_purchases ON first_purchases.customer_id = events.customer_id
    WHERE events.event NOT IN ('purchase', 'renewal', 'plan_cancelled', 'signup', 'login')
        AND events.ts >= utc_time($since) - to_days($days)
        AND events.ts < utc_time($until)
        AND ($platform IS NULL OR events.platform = $platform)
        AND customer_matches(events.customer_id, $country, NULL)
        AND (
            first_purchases.bought_at IS NULL
            OR (
                first_purchases.bought_at >= utc_time($since)
                AND first_purchases.bought_at < utc_time($until)
                AND events.ts <= first_purchases.bought_at
                AND events.ts >= first_purchases.bought_at - to_days($days)
            )
        )
),
totals AS (
    SELECT count(DISTINCT customer_id) FILTER (WHERE is_buyer) AS n, count(DISTINCT customer_id) FILTER (WHERE NOT is_buyer) AS others_n
    FROM deeds
),
counted AS (
    SELECT
        deed,
        count(DISTINCT customer_id) FILTER (WHERE is_buyer) AS hits,
        count(DISTINCT customer_id) FILTER (WHERE NOT is_buyer) AS others_hits
    FROM deeds
    GROUP BY deed
)
SELECT
    counted.deed,
    counted.hits / nullif(totals.n, 0) AS buyers,
    wilson_margin(counted.hits, totals.n) AS margin,
    totals.n,
    counted.others_hits / nullif(totals.others_n, 0) AS others,
    totals.others_n,
    (counted.hits / nullif(totals.n, 0)) / nullif(counted.others_hits / nullif(totals.others_n, 0), 0) AS times_as_often
FROM counted
CROSS JOIN totals
WHERE counted.hits > 0
ORDER BY buyers DESC, counted.deed
