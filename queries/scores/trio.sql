-- /// query
-- title = "NPS, CSAT and CES"
-- about = "The three scores side by side, answers from $since up to $until against the equally long time before. CSAT: share of 4 and 5. CES: mean of 1-7. A change counts as real only when it is larger than the two ± together (root of the sum of their squares)."
-- owner = "cx"
-- kind  = "scorecard"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "answers from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "answers before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- value    = { format = "one_decimal", better = "up", margin = "margin" }
-- margin   = { format = "one_decimal" }
-- previous = { format = "one_decimal" }
--
-- [goals.nps]
-- row      = { metric = "NPS" }
-- column   = "value"
-- at_least = 30
--
-- [goals.csat]
-- row      = { metric = "CSAT (4-5 of 5)" }
-- column   = "value"
-- at_least = 75
--
-- [goals.ces]
-- row      = { metric = "CES" }
-- column   = "value"
-- at_least = 5
-- ///
WITH scores AS (
    SELECT
        1 AS score_no,
        'NPS' AS metric,
        'points' AS unit,
        nps(score) AS value,
        nps_margin(score) AS margin,
        count(score) AS n,
        nps(earlier_score) AS previous,
        nps_margin(earlier_score) AS previous_margin,
        count(earlier_score) AS previous_n
    FROM answers_now_and_before('nps', 0, 10, $since, $until, $country, $platform)
    UNION ALL
    SELECT
        2,
        'CSAT (4-5 of 5)',
        '%',
        100 * csat(score),
        100 * csat_margin(score),
        count(score),
        100 * csat(earlier_score),
        100 * csat_margin(earlier_score),
        count(earlier_score)
    FROM answers_now_and_before('csat', 1, 5, $since, $until, $country, $platform)
    UNION ALL
    SELECT
        3,
        'CES',
        'of 7',
        avg(score),
        mean_margin(score),
        count(score),
        avg(earlier_score),
        mean_margin(earlier_score),
        count(earlier_score)
    FROM answers_now_and_before('ces', 1, 7, $since, $until, $country, $platform)
)
SELECT metric, unit, value, margin, n, previous, previous_margin, previous_n
FROM scores
ORDER BY score_no
