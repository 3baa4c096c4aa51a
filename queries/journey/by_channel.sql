-- /// query
-- title = "Checkout by platform"
-- about = "The same task on each platform: share of customers who bought there within 7 days of their first checkout there (last instant included), checkouts from $since up to $until whose 7 days are over, with n and ±, best first. Who tries on two platforms counts on both. gap: behind the best platform."
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
SELECT
    coalesce(segment, '(none)') AS platform,
    share AS conversion,
    wilson_margin(reached, customers) AS margin,
    customers AS n,
    max(share) OVER () - share AS gap
FROM time_to(
    'checkout_started',
    'purchase',
    within := INTERVAL 7 DAYS,
    by := platform,
    attribution := 'each',
    since := $since,
    until := least($until, $today - 7),
    customers := $country IS NULL OR country = $country
)
WHERE customers > 0
ORDER BY conversion DESC, n DESC, platform
