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
WITH answers AS (
    SELECT survey, score, ts >= utc_time($since) AS is_current
    FROM surveys
    WHERE ((survey = 'nps' AND score BETWEEN 0 AND 10)
            OR (survey = 'csat' AND score BETWEEN 1 AND 5)
            OR (survey = 'ces' AND score BETWEEN 1 AND 7))
        AND ts >= utc_time(day_before($since, $until))
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
columns_of_scores AS (
    SELECT
        CASE WHEN survey = 'nps' AND is_current THEN score END AS nps_now,
        CASE WHEN survey = 'nps' AND NOT is_current THEN score END AS nps_before,
        CASE WHEN survey = 'csat' AND is_current THEN score END AS csat_now,
        CASE WHEN survey = 'csat' AND NOT is_current THEN score END AS csat_before,
        CASE WHEN survey = 'ces' AND is_current THEN score END AS ces_now,
        CASE WHEN survey = 'ces' AND NOT is_current THEN score END AS ces_before
    FROM answers
),
scores AS (
    SELECT
        1 AS score_no,
        'NPS' AS metric,
        'points' AS unit,
        nps(nps_now) AS value,
        nps_margin(nps_now) AS margin,
        count(nps_now) AS n,
        nps(nps_before) AS previous,
        nps_margin(nps_before) AS previous_margin,
        count(nps_before) AS previous_n
    FROM columns_of_scores
    UNION ALL
    SELECT
        2,
        'CSAT (4-5 of 5)',
        '%',
        100 * csat(csat_now),
        100 * csat_margin(csat_now),
        count(csat_now),
        100 * csat(csat_before),
        100 * csat_margin(csat_before),
        count(csat_before)
    FROM columns_of_scores
    UNION ALL
    SELECT
        3,
        'CES',
        'of 7',
        avg(ces_now),
        mean_margin(ces_now),
        count(ces_now),
        avg(ces_before),
        mean_margin(ces_before),
        count(ces_before)
    FROM columns_of_scores
)
SELECT metric, unit, value, margin, n, previous, previous_margin, previous_n
FROM scores
ORDER BY score_no
