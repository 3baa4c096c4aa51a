-- /// query
-- title = "Promoters to thank"
-- about = "Customers whose latest NPS answer from $since up to $until was 9-10, with their words, newest first; whether they pay now and how many tickets they have open."
-- owner = "cx"
-- kind  = "table"
--
-- [params]
-- since      = { type = "DATE", default_sql = "$today - 27", about = "answers from this day on" }
-- until      = { type = "DATE", default_sql = "$today + 1", about = "answers before this day" }
-- touchpoint = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT touchpoint FROM surveys WHERE touchpoint IS NOT NULL ORDER BY touchpoint", about = "only answers from here" }
-- country    = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform   = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- score        = { format = "whole" }
-- mrr          = { format = "two_decimals" }
-- open_tickets = { format = "whole" }
-- ///
WITH latest AS (
    SELECT *
    FROM surveys
    WHERE survey = 'nps'
        AND score BETWEEN 0 AND 10
        AND ts >= utc_time($since)
        AND ts < utc_time($until)
        AND ($touchpoint IS NULL OR touchpoint = $touchpoint)
        AND customer_matches(customer_id, $country, $platform)
    QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY ts DESC, score) = 1
),
waiting AS (
    SELECT customer_id, count(*) AS tickets
    FROM tickets
    WHERE solved_at IS NULL AND created_at < utc_time($until)
    GROUP BY customer_id
)
SELECT
    local_time(surveys.ts) AS answered,
    surveys.customer_id,
    surveys.score,
    surveys.comment,
    surveys.touchpoint,
    paying.mrr,
    coalesce(waiting.tickets, 0) AS open_tickets
FROM latest AS surveys
LEFT JOIN paying_at(utc_time($until)) AS paying ON paying.customer_id = surveys.customer_id
LEFT JOIN waiting ON waiting.customer_id = surveys.customer_id
WHERE surveys.score >= 9
ORDER BY surveys.ts DESC, surveys.customer_id
