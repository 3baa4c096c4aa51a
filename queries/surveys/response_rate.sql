-- /// query
-- title = "Response rate"
-- about = "Share of the solved tickets, solved from $since up to $until, whose customer rated the help; every solved ticket is taken as one request to rate it. Against the equally long time before."
-- owner = "support"
-- kind  = "value"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "tickets solved from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "tickets solved before this day" }
-- channel  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT channel FROM tickets WHERE channel IS NOT NULL ORDER BY channel", about = "only tickets from here" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- value = { format = "percent", better = "up", margin = "margin" }
-- ///
WITH counted AS (
    SELECT
        count(*) FILTER (WHERE solved_at >= utc_time($since)) AS n,
        count(*) FILTER (WHERE solved_at >= utc_time($since) AND satisfaction IN ('good', 'bad')) AS hits,
        count(*) FILTER (WHERE solved_at < utc_time($since)) AS previous_n,
        count(*) FILTER (WHERE solved_at < utc_time($since) AND satisfaction IN ('good', 'bad')) AS previous_hits
    FROM tickets
    WHERE solved_at >= utc_time(day_before($since, $until))
        AND solved_at < utc_time($until)
        AND ($channel IS NULL OR channel = $channel)
        AND customer_matches(customer_id, $country, $platform)
)
SELECT
    hits / nullif(n, 0) AS value,
    wilson_margin(hits, n) AS margin,
    n,
    previous_hits / nullif(previous_n, 0) AS previous,
    wilson_margin(previous_hits, previous_n) AS previous_margin,
    previous_n
FROM counted
