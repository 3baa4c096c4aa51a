-- /// query
-- title = "Friction"
-- about = "Signs of trouble from $since up to $until: share of the active customers who met each at least once, with n and ±, how often each of them did, and the share of them who bought later, worst reach first. Started again: a second checkout within an hour without a purchase between."
-- owner = "product"
-- kind  = "bars"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "events from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "events before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only events on this" }
--
-- [columns]
-- share        = { format = "percent", better = "down", margin = "margin" }
-- margin       = { format = "percent" }
-- customers    = { format = "whole" }
-- times_each   = { format = "one_decimal", better = "down" }
-- bought_later = { format = "percent", better = "up" }
-- ///
WITH active AS (
    SELECT count(DISTINCT customer_id) AS n
    FROM events
    WHERE (is_use(event) OR event = 'checkout_started')
        AND ts >= utc_time($since)
        AND ts < utc_time($until)
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
),
relevant AS (
    SELECT customer_id, event, ts
    FROM events
    WHERE event IN ('checkout_started', 'purchase', 'checkout_error', 'help_viewed', 'ticket_opened')
        AND ts >= utc_time($since)
        AND ts < utc_time($until)
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
),
paying_steps AS (
    SELECT
        customer_id,
        ts,
        event,
        lag(event) OVER (PARTITION BY customer_id ORDER BY ts, event) AS event_before,
        lag(ts) OVER (PARTITION BY customer_id ORDER BY ts, event) AS ts_before
    FROM relevant
    WHERE event IN ('checkout_started', 'purchase')
),
signs AS (
    SELECT
        customer_id,
        ts,
        CASE event
            WHEN 'checkout_error' THEN 'error in the checkout'
            WHEN 'help_viewed' THEN 'looked for help'
            WHEN 'ticket_opened' THEN 'opened a ticket'
        END AS sign
    FROM relevant
    WHERE event IN ('checkout_error', 'help_viewed', 'ticket_opened')
    UNION ALL
    SELECT customer_id, ts, 'started the checkout again'
    FROM paying_steps
    WHERE event = 'checkout_started' AND event_before = 'checkout_started' AND ts <= ts_before + INTERVAL 1 HOUR
),
last_purchases AS (
    SELECT customer_id, max(ts) AS ts FROM relevant WHERE event = 'purchase' GROUP BY customer_id
),
by_customer AS (
    SELECT signs.sign, signs.customer_id, count(*) AS times, bool_or(last_purchases.ts >= signs.ts) AS bought
    FROM signs
    LEFT JOIN last_purchases ON last_purchases.customer_id = signs.customer_id
    GROUP BY signs.sign, signs.customer_id
),
counted AS (
    SELECT
        by_customer.sign,
        count(*) AS customers,
        avg(by_customer.times) AS times_each,
        count(*) FILTER (WHERE by_customer.bought) AS buyers,
        any_value(active.n) AS n
    FROM by_customer
    CROSS JOIN active
    GROUP BY by_customer.sign
)
SELECT
    sign,
    customers / nullif(n, 0) AS share,
    wilson_margin(customers, n) AS margin,
    customers,
    n,
    times_each,
    buyers / nullif(customers, 0) AS bought_later
FROM counted
ORDER BY customers DESC, sign
