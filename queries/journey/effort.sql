-- /// query
-- title = "Effort"
-- about = "What each task costs the customers who finish it within $days days of their first start from $since up to $until (days over): events on the way (median, the last one included) and time (median, and what 9 of 10 need at most), most events first; and the share that finishes, with n and ±."
-- owner = "product"
-- kind  = "table"
--
-- [params]
-- since   = { type = "DATE", default_sql = "$today - 83", about = "starts from this day on" }
-- until   = { type = "DATE", default_sql = "$today + 1", about = "starts before this day" }
-- days    = { type = "INTEGER", default = 7, min = 1, max = 365, about = "time to finish" }
-- country = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
--
-- [columns]
-- actions        = { format = "one_decimal", better = "down" }
-- median_seconds = { format = "duration", better = "down" }
-- p90_seconds    = { format = "duration", better = "down" }
-- arrived        = { format = "percent", better = "up", margin = "margin" }
-- margin         = { format = "percent" }
-- ///
WITH tasks AS (
    SELECT 'visit to sign-up' AS task, *
    FROM effort('visit', 'signup', $days, $since, least($until, $today - $days::INTEGER), $country)
    UNION ALL
    SELECT 'sign-up to first board', *
    FROM effort('signup', 'onboarding_completed', $days, $since, least($until, $today - $days::INTEGER), $country)
    UNION ALL
    SELECT 'first board to checkout', *
    FROM effort('onboarding_completed', 'checkout_started', $days, $since, least($until, $today - $days::INTEGER), $country)
    UNION ALL
    SELECT 'checkout to purchase', *
    FROM effort('checkout_started', 'purchase', $days, $since, least($until, $today - $days::INTEGER), $country)
)
SELECT task, actions, median_seconds, p90_seconds, arrived, margin, n
FROM tasks
ORDER BY actions DESC NULLS LAST, task
