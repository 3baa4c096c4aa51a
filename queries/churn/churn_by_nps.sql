-- /// query
-- title = "Churn by NPS answer"
-- about = "Of the customers paying at $since, by their latest NPS answer in the 180 days before: share who no longer pay at $until, with n and ±; their mean monthly revenue and the revenue lost. Those who never answered are a group."
-- owner = "finance"
-- kind  = "bars"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "paying from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "paying before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- churn    = { format = "percent", better = "down", margin = "margin" }
-- margin   = { format = "percent" }
-- mean_mrr = { format = "two_decimals" }
-- lost_mrr = { format = "whole", better = "down" }
-- ///
WITH paying_then AS (
    SELECT customer_id, mrr FROM paying_at(utc_time($since)) WHERE customer_matches(customer_id, $country, $platform)
),
grouped AS (
    SELECT
        CASE
            WHEN answers.score >= 9 THEN 1
            WHEN answers.score >= 7 THEN 2
            WHEN answers.score IS NOT NULL THEN 3
            ELSE 4
        END AS group_no,
        paying_then.mrr,
        paying_now.customer_id IS NULL AS is_lost
    FROM paying_then
    LEFT JOIN last_nps($since - 180, $since, NULL) AS answers ON answers.customer_id = paying_then.customer_id
    LEFT JOIN paying_at(utc_time($until)) AS paying_now ON paying_now.customer_id = paying_then.customer_id
),
counted AS (
    SELECT
        group_no,
        count(*) AS n,
        count(*) FILTER (WHERE is_lost) AS lost,
        avg(mrr) AS mean_mrr,
        coalesce(sum(mrr) FILTER (WHERE is_lost), 0) AS lost_mrr
    FROM grouped
    GROUP BY group_no
)
SELECT
    CASE group_no WHEN 1 THEN 'promoter' WHEN 2 THEN 'passive' WHEN 3 THEN 'detractor' ELSE 'no answer' END AS answer,
    lost / nullif(n, 0) AS churn,
    wilson_margin(lost, n) AS margin,
    n,
    lost,
    mean_mrr,
    lost_mrr
FROM counted
ORDER BY group_no
