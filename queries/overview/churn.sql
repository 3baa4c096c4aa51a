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
WITH paying_first AS (
    SELECT customer_id
    FROM paying_at(utc_time(day_before($since, $until)))
    WHERE customer_matches(customer_id, $country, $platform)
),
paying_then AS (
    SELECT customer_id FROM paying_at(utc_time($since)) WHERE customer_matches(customer_id, $country, $platform)
),
paying_now AS (
    SELECT customer_id FROM paying_at(utc_time($until))
),
counted AS (
    SELECT
        (SELECT count(*) FROM paying_then) AS n,
        (SELECT count(*) FROM paying_then ANTI JOIN paying_now USING (customer_id)) AS lost,
        (SELECT count(*) FROM paying_first) AS previous_n,
        (SELECT count(*) FROM paying_first ANTI JOIN paying_then USING (customer_id)) AS previous_lost
)
SELECT
    lost / nullif(n, 0) AS value,
    wilson_margin(lost, n) AS margin,
    n,
    previous_lost / nullif(previous_n, 0) AS previous,
    wilson_margin(previous_lost, previous_n) AS previous_margin,
    previous_n
FROM counted
