-- /// query
-- title = "Customer lifecycle"
-- about = "Per $grain, customers who used the product: new (first use ever), retained (also in the period before), resurrected (not in the one before, but earlier); and dormant: used it in the period before, not in this one."
-- owner = "product"
-- kind  = "trend"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 84", about = "from the period that holds this day" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "use before this day" }
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
WITH used AS (
    SELECT DISTINCT customer_id, period_start(ts, $grain) AS period
    FROM events
    WHERE is_use(event)
        AND ts < utc_time($until)
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
),
neighbours AS (
    SELECT
        customer_id,
        period,
        lag(period) OVER (PARTITION BY customer_id ORDER BY period) AS earlier,
        lead(period) OVER (PARTITION BY customer_id ORDER BY period) AS later
    FROM used
),
states AS (
    SELECT
        period,
        CASE
            WHEN earlier IS NULL THEN 'new'
            WHEN period_end(earlier, $grain) = period THEN 'retained'
            ELSE 'resurrected'
        END AS state
    FROM neighbours
    UNION ALL
    SELECT period_end(period, $grain), 'dormant'
    FROM neighbours
    WHERE later IS NULL OR later > period_end(period, $grain)
),
counted AS (
    SELECT
        period,
        count(*) FILTER (WHERE state = 'new') AS new,
        count(*) FILTER (WHERE state = 'retained') AS retained,
        count(*) FILTER (WHERE state = 'resurrected') AS resurrected,
        count(*) FILTER (WHERE state = 'dormant') AS dormant
    FROM states
    GROUP BY period
)
SELECT
    calendar.period,
    coalesce(counted.new, 0) AS new,
    coalesce(counted.retained, 0) AS retained,
    coalesce(counted.resurrected, 0) AS resurrected,
    coalesce(counted.dormant, 0) AS dormant,
    calendar.complete
FROM calendar($since, $until, $grain, $today) AS calendar
LEFT JOIN counted ON counted.period = calendar.period
ORDER BY calendar.period
