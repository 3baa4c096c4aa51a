-- /// query
-- title = "CSAT by group"
-- about = "Share of 4 and 5 on the scale 1-5 in each group ($by) with n and ±, answers from $since up to $until, best first; the mean beside it with its own ±."
-- owner = "cx"
-- kind  = "bars"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "answers from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "answers before this day" }
-- by       = { type = "VARCHAR", default = "touchpoint", choices = ["touchpoint", "channel", "team", "country", "plan", "persona", "platform", "acquisition_channel"], about = "what to split by" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- csat        = { format = "percent", better = "up", margin = "margin" }
-- margin      = { format = "percent" }
-- mean        = { format = "two_decimals", better = "up", margin = "mean_margin" }
-- mean_margin = { format = "two_decimals" }
-- ///
SELECT segment, csat(score) AS csat, csat_margin(score) AS margin, count(*) AS n, avg(score) AS mean, mean_margin(score) AS mean_margin
FROM answers_by('csat', $by, $since, $until, $country, $platform)
WHERE score BETWEEN 1 AND 5
GROUP BY segment
ORDER BY csat DESC, n DESC, segment
