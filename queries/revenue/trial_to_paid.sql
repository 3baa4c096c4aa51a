-- /// query
-- title = "From free to paid"
-- about = "Customers who sign up, share their first board, start a checkout and buy, in that order, within $days days of signing up (last instant included); sign-ups from $since up to $until. Other events may come between, the furthest attempt counts, later steps may come after $until. in_window: not lost yet, the days are not over. Times: from the step before, in the attempt that counts (earliest conversion, latest sign-up before it)."
-- owner = "growth"
-- kind  = "funnel"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "sign-ups from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "sign-ups before this day" }
-- days     = { type = "INTEGER", default = 30, min = 1, max = 365, about = "time from the sign-up to the purchase" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only steps taken on this" }
--
-- [columns]
-- customers     = { format = "whole" }
-- conversion    = { format = "percent", better = "up" }
-- from_previous = { format = "percent", better = "up" }
-- ///
FROM funnel(
    ['signup', 'onboarding_completed', 'checkout_started', 'purchase'],
    names := ['sign up', 'onboarded', 'checkout', 'purchase'],
    within := to_days($days),
    since := $since,
    until := $until,
    customers := $country IS NULL OR country = $country,
    filter := $platform IS NULL OR platform = $platform
)
ORDER BY step_no
