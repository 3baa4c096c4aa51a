-- /// query
-- title = "Active customers"
-- about = "Customers who used the product (logged in, used a feature, invited someone) on each day, and in the 7 and the 28 days that end with it; counted on every day, reaching back before $since. Today is still open."
-- owner = "product"
-- kind  = "trend"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 84", about = "from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "days before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only use on this" }
--
-- [columns]
-- daily   = { format = "whole", better = "up" }
-- weekly  = { format = "whole", better = "up" }
-- monthly = { format = "whole", better = "up" }
-- ///
WITH days_used AS (
    SELECT DISTINCT customer_id, local_time(ts)::DATE AS day
    FROM events
    WHERE is_use(event)
        AND ts >= utc_time($since - 27)
        AND ts < utc_time($until)
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
),
-- A day of use keeps a customer active until the next one, for at most 7 or 28 days. Adding 1 at its start and taking it
-- away at its end counts everybody with one pass, however long the stretch.
stretches AS (
    SELECT day, lead(day) OVER (PARTITION BY customer_id ORDER BY day) AS next_day
    FROM days_used
),
steps AS (
    SELECT day, 1 AS daily, 1 AS weekly, 1 AS monthly FROM stretches
    UNION ALL SELECT day + 1, -1, 0, 0 FROM stretches
    UNION ALL SELECT least(day + 7, next_day), 0, -1, 0 FROM stretches
    UNION ALL SELECT least(day + 28, next_day), 0, 0, -1 FROM stretches
),
changes AS (
    SELECT day, sum(daily) AS daily, sum(weekly) AS weekly, sum(monthly) AS monthly
    FROM steps
    GROUP BY day
    UNION ALL SELECT period::DATE, 0, 0, 0 FROM calendar($since - 27, $until, 'day', $today)
),
running AS (
    SELECT
        day,
        sum(sum(daily)) OVER so_far AS daily,
        sum(sum(weekly)) OVER so_far AS weekly,
        sum(sum(monthly)) OVER so_far AS monthly
    FROM changes
    GROUP BY day
    WINDOW so_far AS (ORDER BY day)
)
SELECT
    day::TIMESTAMP AS period,
    daily::BIGINT AS daily,
    weekly::BIGINT AS weekly,
    monthly::BIGINT AS monthly,
    day + 1 <= least($until, $today) AS complete
FROM running
WHERE day >= $since AND day < $until
ORDER BY period
