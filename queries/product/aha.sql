-- /// query
-- title = "Early behaviour and staying"
-- about = "New customers from $since up to $until whose 28 days are over: share still using the product in days 15-28 among those who did a thing in their first 7 days and those who did not, largest difference first, with its 95 % interval (Newcombe). It goes together; that is not proof of a cause."
-- owner = "product"
-- kind  = "table"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 111", about = "sign-ups from this day on" }
-- until    = { type = "DATE", default_sql = "$today - 27", about = "sign-ups before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only sign-ups on this" }
--
-- [columns]
-- stayed        = { format = "percent", better = "up" }
-- others_stayed = { format = "percent" }
-- difference    = { format = "percent", better = "up" }
-- low           = { format = "percent" }
-- high          = { format = "percent" }
-- ///
WITH starts AS (
    SELECT customer_id, min(ts) AS started_at
    FROM events
    WHERE event = 'signup'
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
    GROUP BY customer_id
),
members AS (
    SELECT customer_id, started_at
    FROM starts
    WHERE started_at >= utc_time($since)
        AND started_at < utc_time($until)
        AND started_at + INTERVAL 28 DAYS < utc_time($today)
),
journeys AS (
    SELECT
        members.customer_id,
        events.ts >= members.started_at + INTERVAL 14 DAYS AND is_use(events.event) AS is_stay,
        CASE
            WHEN events.ts > members.started_at + INTERVAL 7 DAYS THEN NULL
            WHEN events.event = 'feature_used' THEN 'used ' || replace(events.feature, '_', ' ')
            WHEN events.event = 'onboarding_completed' THEN 'finished onboarding'
            WHEN events.event = 'invite_sent' THEN 'invited someone'
            WHEN events.event = 'purchase' THEN 'bought'
            WHEN events.event = 'help_viewed' THEN 'read help'
            WHEN events.event = 'ticket_opened' THEN 'opened a ticket'
        END AS behaviour
    FROM members
    JOIN events
        ON events.customer_id = members.customer_id
        AND events.ts >= members.started_at
        AND events.ts < members.started_at + INTERVAL 28 DAYS
    WHERE events.ts >= utc_time($since)
),
stays AS (
    SELECT customer_id, bool_or(is_stay) AS stayed FROM journeys GROUP BY customer_id
),
total AS (
    SELECT count(*) AS n, count(*) FILTER (WHERE stayed) AS hits FROM stays
),
did AS (
    SELECT DISTINCT customer_id, behaviour FROM journeys WHERE behaviour IS NOT NULL
),
counted AS (
    SELECT did.behaviour, count(*) AS n, count(*) FILTER (WHERE stays.stayed) AS hits
    FROM did
    JOIN stays ON stays.customer_id = did.customer_id
    GROUP BY did.behaviour
),
compared AS (
    SELECT counted.behaviour, counted.n, counted.hits, total.n - counted.n AS others_n, total.hits - counted.hits AS others_hits
    FROM counted
    CROSS JOIN total
)
SELECT
    behaviour,
    hits / nullif(n, 0) AS stayed,
    n,
    others_hits / nullif(others_n, 0) AS others_stayed,
    others_n,
    hits / nullif(n, 0) - others_hits / nullif(others_n, 0) AS difference,
    newcombe_low(hits, n, others_hits, others_n) AS low,
    newcombe_high(hits, n, others_hits, others_n) AS high
FROM compared
ORDER BY difference DESC NULLS LAST, behaviour
