-- /// query
-- title = "Most to gain"
-- about = "Where the most customers are lost on the way from $start to $goal within $days days, by platform, country, persona and channel; first $start from $since up to $until whose days are over. to_gain: customers more at the goal if the group did as well as all together, most first; groups that do are left out. Below the others: the 95 % interval of the difference leaves out 0."
-- owner = "growth"
-- kind  = "bars"
--
-- [params]
-- since = { type = "DATE", default_sql = "$today - 83", about = "starts from this day on" }
-- until = { type = "DATE", default_sql = "$today + 1", about = "starts before this day" }
-- start = { type = "VARCHAR", default = "checkout_started", choices_sql = "SELECT DISTINCT event FROM events ORDER BY event", about = "the event that begins the way" }
-- goal  = { type = "VARCHAR", default = "purchase", choices_sql = "SELECT DISTINCT event FROM events ORDER BY event", about = "the event at its end" }
-- days  = { type = "INTEGER", default = 7, min = 1, max = 365, about = "time to get there" }
--
-- [columns]
-- to_gain    = { format = "one_decimal", better = "down" }
-- conversion = { format = "percent", better = "up", margin = "margin" }
-- margin     = { format = "percent" }
-- gap        = { format = "percent", better = "down" }
-- ///
WITH overall AS (
    SELECT n, hits FROM way($start, $goal, $days, $since, least($until, $today - $days::INTEGER), NULL)
),
groups AS (
    FROM way($start, $goal, $days, $since, least($until, $today - $days::INTEGER), 'platform')
    UNION ALL
    FROM way($start, $goal, $days, $since, least($until, $today - $days::INTEGER), 'country')
    UNION ALL
    FROM way($start, $goal, $days, $since, least($until, $today - $days::INTEGER), 'persona')
    UNION ALL
    FROM way($start, $goal, $days, $since, least($until, $today - $days::INTEGER), 'channel')
)
SELECT
    groups.attribute || ' ' || groups.segment AS customers,
    groups.n * (overall.hits / nullif(overall.n, 0)) - groups.hits AS to_gain,
    groups.hits / nullif(groups.n, 0) AS conversion,
    wilson_margin(groups.hits, groups.n) AS margin,
    groups.n,
    overall.hits / nullif(overall.n, 0) - groups.hits / nullif(groups.n, 0) AS gap,
    CASE
        WHEN newcombe_high(groups.hits, groups.n, overall.hits - groups.hits, overall.n - groups.n) < 0 THEN 'below the others'
        ELSE 'no real difference'
    END AS verdict
FROM groups
CROSS JOIN overall
WHERE groups.hits / nullif(groups.n, 0) < overall.hits / nullif(overall.n, 0)
ORDER BY to_gain DESC, customers
