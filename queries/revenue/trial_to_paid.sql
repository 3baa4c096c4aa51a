-- /// query
-- title = "From free to paid"
-- about = "Customers who sign up, share their first board, start a checkout and buy, in that order, within $days days of signing up. Sign-ups from $since up to $until; the furthest attempt counts. in_window: not lost yet, the days are not over. median_seconds: from the step before to the first time the step is reached."
-- owner = "growth"
-- kind  = "funnel"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "sign-ups from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "sign-ups before this day" }
-- days     = { type = "INTEGER", default = 30, min = 1, max = 365, about = "time from the sign-up to the purchase" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only steps taken on this" }
--
-- [columns]
-- customers     = { format = "whole" }
-- conversion    = { format = "percent", better = "up" }
-- from_previous = { format = "percent", better = "up" }
-- ///
WITH step_events AS (
    SELECT customer_id, event, ts
    FROM events
    WHERE event IN ('signup', 'onboarding_completed', 'checkout_started', 'purchase')
        AND ts >= utc_time($since)
        AND ts <= utc_time($until) + to_days($days)
        AND ($platform IS NULL OR platform = $platform)
        AND customer_matches(customer_id, $country, NULL)
),
-- An attempt is known by its entry: the sign-up it began with. Each later event joins the latest event of the step before
-- it, because that one carries the latest entry, which has the most time left. Equal times are taken in step order.
signed_up AS (
    SELECT customer_id, ts, ts AS entry, NULL::DOUBLE AS seconds
    FROM step_events
    WHERE event = 'signup' AND ts < utc_time($until)
),
onboarded AS (
    SELECT this.customer_id, this.ts, earlier.entry, epoch(this.ts - earlier.ts) AS seconds
    FROM step_events AS this
    ASOF JOIN signed_up AS earlier ON this.customer_id = earlier.customer_id AND this.ts >= earlier.ts
    WHERE this.event = 'onboarding_completed' AND this.ts <= earlier.entry + to_days($days)
),
checked_out AS (
    SELECT this.customer_id, this.ts, earlier.entry, epoch(this.ts - earlier.ts) AS seconds
    FROM step_events AS this
    ASOF JOIN onboarded AS earlier ON this.customer_id = earlier.customer_id AND this.ts >= earlier.ts
    WHERE this.event = 'checkout_started' AND this.ts <= earlier.entry + to_days($days)
),
bought AS (
    SELECT this.customer_id, this.ts, earlier.entry, epoch(this.ts - earlier.ts) AS seconds
    FROM step_events AS this
    ASOF JOIN checked_out AS earlier ON this.customer_id = earlier.customer_id AND this.ts >= earlier.ts
    WHERE this.event = 'purchase' AND this.ts <= earlier.entry + to_days($days)
),
reached AS (
    SELECT 1 AS step_no, * FROM signed_up
    UNION ALL SELECT 2, * FROM onboarded
    UNION ALL SELECT 3, * FROM checked_out
    UNION ALL SELECT 4, * FROM bought
),
by_customer AS (
    SELECT
        customer_id,
        step_no,
        step_no = max(step_no) OVER (PARTITION BY customer_id) AS is_furthest,
        max(entry) + to_days($days) >= utc_time($today) AS is_open,
        arg_min(seconds, ts) AS seconds
    FROM reached
    GROUP BY customer_id, step_no
),
counted AS (
    SELECT
        steps.step_no,
        steps.step,
        count(by_customer.customer_id) AS customers,
        count(*) FILTER (WHERE is_furthest AND is_open AND steps.step_no < 4) AS in_window,
        median(by_customer.seconds) AS median_seconds
    FROM (VALUES (1, 'sign up'), (2, 'onboarded'), (3, 'checkout'), (4, 'purchase')) AS steps (step_no, step)
    LEFT JOIN by_customer ON by_customer.step_no = steps.step_no
    GROUP BY steps.step_no, steps.step
)
SELECT
    step_no,
    step,
    customers,
    customers / nullif(first_value(customers) OVER (ORDER BY step_no), 0) AS conversion,
    customers / nullif(lag(customers) OVER (ORDER BY step_no), 0) AS from_previous,
    customers - coalesce(lead(customers) OVER (ORDER BY step_no), customers) - in_window AS lost,
    in_window,
    median_seconds
FROM counted
ORDER BY step_no
