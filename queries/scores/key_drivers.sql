-- /// query
-- title = "What moves with NPS"
-- about = "Correlation, over customers, between the mean of each other score (survey and touchpoint) and their mean NPS answer, from $since up to $until, strongest first, with n and a 95 % interval (Fisher). It goes together; that is not proof of a cause."
-- owner = "cx"
-- kind  = "table"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "answers from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "answers before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- correlation = { format = "two_decimals" }
-- low         = { format = "two_decimals" }
-- high        = { format = "two_decimals" }
-- ///
WITH answers AS (
    SELECT customer_id, survey, coalesce(touchpoint, '(none)') AS touchpoint, score
    FROM surveys
    WHERE score IS NOT NULL
        AND ts >= utc_time($since)
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
recommendations AS (
    SELECT customer_id, avg(score) AS score FROM answers WHERE survey = 'nps' GROUP BY customer_id
),
drivers AS (
    SELECT customer_id, survey || ' at ' || touchpoint AS driver, avg(score) AS score
    FROM answers
    WHERE survey <> 'nps'
    GROUP BY ALL
),
pairs AS (
    SELECT drivers.driver, drivers.score, recommendations.score AS nps_score
    FROM drivers
    JOIN recommendations ON recommendations.customer_id = drivers.customer_id
),
correlated AS (
    SELECT
        driver,
        -- A correlation of equal numbers is not a number.
        CASE WHEN stddev_samp(score) > 0 AND stddev_samp(nps_score) > 0 THEN corr(score, nps_score) END AS correlation,
        count(*) AS n
    FROM pairs
    GROUP BY driver
),
bounded AS (
    SELECT
        *,
        CASE WHEN n > 3 AND abs(correlation) < 0.9999999 THEN atanh(correlation) END AS centre,
        1.959964 / nullif(sqrt(greatest(n - 3, 0)), 0) AS half_width
    FROM correlated
)
SELECT
    driver,
    correlation,
    tanh(centre - half_width) AS low,
    tanh(centre + half_width) AS high,
    n,
    CASE
        WHEN centre IS NULL THEN 'too few answers'
        WHEN abs(centre) > half_width THEN 'goes together'
        ELSE 'no clear link'
    END AS verdict
FROM bounded
ORDER BY abs(correlation) DESC NULLS LAST, driver
