-- /// query
-- title = "Customers at risk"
-- about = "Paying customers with red flags at the end of the day before $until: no use for 14 days, use fell by half (28 days against the 28 before), last NPS answer within 90 days was 0-6, a ticket open for 3 days or more. Most flags first, then most revenue."
-- owner = "cx"
-- kind  = "table"
--
-- [params]
-- until    = { type = "DATE", default_sql = "$today + 1", about = "as seen at the start of this day" }
-- at_least = { type = "INTEGER", default = 2, min = 1, max = 4, about = "flags a customer must have" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- mrr         = { format = "two_decimals" }
-- days_idle   = { format = "whole", better = "down" }
-- last_nps    = { format = "whole" }
-- uses        = { format = "whole", better = "up" }
-- uses_before = { format = "whole" }
-- ///
WITH paying AS (
    SELECT customer_id, mrr
    FROM paying_at(utc_time($until))
    WHERE customer_matches(customer_id, $country, $platform)
),
use AS (
    SELECT
        customer_id,
        max(ts) AS last_used_at,
        count(*) FILTER (WHERE ts >= utc_time($until - 28)) AS uses,
        count(*) FILTER (WHERE ts < utc_time($until - 28) AND ts >= utc_time($until - 56)) AS uses_before
    FROM events
    WHERE is_use(event) AND ts < utc_time($until)
    GROUP BY customer_id
),
waiting AS (
    SELECT customer_id, count(*) AS open_tickets
    FROM tickets
    WHERE created_at <= utc_time($until - 3) AND (solved_at IS NULL OR solved_at >= utc_time($until))
    GROUP BY customer_id
),
flagged AS (
    SELECT
        paying.customer_id,
        paying.mrr,
        date_diff('day', local_time(use.last_used_at)::DATE, $until - 1) AS days_idle,
        coalesce(use.uses, 0) AS uses,
        coalesce(use.uses_before, 0) AS uses_before,
        answers.score AS last_nps,
        coalesce(waiting.open_tickets, 0) AS open_tickets,
        use.last_used_at IS NULL OR use.last_used_at < utc_time($until - 14) AS is_idle,
        coalesce(use.uses_before > 0 AND use.uses <= use.uses_before / 2, FALSE) AS is_falling,
        coalesce(answers.score <= 6, FALSE) AS is_detractor,
        waiting.customer_id IS NOT NULL AS is_waiting
    FROM paying
    LEFT JOIN use ON use.customer_id = paying.customer_id
    LEFT JOIN last_nps($until - 90, $until, NULL) AS answers ON answers.customer_id = paying.customer_id
    LEFT JOIN waiting ON waiting.customer_id = paying.customer_id
),
counted AS (
    SELECT *, is_idle::INTEGER + is_falling::INTEGER + is_detractor::INTEGER + is_waiting::INTEGER AS flags
    FROM flagged
)
SELECT
    customer_id,
    flags,
    concat_ws(
        ', ',
        CASE WHEN is_idle THEN 'idle' END,
        CASE WHEN is_falling THEN 'falling use' END,
        CASE WHEN is_detractor THEN 'detractor' END,
        CASE WHEN is_waiting THEN 'open ticket' END
    ) AS why,
    mrr,
    days_idle,
    uses,
    uses_before,
    last_nps,
    open_tickets
FROM counted
WHERE flags >= $at_least
ORDER BY flags DESC, mrr DESC, customer_id
