-- /// query
-- title = "MRR"
-- about = "Monthly recurring revenue at the end of each $grain: the sum of what all subscriptions running then pay a month, and n, the customers who pay it. The period that is not over shows what runs now."
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
-- mrr = { unit = "€", format = "whole", better = "up" }
-- ///
WITH bounds AS (
    SELECT period, complete, utc_time(period_end(period, $grain)) AS ends_at
    FROM calendar($since, $until, $grain, $today)
),
running AS (
    SELECT bounds.period, sum(subscriptions.mrr) AS mrr, count(DISTINCT subscriptions.customer_id) AS n
    FROM bounds
    JOIN subscriptions
        ON subscriptions.started_at <= bounds.ends_at
        AND (subscriptions.ended_at IS NULL OR subscriptions.ended_at > bounds.ends_at)
    WHERE customer_matches(subscriptions.customer_id, $country, $platform)
    GROUP BY bounds.period
)
SELECT bounds.period, coalesce(running.mrr, 0) AS mrr, coalesce(running.n, 0) AS n, bounds.complete
FROM bounds
LEFT JOIN running ON running.period = bounds.period
ORDER BY bounds.period
