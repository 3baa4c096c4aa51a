-- /// query
-- title = "Revenue retention"
-- about = "Per $grain, of the monthly revenue at its start: what the same customers pay at its end (NRR, may exceed 100 %), and the same without any increase (GRR, at most 100 %). New customers are in neither. n: customers at the start."
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
-- nrr = { format = "percent", better = "up" }
-- grr = { format = "percent", better = "up" }
-- ///
WITH kept AS (
    SELECT
        period,
        sum(mrr_start) AS mrr_start,
        sum(mrr_end) AS mrr_end,
        sum(least(mrr_start, mrr_end)) AS mrr_kept,
        count(*) AS n
    FROM mrr_changes($since, $until, $grain, $country, $platform)
    WHERE mrr_start > 0
    GROUP BY period
)
SELECT
    calendar.period,
    kept.mrr_end / nullif(kept.mrr_start, 0) AS nrr,
    kept.mrr_kept / nullif(kept.mrr_start, 0) AS grr,
    coalesce(kept.n, 0) AS n,
    calendar.complete
FROM calendar($since, $until, $grain, $today) AS calendar
LEFT JOIN kept ON kept.period = calendar.period
ORDER BY calendar.period
