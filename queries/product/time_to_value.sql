-- /// query
-- title = "Time to the first shared board"
-- about = "How long customers took from their first sign-up from $since up to $until to sharing their first board (onboarding_completed), however late that was. Not yet: signed up, not there so far; they are counted, not dropped."
-- owner = "product"
-- kind  = "distribution"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "sign-ups from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "sign-ups before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only sign-ups on this" }
--
-- [columns]
-- customers = { format = "whole" }
-- share     = { format = "percent" }
-- ///
WITH waits AS (
    SELECT customer_id, epoch(reached_at - entered_at) AS seconds
    FROM time_to_customers_if(
        event = 'signup' AND ($platform IS NULL OR platform = $platform),
        event = 'onboarding_completed',
        since := $since,
        until := $until,
        customers := $country IS NULL OR country = $country,
        outcome := 'reached'
    )
    UNION ALL
    SELECT customer_id, NULL
    FROM time_to_customers_if(
        event = 'signup' AND ($platform IS NULL OR platform = $platform),
        event = 'onboarding_completed',
        since := $since,
        until := $until,
        customers := $country IS NULL OR country = $country,
        outcome := 'waiting'
    )
),
buckets AS (
    SELECT bucket_no, bucket, low, high
    FROM (
        VALUES
            (1, 'under 10 min', 0, 600),
            (2, '10-60 min', 600, 3600),
            (3, '1-4 h', 3600, 14400),
            (4, '4-24 h', 14400, 86400),
            (5, '1-3 days', 86400, 259200),
            (6, '3-7 days', 259200, 604800),
            (7, 'over 7 days', 604800, NULL),
            (8, 'not yet', NULL, NULL)
    ) AS buckets (bucket_no, bucket, low, high)
),
counted AS (
    SELECT buckets.bucket_no, buckets.bucket, count(waits.customer_id) AS customers
    FROM buckets
    LEFT JOIN waits
        ON (waits.seconds >= buckets.low AND (buckets.high IS NULL OR waits.seconds < buckets.high))
        OR (waits.seconds IS NULL AND buckets.low IS NULL)
    GROUP BY buckets.bucket_no, buckets.bucket
)
SELECT
    bucket,
    customers,
    customers / nullif(sum(customers) OVER (), 0) AS share,
    CASE WHEN bucket = 'not yet' THEN 'not yet' ELSE 'reached' END AS "group"
FROM counted
ORDER BY bucket_no
