-- /// query
-- title = "CES"
-- about = "Customer effort: mean agreement with -made it easy to handle my issue-, 1 (not at all) to 7 (fully), higher is easier, from $since up to $until, against the equally long time before. easy: share of 5-7."
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
-- value       = { format = "two_decimals", better = "up", margin = "margin" }
-- easy        = { format = "percent", better = "up", margin = "easy_margin" }
-- easy_margin = { format = "percent" }
-- ///
SELECT
    avg(score) AS value,
    mean_margin(score) AS margin,
    count(score) AS n,
    avg(earlier_score) AS previous,
    mean_margin(earlier_score) AS previous_margin,
    count(earlier_score) AS previous_n,
    count(*) FILTER (WHERE score >= 5) / nullif(count(score), 0) AS easy,
    wilson_margin(count(*) FILTER (WHERE score >= 5), count(score)) AS easy_margin
FROM answers_now_and_before('ces', 1, 7, $since, $until, $country, $platform)
