-- /// query
-- title = "NPS"
-- about = "Promoters minus detractors among all answers to the question of recommendation, in points."
-- kind  = "value"
-- [columns]
-- value = { unit = "points", format = "one_decimal", better = "up" }
-- ///
SELECT nps(score) AS value, nps_margin(score) AS margin, count(score) AS n
FROM surveys
WHERE survey = 'nps'
ORDER BY value
