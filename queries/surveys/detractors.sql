-- /// query
-- title = "Detractors to call"
-- about = "Customers whose latest NPS answer from $since up to $until was 0-6, with their words, newest first; whether they pay now and how many tickets they have open."
-- owner = "cx"
-- kind  = "table"
--
-- [params]
-- since      = { type = "DATE", default_sql = "$today - 27", about = "answers from this day on" }
-- until      = { type = "DATE", default_sql = "$today + 1", about = "answers before this day" }
-- touchpoint = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT touchpoint FROM surveys WHERE touchpoint IS NOT NULL ORDER BY touchpoint", about = "only answers from here" }
-- country    = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform   = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- score        = { format = "whole" }
-- mrr          = { format = "two_decimals" }
-- open_tickets = { format = "whole" }
-- ///
FROM nps_follow_up(0, 6, $since, $until, $touchpoint, $country, $platform)
ORDER BY answered DESC, customer_id
