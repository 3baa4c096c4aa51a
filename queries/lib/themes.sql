-- What comments are about, by their words. A comment may be about several things; edit the patterns as your customers'
-- words change. Comments are given in lower case. The result holds a NULL for each theme that is not there.

CREATE MACRO themes(p_comment) AS [
    CASE WHEN regexp_matches(p_comment, 'pric|expensive|cheap|euros|cost|25%|budget|worth it') THEN 'price' END,
    CASE
        WHEN regexp_matches(p_comment, 'checkout|payment|pay you|the pay |to pay|paying|charged|card was declined|upgrade fails')
            THEN 'checkout'
    END,
    CASE
        WHEN regexp_matches(p_comment, 'wait|slow reply|slow support|no reply|response time|takes forever|24 hours|a day|to my email')
            OR regexp_matches(p_comment, 'emails faster|email support|support by email|next day was')
            THEN 'waiting for support'
    END,
    CASE
        WHEN regexp_matches(p_comment, 'would love|would like|please add|missing|guest access|public api|custom fields')
            OR regexp_matches(p_comment, 'dark mode|sub-task|gantt|time tracking|slack|excel|recurring|single sign-on')
            THEN 'missing feature'
    END,
    CASE
        WHEN regexp_matches(p_comment, 'signing up|setup|import|template|checklist|first board|first screen|the tour|the intro|manual')
            THEN 'getting started'
    END,
    CASE
        WHEN regexp_matches(p_comment, 'crash|broken|error|logged out|lost a comment|does not work|timed out|disappears|does nothing')
            THEN 'bugs'
    END,
    CASE WHEN regexp_matches(p_comment, 'slow with|slower|keeps loading|app is slow') THEN 'slow app' END,
    CASE
        WHEN regexp_matches(p_comment, 'love the|great|best|brilliant|easy|quick|happy|perfect|saves? me|worth every|painless|friendly')
            THEN 'praise'
    END
];

-- Features that customers ask for by name.
CREATE MACRO wishes(p_comment) AS [
    CASE WHEN contains(p_comment, 'dark mode') THEN 'dark mode' END,
    CASE WHEN regexp_matches(p_comment, 'gantt|timeline view') THEN 'Gantt or timeline' END,
    CASE WHEN contains(p_comment, 'time tracking') THEN 'time tracking' END,
    CASE WHEN contains(p_comment, 'recurring') THEN 'recurring tasks' END,
    CASE WHEN regexp_matches(p_comment, 'sub-?task') THEN 'sub-tasks' END,
    CASE WHEN contains(p_comment, 'slack') THEN 'Slack integration' END,
    CASE WHEN contains(p_comment, 'excel') THEN 'Excel export' END,
    CASE WHEN regexp_matches(p_comment, 'outlook|calendar sync') THEN 'calendar sync' END,
    CASE WHEN contains(p_comment, 'guest') THEN 'guest access' END,
    CASE WHEN regexp_matches(p_comment, '\bapi\b') THEN 'public API' END,
    CASE WHEN contains(p_comment, 'custom field') THEN 'custom fields' END,
    CASE WHEN regexp_matches(p_comment, 'single sign-on|\bsso\b') THEN 'single sign-on' END,
    CASE WHEN contains(p_comment, 'shortcut') THEN 'keyboard shortcuts' END,
    CASE WHEN regexp_matches(p_comment, 'paypal|sepa|pay yearly') THEN 'more ways to pay' END
];
