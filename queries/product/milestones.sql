-- /// query
-- title = "Onboarded in a week"
-- about = "Share of new customers who share their first board (finish onboarding) within $days days of signing up, sign-ups from $since up to $until whose days are over, against the equally long time before. median_seconds: over those who got there."
-- owner = "product"
-- kind  = "value"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 34", about = "sign-ups from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "sign-ups before this day" }
-- days     = { type = "INTEGER", default = 7, min = 1, max = 365, about = "time to get there" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only sign-ups on this" }
--
-- [columns]
-- value          = { format = "percent", better = "up", margin = "margin" }
-- median_seconds = { format = "duration", better = "down" }
--
-- [goals.onboarded]
-- column   = "value"
-- at_least = 0.6
-- warn_at  = 0.65
-- ///
WITH starts AS (
    SELECT customer_id, min(ts) AS started_at
    FROM events
    WHERE event = 'signup'
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
    GROUP BY customer_id
),
-- Who still has time has not failed yet, so only sign-ups whose days are over are counted.
members AS (
    SELECT customer_id, started_at, started_at >= utc_time($since) AS is_current
    FROM starts
    WHERE started_at >= utc_time(day_before($since, $until))
        AND started_at < utc_time($until)
        AND started_at + to_days($days) < utc_time($today)
),
goals AS (
    SELECT customer_id, ts FROM events WHERE event = 'onboarding_completed' AND ts >= utc_time(day_before($since, $until))
),
outcomes AS (
    SELECT members.customer_id, members.is_current, min(epoch(goals.ts - members.started_at)) AS seconds
    FROM members
    LEFT JOIN goals
        ON goals.customer_id = members.customer_id
        AND goals.ts >= members.started_at
        AND goals.ts <= members.started_at + to_days($days)
    GROUP BY ALL
),
counted AS (
    SELECT
        count(*) FILTER (WHERE is_current) AS n,
        count(seconds) FILTER (WHERE is_current) AS hits,
        count(*) FILTER (WHERE NOT is_current) AS previous_n,
        count(seconds) FILTER (WHERE NOT is_current) AS previous_hits,
        median(seconds) FILTER (WHERE is_current) AS median_seconds
    FROM outcomes
)
SELECT
    hits / nullif(n, 0) AS value,
    wilson_margin(hits, n) AS margin,
    n,
    previous_hits / nullif(previous_n, 0) AS previous,
    wilson_margin(previous_hits, previous_n) AS previous_margin,
    previous_n,
    median_seconds
FROM counted
