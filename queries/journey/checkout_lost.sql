-- /// query
-- title = "Lost at the checkout"
-- about = "Customers who started a checkout from $since up to $until and bought within 7 days of none of them, the 7 days being over; by their last checkout, newest first. Since the first one: errors in the checkout, tickets about it, the last thing they wrote, and when they bought after all."
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
WITH lost AS (
    FROM funnel_customers_if(
        [event = 'checkout_started' AND ($platform IS NULL OR platform = $platform), event = 'purchase'],
        step := 1,
        outcome := 'lost',
        within := INTERVAL 7 DAYS,
        since := $since,
        until := $until,
        customers := $country IS NULL OR country = $country
    )
),
journeys AS (
    SELECT
        lost.customer_id,
        lost.entered_at,
        max_by(events, events.ts) FILTER (
            WHERE events.event = 'checkout_started'
                AND events.ts < utc_time($until)
                AND ($platform IS NULL OR events.platform = $platform)
        ) AS last_checkout,
        count(*) FILTER (WHERE events.event = 'checkout_error') AS errors,
        min(events.ts) FILTER (WHERE events.event = 'purchase') AS bought_at
    FROM lost
    JOIN events ON events.customer_id = lost.customer_id AND events.ts >= lost.entered_at
    GROUP BY ALL
)
SELECT
    local_time(last_checkout.ts) AS checkout,
    customer_id,
    last_checkout.platform AS platform,
    errors,
    (
        SELECT count(*)
        FROM tickets
        WHERE tickets.customer_id = journeys.customer_id AND tickets.category = 'checkout' AND tickets.created_at >= journeys.entered_at
    ) AS tickets,
    (
        SELECT max_by(surveys.comment, surveys.ts)
        FROM surveys
        WHERE surveys.customer_id = journeys.customer_id AND trim(surveys.comment) <> '' AND surveys.ts >= journeys.entered_at
    ) AS comment,
    local_time(bought_at) AS bought
FROM journeys
ORDER BY last_checkout.ts DESC, customer_id
