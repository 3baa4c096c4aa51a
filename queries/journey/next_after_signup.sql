-- /// query
-- title = "After signing up"
-- about = "What new customers do next, event by event, in the session in which they signed up (a pause of more than 30 minutes ends it), sign-ups from $since up to $until. share: of the times the event at that position was there; (end) is the end of the session."
-- owner = "product"
-- kind  = "table"
--
-- [params]
-- since    = { type = "DATE", default_sql = "$today - 27", about = "sign-ups from this day on" }
-- until    = { type = "DATE", default_sql = "$today + 1", about = "sign-ups before this day" }
-- steps    = { type = "INTEGER", default = 3, min = 1, max = 10, about = "events after the sign-up" }
-- country  = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM events WHERE platform IS NOT NULL ORDER BY platform", about = "only events on this" }
--
-- [columns]
-- customers = { format = "whole" }
-- share     = { format = "percent" }
-- ///
SELECT
    position,
    node AS event,
    coalesce(next_node, '(end)') AS next_event,
    customers,
    transitions / nullif(sum(transitions) OVER (PARTITION BY position, node), 0) AS share
FROM next_events(
    after := event = 'signup',
    steps := $steps,
    node := CASE WHEN event = 'feature_used' THEN 'used ' || replace(feature, '_', ' ') ELSE replace(event, '_', ' ') END,
    since := $since,
    until := $until,
    customers := $country IS NULL OR country = $country,
    filter := $platform IS NULL OR platform = $platform
)
ORDER BY position, customers DESC, event, next_event
