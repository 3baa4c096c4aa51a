-- /// query
-- title = "Power users"
-- about = "Customers who used the product on at least $at_least of the 28 days before $until."
-- owner = "cx"
-- kind  = "table"
--
-- [params]
-- until    = { type = "DATE", default_sql = "$today + 1", about = "as seen at the start of this day" }
-- at_least = { type = "INTEGER", default = 8, min = 1, max = 28, about = "days with use" }
-- ///
SELECT customer_id
FROM stickiness_customers_if(
    event := is_use(event),
    period := 'day',
    since := $until - 28,
    until := $until,
    active_periods := $at_least,
    at_least := true
)
ORDER BY customer_id
