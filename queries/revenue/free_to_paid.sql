-- /// query
-- title = "Paid in two weeks"
-- about = "Share of the customers signing up from $since up to $until who buy within $days days of their first sign-up there (last instant included), against the equally long time before. Only sign-ups whose days are over. median_seconds: over those who bought."
-- owner = "growth"
-- kind  = "value"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 41", about = "sign-ups from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "sign-ups before this day" }
-- days     = { type = "INTEGER", default = 14, min = 1, max = 365, about = "time to buy" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only sign-ups on this" }
--
-- [columns]
-- value          = { format = "percent", better = "up", margin = "margin" }
-- median_seconds = { format = "duration", better = "down" }
--
-- [goals.paid]
-- column   = "value"
-- at_least = 0.1
-- ///
SELECT
    now.share AS value,
    now.margin,
    now.customers AS n,
    before.share AS previous,
    before.margin AS previous_margin,
    before.customers AS previous_n,
    now.median_seconds
FROM new_customers_to('purchase', $days, $since, $until, $today, $country, $platform) AS now
CROSS JOIN new_customers_to('purchase', $days, day_before($since, $until), $since, $today, $country, $platform) AS before
