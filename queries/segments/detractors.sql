-- /// query
-- title = "Detractors"
-- about = "Customers whose latest NPS answer in the 90 days before $until was 0-6."
-- owner = "cx"
-- kind  = "table"
--
-- [params]
-- until = { type = "DATE", default_sql = "$today + 1", about = "as seen at the start of this day" }
-- ///
WITH latest AS (
    SELECT customer_id, arg_max(score, ts) AS score
    FROM surveys
    WHERE survey = 'nps' AND score BETWEEN 0 AND 10 AND ts >= utc_time($until - 90) AND ts < utc_time($until)
    GROUP BY customer_id
)
SELECT customer_id
FROM latest
WHERE score <= 6
ORDER BY customer_id
