-- How far customers get from one event to another.

-- Of the customers with the event `p_start` in [p_since, p_until): how many had `p_goal` within `p_days` days of the first
-- one, by the attribute that `p_by` names (NULL: all of them in one row).
CREATE MACRO way(p_start, p_goal, p_days, p_since, p_until, p_by) AS TABLE
SELECT p_by AS attribute, coalesce(segment, '(none)') AS segment, customers AS n, reached AS hits
FROM time_to(
    p_start,
    p_goal,
    within := to_days(p_days),
    by := CASE p_by
        WHEN 'platform' THEN platform
        WHEN 'country' THEN country
        WHEN 'persona' THEN persona
        WHEN 'channel' THEN acquisition_channel
    END,
    since := p_since,
    until := p_until
)
WHERE customers > 0;

-- What the way costs those who get there: events (the goal is one) and time; and how many get there.
CREATE MACRO effort(p_start, p_goal, p_days, p_since, p_until, p_country) AS TABLE
WITH arrivals AS (
    SELECT arrivals.customer_id, count(events.customer_id) AS actions
    FROM time_to_customers(
        p_start,
        p_goal,
        within := to_days(p_days),
        since := p_since,
        until := p_until,
        customers := p_country IS NULL OR country = p_country
    ) AS arrivals
    LEFT JOIN events
        ON events.customer_id = arrivals.customer_id
        AND events.ts > arrivals.entered_at
        AND events.ts <= arrivals.reached_at
    GROUP BY arrivals.customer_id
)
SELECT
    (SELECT median(actions) FROM arrivals) AS actions,
    median AS median_seconds,
    p90 AS p90_seconds,
    share AS arrived,
    wilson_margin(reached, customers) AS margin,
    customers AS n
FROM time_to(
    p_start,
    p_goal,
    within := to_days(p_days),
    since := p_since,
    until := p_until,
    customers := p_country IS NULL OR country = p_country
);
