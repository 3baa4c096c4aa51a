-- /// query
-- title = "Journey map"
-- about = "New visitors (first visit from $since up to $until) and how many of them came to each stage, every stage after the one before; at a touchpoint, how many of them ever were there. The metrics beside them are other queries: see journey.toml."
-- owner = "growth"
-- kind  = "journey"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 83", about = "first visits from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "first visits before this day" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
-- ///
WITH firsts AS (
    SELECT
        customer_id,
        min(CASE WHEN event = 'visit' THEN ts END) AS visited_at,
        min(CASE WHEN event = 'signup' THEN ts END) AS signed_up_at,
        min(CASE WHEN event = 'onboarding_completed' THEN ts END) AS started_at,
        min(CASE WHEN event = 'purchase' THEN ts END) AS paid_at,
        min(CASE WHEN event = 'renewal' THEN ts END) AS renewed_at
    FROM events
    WHERE customer_matches(customer_id, $country, $platform)
    GROUP BY customer_id
),
visitors AS (
    SELECT
        customer_id,
        signed_up_at >= visited_at AS signed_up,
        signed_up_at >= visited_at AND started_at >= signed_up_at AS started,
        signed_up_at >= visited_at AND started_at >= signed_up_at AND paid_at >= started_at AS paid,
        signed_up_at >= visited_at AND started_at >= signed_up_at AND paid_at >= started_at AND renewed_at >= paid_at AS stayed
    FROM firsts
    WHERE visited_at >= utc_time($since) AND visited_at < utc_time($until)
),
met AS (
    SELECT
        count(DISTINCT customer_id) FILTER (WHERE event = 'visit' AND page = 'pricing') AS pricing_page,
        count(DISTINCT customer_id) FILTER (WHERE event = 'onboarding_started') AS welcome_tour,
        count(DISTINCT customer_id) FILTER (WHERE event = 'feature_used') AS boards,
        count(DISTINCT customer_id) FILTER (WHERE event = 'help_viewed') AS help_pages,
        count(DISTINCT customer_id) FILTER (WHERE event = 'checkout_started') AS checkout,
        count(DISTINCT customer_id) FILTER (WHERE event = 'ticket_opened') AS support
    FROM events
    WHERE customer_id IN (SELECT customer_id FROM visitors)
),
counted AS (
    SELECT
        count(*) AS visited,
        count(*) FILTER (WHERE signed_up) AS signed_up,
        count(*) FILTER (WHERE started) AS started,
        count(*) FILTER (WHERE paid) AS paid,
        count(*) FILTER (WHERE stayed) AS stayed
    FROM visitors
)
SELECT stops.stage, stops.touchpoint, stops.customers
FROM counted
CROSS JOIN met
CROSS JOIN LATERAL (
    VALUES
        (1, 0, 'Discover', NULL, counted.visited),
        (1, 1, 'Discover', 'Pricing page', met.pricing_page),
        (2, 0, 'Sign up', NULL, counted.signed_up),
        (2, 1, 'Sign up', 'Welcome tour', met.welcome_tour),
        (3, 0, 'Start', NULL, counted.started),
        (3, 1, 'Start', 'Boards', met.boards),
        (3, 2, 'Start', 'Help pages', met.help_pages),
        (4, 0, 'Pay', NULL, counted.paid),
        (4, 1, 'Pay', 'Checkout', met.checkout),
        (5, 0, 'Stay', NULL, counted.stayed),
        (5, 1, 'Stay', 'Support', met.support)
) AS stops (stage_no, touchpoint_no, stage, touchpoint, customers)
ORDER BY stops.stage_no, stops.touchpoint_no
