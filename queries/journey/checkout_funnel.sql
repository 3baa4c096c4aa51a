-- /// query
-- title = "Checkout funnel"
-- about = "Customers who log in, start a checkout and buy, in that order, within $days days of the log-in (last instant included); any log-in from $since up to $until may be the start. Other events may come between, the furthest attempt counts, later steps may come after $until. in_window: not lost yet, the days are not over. Times: from the step before, in the attempt that counts (earliest conversion, latest log-in before it)."
-- owner = "growth"
-- kind  = "funnel"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "log-ins from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "log-ins before this day" }
-- days     = { type = "INTEGER", default = 7, min = 1, max = 365, about = "time from the log-in to the purchase" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only steps taken on this" }
--
-- [columns]
-- customers     = { format = "whole" }
-- conversion    = { format = "percent", better = "up" }
-- from_previous = { format = "percent", better = "up" }
-- ///
FROM funnel(
    ['login', 'checkout_started', 'purchase'],
    names := ['log in', 'checkout', 'purchase'],
    within := to_days($days),
    since := $since,
    until := $until,
    customers := $country IS NULL OR country = $country,
    filter := $platform IS NULL OR platform = $platform
)
ORDER BY step_no
