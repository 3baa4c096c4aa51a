-- /// query
-- title = "Who answers"
-- about = "Share of the customers active from $since up to $until who answered at least one survey in that time, by group ($by), least heard first, with n and ±. A group that hardly answers is hardly in the scores."
-- owner = "cx"
-- kind  = "bars"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "activity and answers from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "activity and answers before this day" }
-- by       = { type = "VARCHAR", default = "plan", choices = ["plan", "country", "persona", "platform", "acquisition_channel"], about = "what to split by" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- answered = { format = "percent", better = "up", margin = "margin" }
-- margin   = { format = "percent" }
-- ///
WITH active AS (
    SELECT DISTINCT customer_id
    FROM events
    WHERE is_use(event)
        AND ts >= utc_time($since)
        AND ts < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
),
answered AS (
    SELECT DISTINCT customer_id
    FROM surveys
    WHERE score IS NOT NULL AND ts >= utc_time($since) AND ts < utc_time($until)
),
counted AS (
    SELECT
        coalesce(
            CASE $by
                WHEN 'plan' THEN customers.plan
                WHEN 'country' THEN customers.country
                WHEN 'persona' THEN customers.persona
                WHEN 'platform' THEN customers.platform
                WHEN 'acquisition_channel' THEN customers.acquisition_channel
            END,
            '(none)'
        ) AS segment,
        count(*) AS n,
        count(answered.customer_id) AS hits
    FROM active
    LEFT JOIN customers ON customers.customer_id = active.customer_id
    LEFT JOIN answered ON answered.customer_id = active.customer_id
    GROUP BY ALL
)
SELECT segment, hits / nullif(n, 0) AS answered, wilson_margin(hits, n) AS margin, n
FROM counted
ORDER BY answered, n DESC, segment
