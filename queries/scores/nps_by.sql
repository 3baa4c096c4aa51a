-- /// query
-- title = "NPS by group"
-- about = "NPS of each group ($by) with n and ±, answers from $since up to $until, best first. pull: points by which the group lifts or lowers the score of all, (its NPS - NPS of all) x its share of the answers."
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
-- nps    = { format = "whole", better = "up", margin = "margin" }
-- margin = { format = "whole" }
-- pull   = { format = "one_decimal", better = "up" }
-- ///
WITH answers AS (
    SELECT segment, score
    FROM answers_by('nps', $by, $since, $until, $country, $platform)
    WHERE score BETWEEN 0 AND 10
),
overall AS (
    SELECT nps(score) AS nps, count(*) AS n FROM answers
),
groups AS (
    SELECT segment, nps(score) AS nps, nps_margin(score) AS margin, count(*) AS n
    FROM answers
    GROUP BY segment
)
SELECT
    groups.segment,
    groups.nps,
    groups.margin,
    groups.n,
    (groups.nps - overall.nps) * groups.n / nullif(overall.n, 0) AS pull
FROM groups
CROSS JOIN overall
ORDER BY groups.nps DESC, groups.n DESC, groups.segment
