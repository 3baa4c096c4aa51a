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
