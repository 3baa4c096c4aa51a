-- /// query
-- title = "Monthly retention"
-- about = "Of the customers who first signed up in a month, the share who used the product (logged in, used a feature, invited someone) in exactly the n-th calendar month after it. Column 0 is the cohort itself; a cell is open (complete = false) until its whole month is over."
-- owner = "product"
-- kind  = "retention"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 180", about = "cohorts from the month that holds this day" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "sign-ups before this day" }
-- periods  = { type = "INTEGER", default = 7, min = 2, max = 36, about = "columns, the cohort's own month included" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only sign-ups and activity on this" }
--
-- [columns]
-- rate = { format = "percent", better = "up" }
-- ///
FROM retention_if(
    start := event = 'signup',
    back := is_use(event),
    period := 'month',
    periods := $periods,
    since := range_start($since, 'month'),
    until := $until,
    customers := $country IS NULL OR country = $country,
    filter := $platform IS NULL OR platform = $platform
)
ORDER BY cohort, period
