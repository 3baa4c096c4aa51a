-- /// query
-- title = "Churn"
-- about = "Share of the customers paying at $since who no longer pay at $until. Customers who came in between are in neither number. Against the equally long time before."
-- owner = "finance"
-- kind  = "value"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "paying at the start of this day" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "still paying at the start of this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- value = { format = "percent", better = "down", margin = "margin" }
--
-- [goals.churn]
-- column  = "value"
-- at_most = 0.06
-- warn_at = 0.05
-- ///
SELECT
    latest.lost / nullif(latest.n, 0) AS value,
    wilson_margin(latest.lost, latest.n) AS margin,
    latest.n,
    earlier.lost / nullif(earlier.n, 0) AS previous,
    wilson_margin(earlier.lost, earlier.n) AS previous_margin,
    earlier.n AS previous_n
FROM churned($since, $until, $country, $platform) AS latest
CROSS JOIN churned(day_before($since, $until), $since, $country, $platform) AS earlier
