-- /// query
-- title = "Checkout by platform"
-- about = "The same task on each platform: share of customers who bought within 7 days of their first checkout there, checkouts from $since up to $until whose 7 days are over, with n and ±, best first. gap: behind the best platform."
-- owner = "growth"
-- kind  = "bars"
--
-- [params]
-- since   = { type = "DATE", default_sql = "$today - 83", about = "checkouts from this day on" }
-- until   = { type = "DATE", default_sql = "$today + 1", about = "checkouts before this day" }
-- country = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
--
-- [columns]
-- conversion = { format = "percent", better = "up", margin = "margin" }
-- margin     = { format = "percent" }
-- gap        = { format = "percent", better = "down" }
-- ///
WITH checkouts AS (
    SELECT customer_id, coalesce(platform, '(none)') AS platform, min(ts) AS ts
    FROM events
    WHERE event = 'checkout_started'
        AND ts >= utc_time($since)
        AND ts < utc_time($until)
        AND ts + INTERVAL 7 DAYS < utc_time($today)
        AND customer_matches(customer_id, $country, NULL)
    GROUP BY ALL
),
purchases AS (
    SELECT customer_id, ts FROM events WHERE event = 'purchase' AND ts >= utc_time($since)
),
outcomes AS (
    SELECT checkouts.platform, coalesce(purchases.ts <= checkouts.ts + INTERVAL 7 DAYS, FALSE) AS bought
    FROM checkouts
    ASOF LEFT JOIN purchases ON purchases.customer_id = checkouts.customer_id AND purchases.ts >= checkouts.ts
),
counted AS (
    SELECT platform, count(*) AS n, count(*) FILTER (WHERE bought) AS hits
    FROM outcomes
    GROUP BY platform
)
SELECT
    platform,
    hits / nullif(n, 0) AS conversion,
    wilson_margin(hits, n) AS margin,
    n,
    max(hits / nullif(n, 0)) OVER () - hits / nullif(n, 0) AS gap
FROM counted
ORDER BY conversion DESC, n DESC, platform
