-- /// query
-- title = "NPS trend"
-- about = "NPS per $grain with its ±: % of 9-10 minus % of 0-6 among the answers of that period. The first period is whole; the last may still be open."
-- owner = "cx"
-- kind  = "trend"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 84", about = "from the period that holds this day" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "answers before this day" }
-- grain    = { type = "VARCHAR", default = "week", choices = ["day", "week", "month"], about = "length of a period" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- nps = { format = "whole", better = "up", margin = "nps_margin" }
--
-- [goals.nps]
-- column   = "nps"
-- at_least = 30
-- ///
WITH answers AS (
    SELECT period_start(ts, $grain) AS period, score
    FROM surveys
    WHERE survey = 'nps'
        AND score BETWEEN 0 AND 10
        AND ts >= range_start($since, $grain)
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
scored AS (
    SELECT period, nps(score) AS nps, nps_margin(score) AS nps_margin, count(*) AS n
    FROM answers
    GROUP BY period
)
SELECT calendar.period, scored.nps, scored.nps_margin, coalesce(scored.n, 0) AS n, calendar.complete
FROM calendar($since, $until, $grain, $today) AS calendar
LEFT JOIN scored ON scored.period = calendar.period
ORDER BY calendar.period
