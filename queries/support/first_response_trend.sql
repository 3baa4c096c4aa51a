-- /// query
-- title = "First response by channel"
-- about = "Median time to the first answer per $grain and channel, for tickets opened in that period and answered by now; p90 beside it. Tickets still waiting are in waiting."
-- owner = "support"
-- kind  = "trend"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 84", about = "from the period that holds this day" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "tickets opened before this day" }
-- grain    = { type = "VARCHAR", default = "week", choices = ["day", "week", "month"], about = "length of a period" }
-- category = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT category FROM tickets WHERE category IS NOT NULL ORDER BY category", about = "only tickets about this" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- median_seconds = { format = "duration", better = "down" }
-- p90_seconds    = { format = "duration", better = "down" }
-- ///
WITH opened AS (
    SELECT
        period_start(created_at, $grain) AS period,
        coalesce(channel, '(none)') AS channel,
        epoch(first_response_at - created_at) AS seconds
    FROM tickets
    WHERE created_at >= range_start($since, $grain)
        AND created_at < utc_time($until)
        AND ($category IS NULL OR category = $category)
        AND customer_matches(customer_id, $country, $platform)
),
measured AS (
    SELECT
        period,
        channel,
        median(seconds) AS median_seconds,
        quantile_cont(seconds, 0.9) AS p90_seconds,
        count(seconds) AS n,
        count(*) - count(seconds) AS waiting
    FROM opened
    GROUP BY period, channel
),
channels AS (
    SELECT DISTINCT channel FROM opened
)
SELECT
    calendar.period,
    channels.channel AS series,
    measured.median_seconds,
    measured.p90_seconds,
    coalesce(measured.n, 0) AS n,
    coalesce(measured.waiting, 0) AS waiting,
    calendar.complete
FROM calendar($since, $until, $grain, $today) AS calendar
CROSS JOIN channels
LEFT JOIN measured ON measured.period = calendar.period AND measured.channel = channels.channel
ORDER BY calendar.period, channels.channel
