-- /// query
-- title = "Lost at the checkout"
-- about = "Customers whose last checkout from $since up to $until was not followed by a purchase and is more than a day old, newest first: errors they met that day, tickets about the checkout since, and the last thing they wrote."
-- owner = "growth"
-- kind  = "table"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "checkouts from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "checkouts before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only checkouts on this" }
--
-- [columns]
-- errors  = { format = "whole" }
-- tickets = { format = "whole" }
-- ///
WITH checkouts AS (
    SELECT customer_id, max(ts) AS ts, arg_max(platform, ts) AS platform
    FROM events
    WHERE event = 'checkout_started'
        AND ts >= utc_time($since)
        AND ts < utc_time($until)
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
    GROUP BY customer_id
),
lost AS (
    SELECT *
    FROM checkouts
    WHERE ts < utc_time($today - 1)
        AND NOT EXISTS (
            SELECT 1
            FROM events
            WHERE events.customer_id = checkouts.customer_id AND events.event = 'purchase' AND events.ts >= checkouts.ts
        )
),
errors AS (
    SELECT lost.customer_id, count(*) AS errors
    FROM lost
    JOIN events ON events.customer_id = lost.customer_id
    WHERE events.event = 'checkout_error'
        AND events.ts >= lost.ts - INTERVAL 12 HOURS
        AND events.ts <= lost.ts + INTERVAL 12 HOURS
    GROUP BY lost.customer_id
),
complaints AS (
    SELECT lost.customer_id, count(*) AS tickets
    FROM lost
    JOIN tickets ON tickets.customer_id = lost.customer_id
    WHERE tickets.category = 'checkout' AND tickets.created_at >= lost.ts
    GROUP BY lost.customer_id
),
words AS (
    SELECT lost.customer_id, arg_max(surveys.comment, surveys.ts) AS comment
    FROM lost
    JOIN surveys ON surveys.customer_id = lost.customer_id
    WHERE surveys.ts >= lost.ts AND trim(surveys.comment) <> ''
    GROUP BY lost.customer_id
)
SELECT
    local_time(lost.ts) AS checkout,
    lost.customer_id,
    lost.platform,
    coalesce(errors.errors, 0) AS errors,
    coalesce(complaints.tickets, 0) AS tickets,
    words.comment
FROM lost
LEFT JOIN errors ON errors.customer_id = lost.customer_id
LEFT JOIN complaints ON complaints.customer_id = lost.customer_id
LEFT JOIN words ON words.customer_id = lost.customer_id
ORDER BY lost.ts DESC, lost.customer_id
