-- /// query
-- title = "NPS"
-- about = "Net Promoter Score: % who answer 9-10 minus % who answer 0-6, all answers from $since up to $until, against the equally long time before."
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
-- value = { format = "whole", better = "up", margin = "margin" }
--
-- [goals.nps]
-- column   = "value"
-- at_least = 30
-- warn_at  = 35
-- ///
SELECT
    nps(score) AS value,
    nps_margin(score) AS margin,
    count(score) AS n,
    nps(earlier_score) AS previous,
    nps_margin(earlier_score) AS previous_margin,
    count(earlier_score) AS previous_n
FROM answers_now_and_before('nps', 0, 10, $since, $until, $country, $platform)
