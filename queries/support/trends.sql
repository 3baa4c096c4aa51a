-- /// query
-- title = "Tickets by category"
-- about = "Tickets of each category per 100 active customers from $since up to $until, against the equally long time before, the fastest growing first. New: none before. The ratio says how many times as often; its 95 % interval leaves out 1 when the change is real."
-- owner = "support"
-- kind  = "table"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "tickets opened from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "tickets opened before this day" }
-- channel  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT channel FROM tickets WHERE channel IS NOT NULL ORDER BY channel", about = "only tickets that came this way" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- tickets        = { format = "whole", better = "down" }
-- per_100_active = { format = "two_decimals", better = "down" }
-- ratio          = { format = "two_decimals", better = "down" }
-- low            = { format = "two_decimals" }
-- high           = { format = "two_decimals" }
-- ///
WITH opened AS (
    SELECT
        coalesce(category, '(none)') AS category,
        count(*) FILTER (WHERE created_at >= utc_time($since)) AS tickets,
        count(*) FILTER (WHERE created_at < utc_time($since)) AS previous
    FROM tickets
    WHERE created_at >= utc_time(day_before($since, $until))
        AND created_at < utc_time($until)
        AND ($channel IS NULL OR channel = $channel)
        AND customer_matches(customer_id, $country, $platform)
    GROUP BY ALL
),
active AS (
    SELECT
        count(DISTINCT CASE WHEN ts >= utc_time($since) THEN customer_id END) AS customers,
        count(DISTINCT CASE WHEN ts < utc_time($since) THEN customer_id END) AS previous
    FROM events
    WHERE is_use(event)
        AND ts >= utc_time(day_before($since, $until))
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
compared AS (
    SELECT
        opened.category,
        opened.tickets,
        opened.previous,
        100 * opened.tickets / nullif(active.customers, 0) AS per_100_active,
        (opened.tickets / nullif(active.customers, 0)) / nullif(opened.previous / nullif(active.previous, 0), 0) AS ratio,
        -- The interval of a ratio of two counts, on the log scale.
        1.959964 * sqrt(1 / nullif(opened.tickets, 0) + 1 / nullif(opened.previous, 0)) AS half_width
    FROM opened
    CROSS JOIN active
)
SELECT
    category,
    tickets,
    previous,
    CASE
        WHEN previous = 0 THEN 'new'
        WHEN tickets = 0 THEN 'gone'
        WHEN ratio * exp(-half_width) > 1 THEN 'rising'
        WHEN ratio * exp(half_width) < 1 THEN 'falling'
        WHEN ratio IS NULL THEN 'no active customers'
        ELSE 'no real change'
    END AS verdict,
    per_100_active,
    ratio,
    ratio * exp(-half_width) AS low,
    ratio * exp(half_width) AS high
FROM compared
ORDER BY previous = 0 DESC, ratio DESC NULLS LAST, tickets DESC, category
