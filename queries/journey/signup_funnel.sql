-- /// query
-- title = "Sign-up funnel"
-- about = "Customers who visit, sign up, finish onboarding and buy, in that order, within $days days of the visit (last instant included); any visit from $since up to $until may be the start. Other events may come between, the furthest attempt counts, later steps may come after $until. in_window: not lost yet, the days are not over. Times: from the step before, in the attempt that counts (earliest conversion, latest visit before it)."
-- owner = "growth"
-- kind  = "funnel"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 84", about = "visits from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "visits before this day" }
-- days     = { type = "INTEGER", default = 14, min = 1, max = 365, about = "time from the visit to the last step" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only steps taken on this" }
--
-- [columns]
-- customers     = { format = "whole" }
-- conversion    = { format = "percent", better = "up" }
-- from_previous = { format = "percent", better = "up" }
--
-- [goals.purchase]
-- row      = { step = "purchase" }
-- column   = "conversion"
-- at_least = 0.03
-- ///
FROM funnel(
    ['visit', 'signup', 'onboarding_completed', 'purchase'],
    names := ['visit', 'sign up', 'onboarded', 'purchase'],
    within := to_days($days),
    since := $since,
    until := $until,
    customers := $country IS NULL OR country = $country,
    filter := $platform IS NULL OR platform = $platform
)
ORDER BY step_no
