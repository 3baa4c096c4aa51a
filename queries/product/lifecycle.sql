-- /// query
-- title = "Customer lifecycle"
-- about = "Per $grain, customers who used the product: new (first use ever), retained (also in the $grain before), resurrected (not in the one before, but earlier); and dormant: used it in the $grain before, not in this one. Whole periods, from the one that holds $since; what happened before counts too."
-- owner = "product"
-- kind  = "trend"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 84", about = "from the period that holds this day" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "to the period that holds the day before" }
-- grain    = { type = "VARCHAR", default = "week", choices = ["day", "week", "month"], about = "length of a period" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only use on this" }
--
-- [columns]
-- new         = { format = "whole", better = "up" }
-- retained    = { format = "whole", better = "up" }
-- resurrected = { format = "whole", better = "up" }
-- dormant     = { format = "whole", better = "down" }
-- ///
SELECT period, new, retained, resurrected, dormant, complete
FROM lifecycle_if(
    event := is_use(event),
    period := $grain,
    since := $since,
    until := $until,
    customers := $country IS NULL OR country = $country,
    filter := $platform IS NULL OR platform = $platform
)
ORDER BY period
