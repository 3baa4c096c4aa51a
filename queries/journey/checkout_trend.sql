-- /// query
-- title = "Checkout conversion"
-- about = "Per $grain and platform: share of the customers starting a checkout who buy within 7 days of any checkout of that $grain (last instant included), with n and ±. A customer counts once per $grain, on the platform of the checkout that counts. Open until the 7 days are over for all of them."
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
SELECT
    period,
    coalesce(segment, '(none)') AS series,
    conversion,
    wilson_margin(converted, entered) AS conversion_margin,
    entered AS n,
    complete
FROM funnel_trend(
    ['checkout_started', 'purchase'],
    within := INTERVAL 7 DAYS,
    period := $grain,
    by := platform,
    since := range_start($since, $grain),
    until := $until,
    customers := $country IS NULL OR country = $country,
    filter := $platform IS NULL OR platform = $platform
)
ORDER BY period, series
