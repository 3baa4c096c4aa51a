-- /// query
-- title = "Why customers leave"
-- about = "Customers whose last subscription ended from $since up to $until, by the reason they gave, commonest first: share of all who left with ±, share in the equally long time before, running share. Avoidable: everything but no longer needed."
-- owner = "finance"
-- kind  = "bars"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "ended from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "ended before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- share    = { format = "percent", better = "down", margin = "margin" }
-- margin   = { format = "percent" }
-- running  = { format = "percent" }
-- previous = { format = "percent" }
-- lost_mrr = { format = "whole" }
-- ///
WITH ended AS (
    SELECT *
    FROM subscriptions
    WHERE ended_at >= utc_time(day_before($since, $until))
        AND ended_at < utc_time($until)
        AND customer_matches(customer_id, $country, $platform)
        AND NOT EXISTS (
            -- Who goes on with another subscription has not left.
            SELECT 1
            FROM subscriptions AS other
            WHERE other.customer_id = subscriptions.customer_id
                AND other.started_at <= subscriptions.ended_at
                AND (other.ended_at IS NULL OR other.ended_at > subscriptions.ended_at)
        )
),
counted AS (
    SELECT
        coalesce(nullif(ended_reason, ''), '(not given)') AS reason,
        count(DISTINCT customer_id) FILTER (WHERE ended_at >= utc_time($since)) AS customers,
        count(DISTINCT customer_id) FILTER (WHERE ended_at < utc_time($since)) AS previous_customers,
        coalesce(sum(mrr) FILTER (WHERE ended_at >= utc_time($since)), 0) AS lost_mrr
    FROM ended
    GROUP BY reason
),
compared AS (
    SELECT *, sum(customers) OVER ()::BIGINT AS n, sum(previous_customers) OVER ()::BIGINT AS previous_n
    FROM counted
)
SELECT
    reason,
    customers / nullif(n, 0) AS share,
    wilson_margin(customers, n) AS margin,
    customers,
    n,
    sum(customers) OVER (ORDER BY customers DESC, reason) / nullif(n, 0) AS running,
    previous_customers / nullif(previous_n, 0) AS previous,
    lost_mrr,
    CASE reason WHEN '(not given)' THEN 'unknown' WHEN 'no_longer_needed' THEN 'no' ELSE 'yes' END AS avoidable
FROM compared
ORDER BY customers DESC, reason
