-- Answers by group and against the time before, and the customers behind the last NPS answers.

-- The answers to a survey in [p_since, p_until), with the group of each: `p_by` names a column of surveys or customers.
CREATE MACRO answers_by(p_survey, p_by, p_since, p_until, p_country, p_platform) AS TABLE
SELECT
    coalesce(
        CASE p_by
            WHEN 'touchpoint' THEN surveys.touchpoint
            WHEN 'channel' THEN surveys.channel
            WHEN 'team' THEN surveys.team
            WHEN 'country' THEN customers.country
            WHEN 'plan' THEN customers.plan
            WHEN 'persona' THEN customers.persona
            WHEN 'platform' THEN customers.platform
            WHEN 'acquisition_channel' THEN customers.acquisition_channel
        END,
        '(none)'
    ) AS segment,
    surveys.score
FROM surveys
LEFT JOIN customers ON customers.customer_id = surveys.customer_id
WHERE surveys.survey = p_survey
    AND surveys.ts >= utc_time(p_since)
    AND surveys.ts < utc_time(p_until)
    AND customer_matches(surveys.customer_id, p_country, p_platform);

-- The scores from `p_low` to `p_high` of a survey, those in [p_since, p_until) as `score` and those in the equally long time
-- before as `earlier_score`.
CREATE MACRO answers_now_and_before(p_survey, p_low, p_high, p_since, p_until, p_country, p_platform) AS TABLE
SELECT
    CASE WHEN ts >= utc_time(p_since) THEN score END AS score,
    CASE WHEN ts < utc_time(p_since) THEN score END AS earlier_score
FROM surveys
WHERE survey = p_survey
    AND score BETWEEN p_low AND p_high
    AND ts >= utc_time(day_before(p_since, p_until))
    AND ts < utc_time(p_until)
    AND customer_matches(customer_id, p_country, p_platform);

-- Of each customer the last NPS answer in [p_since, p_until); of several at one instant the lowest. `p_touchpoint` NULL
-- means all.
CREATE MACRO last_nps(p_since, p_until, p_touchpoint) AS TABLE
SELECT *
FROM surveys
WHERE survey = 'nps'
    AND score BETWEEN 0 AND 10
    AND ts >= utc_time(p_since)
    AND ts < utc_time(p_until)
    AND (p_touchpoint IS NULL OR touchpoint = p_touchpoint)
QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY ts DESC, score) = 1;

-- Customers whose last NPS answer lies from `p_low` to `p_high`, with their words, what they pay and their open tickets.
CREATE MACRO nps_follow_up(p_low, p_high, p_since, p_until, p_touchpoint, p_country, p_platform) AS TABLE
WITH waiting AS (
    SELECT customer_id, count(*) AS tickets
    FROM tickets
    WHERE solved_at IS NULL AND created_at < utc_time(p_until)
    GROUP BY customer_id
)
SELECT
    local_time(answers.ts) AS answered,
    answers.customer_id,
    answers.score,
    answers.comment,
    answers.touchpoint,
    paying.mrr,
    coalesce(waiting.tickets, 0) AS open_tickets
FROM last_nps(p_since, p_until, p_touchpoint) AS answers
LEFT JOIN paying_at(utc_time(p_until)) AS paying ON paying.customer_id = answers.customer_id
LEFT JOIN waiting ON waiting.customer_id = answers.customer_id
WHERE answers.score BETWEEN p_low AND p_high AND customer_matches(answers.customer_id, p_country, p_platform);
