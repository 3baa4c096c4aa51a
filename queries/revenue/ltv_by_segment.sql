-- /// query
-- title = "Early revenue by group"
-- about = "What new customers paid in their first days ($days) after signing up, on average over all of them (also those who paid nothing), by group ($by), most first, with n and ±. Only customers whose days are over; sign-ups from $since up to $until."
-- owner = "finance"
-- kind  = "bars"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 180", about = "sign-ups from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "sign-ups before this day" }
-- days     = { type = "INTEGER", default = 60, min = 1, max = 365, about = "days of revenue to count" }
-- by       = { type = "VARCHAR", default = "acquisition_channel", choices = ["acquisition_channel", "country", "persona", "platform"], about = "what to split by" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- revenue = { unit = "€", format = "two_decimals", better = "up", margin = "margin" }
-- margin  = { format = "two_decimals" }
-- payers  = { format = "percent" }
-- ///
WITH members AS (
    SELECT
        customer_id,
        signed_up_at,
        coalesce(
            CASE $by
                WHEN 'acquisition_channel' THEN acquisition_channel
                WHEN 'country' THEN country
                WHEN 'persona' THEN persona
                WHEN 'platform' THEN platform
            END,
            '(none)'
        ) AS segment
    FROM customers
    WHERE signed_up_at >= utc_time($since)
        AND signed_up_at < utc_time($until)
        AND signed_up_at + to_days($days) < utc_time($today)
        AND customer_matches(customer_id, $country, $platform)
),
payments AS (
    SELECT customer_id, ts, amount FROM events WHERE event IN ('purchase', 'renewal') AND ts >= utc_time($since)
),
spent AS (
    SELECT members.customer_id, members.segment, coalesce(sum(payments.amount), 0) AS revenue
    FROM members
    LEFT JOIN payments
        ON payments.customer_id = members.customer_id
        AND payments.ts >= members.signed_up_at
        AND payments.ts < members.signed_up_at + to_days($days)
    GROUP BY members.customer_id, members.segment
)
SELECT
    segment,
    avg(revenue) AS revenue,
    mean_margin(revenue) AS margin,
    count(*) AS n,
    count(*) FILTER (WHERE revenue > 0) / nullif(count(*), 0) AS payers
FROM spent
GROUP BY segment
ORDER BY revenue DESC, n DESC, segment
