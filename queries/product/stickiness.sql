-- /// query
-- title = "Days used in a week"
-- about = "Customers by the number of days on which they used the product in the seven days before $until (whole days: today is not over), up to the most anyone reached. share: of those who used it at all."
-- owner = "product"
-- kind  = "distribution"
--
-- [params]
-- until    = { type = "DATE", default_sql = "$today", about = "the seven days before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only use on this" }
--
-- [columns]
-- customers = { format = "whole" }
-- share     = { format = "percent" }
-- ///
SELECT active_periods AS days, customers, share
FROM stickiness_if(
    event := is_use(event),
    period := 'day',
    since := $until - 7,
    until := $until,
    customers := $country IS NULL OR country = $country,
    filter := $platform IS NULL OR platform = $platform
)
ORDER BY days
