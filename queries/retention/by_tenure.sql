-- /// query
-- title = "Active by age of account"
-- about = "Of the customers who had signed up before $since, by how long ago that was at $since: share who used the product from $since up to $until, with n and ±, newest first."
-- owner = "product"
-- kind  = "bars"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "use from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "use before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- active = { format = "percent", better = "up", margin = "margin" }
-- margin = { format = "percent" }
-- ///
WITH known AS (
    SELECT customer_id, $since - local_time(signed_up_at)::DATE AS age_days
    FROM customers
    WHERE signed_up_at < utc_time($since) AND customer_matches(customer_id, $country, $platform)
),
active AS (
    SELECT DISTINCT customer_id
    FROM events
    WHERE is_use(event) AND ts >= utc_time($since) AND ts < utc_time($until)
),
counted AS (
    SELECT
        CASE WHEN age_days <= 30 THEN 1 WHEN age_days <= 90 THEN 2 WHEN age_days <= 180 THEN 3 ELSE 4 END AS band,
        count(*) AS n,
        count(active.customer_id) AS hits
    FROM known
    LEFT JOIN active ON active.customer_id = known.customer_id
    GROUP BY band
)
SELECT
    CASE band WHEN 1 THEN 'up to 30 days' WHEN 2 THEN '31-90 days' WHEN 3 THEN '91-180 days' ELSE 'over 180 days' END AS age,
    hits / nullif(n, 0) AS active,
    wilson_margin(hits, n) AS margin,
    n
FROM counted
ORDER BY band
