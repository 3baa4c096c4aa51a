-- /// query
-- title = "Churn rate"
-- about = "Per $grain: customers paying at its start who no longer pay at its end, of those paying at its start, with ±. New customers of the period are in neither number. The period that is not over shows its number so far."
-- owner = "finance"
-- kind  = "trend"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 180", about = "from the period that holds this day" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "periods before this day" }
-- grain    = { type = "VARCHAR", default = "month", choices = ["day", "week", "month"], about = "length of a period" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- churn = { format = "percent", better = "down", margin = "churn_margin" }
-- ///
WITH bounds AS (
    SELECT period, complete, utc_time(period) AS starts_at, utc_time(period_end(period, $grain)) AS ends_at
    FROM calendar($since, $until, $grain, $today)
),
scope AS (
    SELECT * FROM subscriptions WHERE customer_matches(customer_id, $country, $platform)
),
paying AS (
    SELECT DISTINCT bounds.period, bounds.ends_at, scope.customer_id
    FROM bounds
    JOIN scope ON scope.started_at <= bounds.starts_at AND (scope.ended_at IS NULL OR scope.ended_at > bounds.starts_at)
),
kept AS (
    SELECT DISTINCT paying.period, paying.customer_id
    FROM paying
    JOIN scope ON scope.customer_id = paying.customer_id
        AND scope.started_at <= paying.ends_at
        AND (scope.ended_at IS NULL OR scope.ended_at > paying.ends_at)
),
counted AS (
    SELECT paying.period, count(*) AS n, count(*) - count(kept.customer_id) AS lost
    FROM paying
    LEFT JOIN kept ON kept.period = paying.period AND kept.customer_id = paying.customer_id
    GROUP BY paying.period
)
SELECT
    bounds.period,
    counted.lost / nullif(counted.n, 0) AS churn,
    wilson_margin(counted.lost, counted.n) AS churn_margin,
    coalesce(counted.n, 0) AS n,
    bounds.complete
FROM bounds
LEFT JOIN counted ON counted.period = bounds.period
ORDER BY bounds.period
