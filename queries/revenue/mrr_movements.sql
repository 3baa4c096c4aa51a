-- /// query
-- title = "MRR movements"
-- about = "How monthly recurring revenue got from the start to the end of each $grain: new (never paid before), reactivation (paid before, not at the start), expansion and contraction (pays more or less than at the start), churn (pays nothing any more). Cancelling one of several subscriptions is contraction."
-- owner = "finance"
-- kind  = "table"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 180", about = "from the period that holds this day" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "periods before this day" }
-- grain    = { type = "VARCHAR", default = "month", choices = ["day", "week", "month"], about = "length of a period" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- mrr_start    = { format = "whole" }
-- new          = { format = "whole" }
-- reactivation = { format = "whole" }
-- expansion    = { format = "whole" }
-- contraction  = { format = "whole" }
-- churn        = { format = "whole" }
-- mrr_end      = { format = "whole" }
-- ///
WITH moved AS (
    SELECT
        period,
        sum(mrr_start) AS mrr_start,
        coalesce(sum(mrr_end) FILTER (WHERE NOT is_known), 0) AS new,
        coalesce(sum(mrr_end) FILTER (WHERE is_known AND mrr_start = 0), 0) AS reactivation,
        coalesce(sum(mrr_end - mrr_start) FILTER (WHERE mrr_start > 0 AND mrr_end > mrr_start), 0) AS expansion,
        coalesce(sum(mrr_end - mrr_start) FILTER (WHERE mrr_end > 0 AND mrr_end < mrr_start), 0) AS contraction,
        coalesce(sum(-mrr_start) FILTER (WHERE mrr_start > 0 AND mrr_end = 0), 0) AS churn,
        sum(mrr_end) AS mrr_end
    FROM mrr_changes($since, $until, $grain, $country, $platform)
    GROUP BY period
)
SELECT
    calendar.period,
    coalesce(moved.mrr_start, 0) AS mrr_start,
    coalesce(moved.new, 0) AS new,
    coalesce(moved.reactivation, 0) AS reactivation,
    coalesce(moved.expansion, 0) AS expansion,
    coalesce(moved.contraction, 0) AS contraction,
    coalesce(moved.churn, 0) AS churn,
    coalesce(moved.mrr_end, 0) AS mrr_end,
    calendar.complete
FROM calendar($since, $until, $grain, $today) AS calendar
LEFT JOIN moved ON moved.period = calendar.period
ORDER BY calendar.period
