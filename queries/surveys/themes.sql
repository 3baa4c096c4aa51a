-- /// query
-- title = "Themes in comments"
-- about = "Share of the written comments that touch each theme (words in lib/themes.sql; a comment may touch several), from $since up to $until, with ±, the share in the equally long time before, and the NPS of the comments with their own n and ±. Rising and falling: the 95 % interval of the difference leaves out 0."
-- owner = "cx"
-- kind  = "bars"
--
-- [params]
-- since      = { type = "DATE", default_sql = "$today - 27", about = "comments from this day on" }
-- until      = { type = "DATE", default_sql = "$today + 1", about = "comments before this day" }
-- survey     = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT survey FROM surveys WHERE survey IS NOT NULL ORDER BY survey", about = "only this survey" }
-- touchpoint = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT touchpoint FROM surveys WHERE touchpoint IS NOT NULL ORDER BY touchpoint", about = "only answers from here" }
-- country    = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT country FROM customers WHERE country IS NOT NULL ORDER BY country", about = "only customers from here" }
-- platform   = { type = "VARCHAR", optional = true, choices_sql = "SELECT DISTINCT platform FROM customers WHERE platform IS NOT NULL ORDER BY platform", about = "only customers who mainly use this" }
--
-- [columns]
-- share      = { format = "percent", margin = "margin" }
-- margin     = { format = "percent" }
-- previous   = { format = "percent" }
-- nps        = { format = "whole", better = "up", margin = "nps_margin" }
-- nps_margin = { format = "whole" }
-- ///
WITH comments AS (
    SELECT
        lower(comment) AS comment,
        ts >= utc_time($since) AS is_current,
        CASE WHEN survey = 'nps' AND ts >= utc_time($since) THEN score END AS nps_score
    FROM surveys
    WHERE trim(comment) <> ''
        AND ts >= utc_time(day_before($since, $until))
        AND ts < utc_time($until)
        AND ($survey IS NULL OR survey = $survey)
        AND ($touchpoint IS NULL OR touchpoint = $touchpoint)
        AND customer_matches(customer_id, $country, $platform)
),
totals AS (
    SELECT count(*) FILTER (WHERE is_current) AS n, count(*) FILTER (WHERE NOT is_current) AS previous_n
    FROM comments
),
mentions AS (
    SELECT unnest(themes(comment)) AS theme, is_current, nps_score FROM comments
),
found AS (
    SELECT
        theme,
        count(*) FILTER (WHERE is_current) AS comments,
        count(*) FILTER (WHERE NOT is_current) AS previous_comments,
        nps(nps_score) AS nps,
        nps_margin(nps_score) AS nps_margin,
        count(nps_score) AS nps_n
    FROM mentions
    WHERE theme IS NOT NULL
    GROUP BY theme
),
compared AS (
    SELECT
        *,
        newcombe_low(comments, n, previous_comments, previous_n) AS low,
        newcombe_high(comments, n, previous_comments, previous_n) AS high
    FROM found
    CROSS JOIN totals
)
SELECT
    theme,
    comments / nullif(n, 0) AS share,
    wilson_margin(comments, n) AS margin,
    comments,
    n,
    previous_comments / nullif(previous_n, 0) AS previous,
    CASE
        WHEN low IS NULL THEN 'nothing to compare'
        WHEN low > 0 THEN 'rising'
        WHEN high < 0 THEN 'falling'
        ELSE 'no real change'
    END AS verdict,
    nps,
    nps_margin,
    nps_n
FROM compared
ORDER BY share DESC NULLS LAST, theme
