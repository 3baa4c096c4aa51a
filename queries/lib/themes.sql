-- What comments are about. A comment may be about several things; edit the patterns as your customers' words change.

-- Themes, each with the words that give it away (in lower case).
CREATE MACRO themes() AS TABLE
SELECT theme, pattern
FROM (
    VALUES
        ('price', 'pric|expensive|cheap|euros|cost|25%|budget|worth it'),
        ('checkout', 'checkout|payment|pay you|the pay |to pay|paying|charged|card was declined|upgrade fails'),
        ('waiting for support', 'wait|slow reply|slow support|response time|no reply|takes forever|24 hours|answer to my email|a day|emails faster|email support|support by email'),
        ('missing feature', 'would love|would like|please add|dark mode|sub-task|gantt|time tracking|slack|excel|missing|guest access|recurring|single sign-on|public api|custom fields'),
        ('getting started', 'signing up|setup|import|template|checklist|first board|first screen|the tour|the intro|manual'),
        ('bugs', 'crash|broken|error|logged out|lost a comment|does not work|timed out|disappears|does nothing'),
        ('slow app', 'slow with|slower|keeps loading|app is slow'),
        ('praise', 'love the|great|best|brilliant|easy|quick|happy|perfect|saves? me|worth every|painless|friendly')
) AS themes (theme, pattern);

-- Features that customers ask for by name.
CREATE MACRO wishes() AS TABLE
SELECT wish, pattern
FROM (
    VALUES
        ('dark mode', 'dark mode'),
        ('Gantt or timeline', 'gantt|timeline view'),
        ('time tracking', 'time tracking'),
        ('recurring tasks', 'recurring'),
        ('sub-tasks', 'sub-task|subtask'),
        ('Slack integration', 'slack'),
        ('Excel export', 'excel'),
        ('calendar sync', 'outlook|calendar sync'),
        ('guest access', 'guest'),
        ('public API', '\bapi\b'),
        ('custom fields', 'custom field'),
        ('single sign-on', 'single sign-on|\bsso\b'),
        ('keyboard shortcuts', 'shortcut'),
        ('more ways to pay', 'paypal|sepa|pay yearly')
) AS wishes (wish, pattern);
