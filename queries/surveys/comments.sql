-- /// query
-- title = "Comments"
-- about = "What customers wrote from $since up to $until, newest first, beside their score."
-- owner = "cx"
-- kind  = "comments"
--
-- [params]
-- since      = { type = "DATE", default_sql = "$today - 27", about = "answers from this day on" }
-- until      = { type = "DATE", default_sql = "$today + 1", about = "answers before this day" }
-- survey     = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT survey FROM surveys WHERE survey IS NOT NULL ORDER BY survey", about = "only this survey" }
-- touchpoint = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT touchpoint FROM surveys WHERE touchpoint IS NOT NULL ORDER BY touchpoint", about = "only answers from here" }
-- contains   = { type = "VARCHAR", optional = true, about = "only comments that contain this text, in any case" }
-- country    = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform   = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- score = { format = "whole" }
-- ///
SELECT local_time(ts) AS answered, customer_id, survey, score, comment, touchpoint, channel
FROM surveys
WHERE trim(comment) <> ''
    AND ts >= utc_time($since)
    AND ts < utc_time($until)
    AND ($survey IS NULL OR survey = $survey)
    AND ($touchpoint IS NULL OR touchpoint = $touchpoint)
    AND ($contains IS NULL OR contains(lower(comment), lower($contains)))
    AND customer_matches(customer_id, $country, $platform)
ORDER BY ts DESC, customer_id, survey
