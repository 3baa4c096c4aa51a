-- /// query
-- title = "Checkout conversion"
-- about = "Per $grain and platform: share of the customers starting a checkout who buy within 7 days of their first checkout of that period, with n and ±. Open until the 7 days are over for all of them."
-- owner = "growth"
-- kind  = "trend"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 84", about = "from the period that holds this day" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "checkouts before this day" }
-- grain    = { type = "VARCHAR", default = "week", choices = ["day", "week", "month"], about = "length of a period" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only checkouts on this" }
--
-- [columns]
-- conversion = { format = "percent", better = "up", margin = "conversion_margin" }
-- ///
WITH checkouts AS (
    SELECT customer_id, period_start(ts, $grain) AS period, coalesce(platform, '(none)') AS platform, min(ts) AS ts
    FROM events
    WHERE event = 'checkout_started'
        AND ts >= range_start($since, $grain)
        AND ts < utc_time($until)
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
    GROUP BY ALL
),
purchases AS (
    SELECT customer_id, ts FROM events WHERE event = 'purchase' AND ts >= range_start($since, $grain)
),
outcomes AS (
    SELECT checkouts.period, checkouts.platform, coalesce(purchases.ts <= checkouts.ts + INTERVAL 7 DAYS, FALSE) AS bought
    FROM checkouts
    ASOF LEFT JOIN purchases ON purchases.customer_id = checkouts.customer_id AND purchases.ts >= checkouts.ts
),
counted AS (
    SELECT period, platform, count(*) AS n, count(*) FILTER (WHERE bought) AS hits
    FROM outcomes
    GROUP BY ALL
),
platforms AS (
    SELECT DISTINCT platform FROM checkouts
)
SELECT
    calendar.period,
    platforms.platform AS series,
    counted.hits / nullif(counted.n, 0) AS conversion,
    wilson_margin(counted.hits, counted.n) AS conversion_margin,
    coalesce(counted.n, 0) AS n,
    calendar.complete AND period_end(calendar.period, $grain) + INTERVAL 7 DAYS <= $today AS complete
FROM calendar($since, $until, $grain, $today) AS calendar
CROSS JOIN platforms
LEFT JOIN counted ON counted.period = calendar.period AND counted.platform = platforms.platform
ORDER BY calendar.period, platforms.platform
