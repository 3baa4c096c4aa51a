-- /// query
-- title = "NPS answers"
-- about = "How many customers gave each answer from 0 to 10 from $since up to $until: 0-6 detractors, 7-8 passives, 9-10 promoters. Answers off the scale are not shown."
-- owner = "cx"
-- kind  = "distribution"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "answers from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "answers before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- answers = { format = "whole" }
-- share   = { format = "percent" }
-- ///
WITH answers AS (
    SELECT score::INTEGER AS score
    FROM surveys
    WHERE survey = 'nps'
        AND score BETWEEN 0 AND 10
        AND ts >= utc_time($since)
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
counted AS (
    SELECT scale.score, count(answers.score) AS answers
    FROM (SELECT unnest(range(11))::INTEGER AS score) AS scale
    LEFT JOIN answers ON answers.score = scale.score
    GROUP BY scale.score
)
SELECT
    score,
    answers,
    answers / nullif((SELECT count(*) FROM answers), 0) AS share,
    CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' ELSE 'detractor' END AS "group"
FROM counted
ORDER BY score
