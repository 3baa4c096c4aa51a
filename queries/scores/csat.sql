-- /// query
-- title = "CSAT"
-- about = "Customer satisfaction: share of 4 and 5 among answers on the scale 1-5 (top-2-box), from $since up to $until, against the equally long time before. The mean is another number: see scores/csat_by."
-- owner = "cx"
-- kind  = "value"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "answers from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "answers before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- value = { format = "percent", better = "up", margin = "margin" }
--
-- [goals.csat]
-- column   = "value"
-- at_least = 0.75
-- warn_at  = 0.78
-- ///
SELECT
    csat(score) AS value,
    csat_margin(score) AS margin,
    count(score) AS n,
    csat(earlier_score) AS previous,
    csat_margin(earlier_score) AS previous_margin,
    count(earlier_score) AS previous_n
FROM answers_now_and_before('csat', 1, 5, $since, $until, $country, $platform)
