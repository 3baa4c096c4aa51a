-- /// query
-- title = "Survey answers"
-- about = "How many answers each survey has, and their mean score."
-- kind  = "table"
-- ///
SELECT survey, count(*) AS answers, avg(score) AS mean, min(ts) AS first, max(ts) AS last
FROM surveys
GROUP BY survey
ORDER BY answers DESC, survey
