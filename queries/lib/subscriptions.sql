-- What customers pay a month.

-- Customers with a paid subscription at the instant `p_time` (UTC), with what they pay a month.
CREATE MACRO paying_at(p_time) AS TABLE
SELECT customer_id, sum(mrr) AS mrr
FROM subscriptions
WHERE started_at <= p_time AND (ended_at IS NULL OR ended_at > p_time)
GROUP BY customer_id;

-- How many customers pay at the start of the day `p_since`, and how many of them no longer do at that of `p_until`.
CREATE MACRO churned(p_since, p_until, p_country, p_platform) AS TABLE
SELECT count(*) AS n, count(*) FILTER (WHERE paying_now.customer_id IS NULL) AS lost
FROM paying_at(utc_time(p_since)) AS paying_then
LEFT JOIN paying_at(utc_time(p_until)) AS paying_now ON paying_now.customer_id = paying_then.customer_id
WHERE customer_matches(paying_then.customer_id, p_country, p_platform);

-- What each customer pays at the start and at the end of each period, and whether they ever paid before it.
CREATE MACRO mrr_changes(p_since, p_until, p_unit, p_country, p_platform) AS TABLE
WITH bounds AS (
    SELECT period, utc_time(period) AS starts_at, utc_time(period_end(period, p_unit)) AS ends_at
    FROM periods(p_since, p_until, p_unit)
)
SELECT
    bounds.period,
    subscriptions.customer_id,
    coalesce(sum(subscriptions.mrr) FILTER (
        WHERE subscriptions.started_at <= bounds.starts_at AND (subscriptions.ended_at IS NULL OR subscriptions.ended_at > bounds.starts_at)
    ), 0) AS mrr_start,
    coalesce(sum(subscriptions.mrr) FILTER (
        WHERE subscriptions.started_at <= bounds.ends_at AND (subscriptions.ended_at IS NULL OR subscriptions.ended_at > bounds.ends_at)
    ), 0) AS mrr_end,
    bool_or(subscriptions.started_at <= bounds.starts_at) AS is_known
FROM bounds
JOIN subscriptions ON subscriptions.started_at <= bounds.ends_at
WHERE customer_matches(subscriptions.customer_id, p_country, p_platform)
GROUP BY bounds.period, subscriptions.customer_id;
