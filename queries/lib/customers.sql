-- Who counts: filters on customers, what active means, how far new customers get.

-- Whether the customer lives in `p_country` and mainly uses `p_platform`. NULL means all.
CREATE MACRO customer_matches(p_customer, p_country, p_platform) AS (
    (p_country IS NULL AND p_platform IS NULL)
    OR p_customer IN (
        SELECT customer_id
        FROM customers
        WHERE (p_country IS NULL OR country = p_country) AND (p_platform IS NULL OR platform = p_platform)
    )
);

-- Whether the event shows that the customer uses the product, rather than being asked, billed or only looking around.
CREATE MACRO is_use(p_event) AS p_event IN ('login', 'feature_used', 'invite_sent');

-- How many customers used the product in [p_since, p_until). `p_platform` is that of the use.
CREATE MACRO users(p_since, p_until, p_country, p_platform) AS (
    SELECT count(DISTINCT customer_id)
    FROM events
    WHERE is_use(event)
        AND ts >= utc_time(p_since)
        AND ts < utc_time(p_until)
        AND (p_platform IS NULL OR platform = p_platform)
        AND customer_matches(customer_id, p_country, NULL)
);

-- The same for each day of [p_since, p_until) and the `p_days` days that end with it, reaching back before `p_since`.
CREATE MACRO daily_users(p_days, p_since, p_until, p_country, p_platform) AS TABLE
FROM active_if(
    event := is_use(event),
    rolling := p_days,
    since := p_since,
    until := p_until,
    customers := p_country IS NULL OR country = p_country,
    filter := p_platform IS NULL OR platform = p_platform
);

-- On how many days of [p_since, p_until) each customer used each feature. `p_platform` is that of the use.
CREATE MACRO feature_days(p_since, p_until, p_country, p_platform) AS TABLE
SELECT customer_id, feature, count(DISTINCT local_time(ts)::DATE) AS days
FROM events
WHERE event = 'feature_used'
    AND feature IS NOT NULL
    AND ts >= utc_time(p_since)
    AND ts < utc_time(p_until)
    AND (p_platform IS NULL OR platform = p_platform)
    AND customer_matches(customer_id, p_country, NULL)
GROUP BY ALL;

-- Of the customers who signed up in [p_since, p_until): how many had the event `p_event` within `p_days` days. Who still
-- has time at `p_today` has not failed yet and is left out. `p_platform` is that of the sign-up.
CREATE MACRO new_customers_to(p_event, p_days, p_since, p_until, p_today, p_country, p_platform) AS TABLE
SELECT share, wilson_margin(reached, customers) AS margin, customers, median AS median_seconds
FROM time_to_if(
    event = 'signup' AND (p_platform IS NULL OR platform = p_platform),
    event = p_event,
    within := to_days(p_days),
    since := p_since,
    until := least(p_until, p_today - p_days::INTEGER),
    customers := p_country IS NULL OR country = p_country
);
