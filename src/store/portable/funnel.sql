-- Funnels. Internal arguments begin with p_, so that none can be mistaken for a column.

-- As cxtop_attempts, with all but the p_top largest groups as one.
CREATE OR REPLACE MACRO @cxtop_grouped(p_steps, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter, p_mode,
    p_entries, p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time, p_period
) AS TABLE
WITH _all AS MATERIALIZED (
    FROM @cxtop_attempts(p_steps, p_within, p_since, p_until, p_by, p_customers, p_filter, p_mode, p_entries,
        p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time, p_period, NULL)
),
_large AS MATERIALIZED (
    SELECT coalesce(list(coalesce('=' || label, '')), []) AS segments FROM (
        SELECT label FROM _all GROUP BY label
        QUALIFY row_number() OVER (ORDER BY count(DISTINCT owner) DESC, label NULLS LAST) <= p_top)
)
SELECT * REPLACE (CASE WHEN list_contains(segments, coalesce('=' || label, '')) THEN label ELSE '(other)' END AS label)
FROM _all CROSS JOIN _large WHERE p_attribution != 'each'
UNION ALL
SELECT *, NULL FROM @cxtop_attempts(p_steps, p_within, p_since, p_until, p_by, p_customers, p_filter AND p_attribution = 'each',
    p_mode, p_entries, p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time, p_period,
    (SELECT segments FROM _large));

-- The names of the steps.
CREATE OR REPLACE MACRO @cxtop_names(p_steps, p_names) AS TABLE
    SELECT unnest(range(1, count + 1)) AS nth, p_names AS titles
    FROM (SELECT 1) LEFT JOIN customers ON false,
        LATERAL (SELECT len(p_steps) AS count FROM (SELECT 1) LEFT JOIN events ON false);

CREATE OR REPLACE MACRO @cxtop_funnel(p_steps, p_names, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter,
    p_mode, p_entries, p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time
) AS TABLE
WITH _counted AS MATERIALIZED (
    FROM @cxtop_grouped(p_steps, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter, p_mode, p_entries,
        p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time, NULL)
),
_segments AS (SELECT DISTINCT label FROM _counted UNION ALL SELECT NULL WHERE NOT EXISTS (FROM _counted)),
_bars AS (
    SELECT _names.nth, coalesce(titles[_names.nth], 'step ' || _names.nth) AS title, _segments.label,
        count(owner) AS people, count(*) FILTER (level = _names.nth AND is_open) AS open,
        median((reached_at[_names.nth] - reached_at[_names.nth - 1]) / 1e6) AS median_seconds,
        avg((reached_at[_names.nth] - reached_at[_names.nth - 1]) / 1e6) AS mean_seconds
    FROM _segments CROSS JOIN (FROM @cxtop_names(p_steps, p_names)) AS _names
    LEFT JOIN _counted ON _counted.label IS NOT DISTINCT FROM _segments.label AND level >= _names.nth
    GROUP BY ALL
)
SELECT nth::INTEGER AS step_no, title AS step, label AS segment, people AS customers,
    people / nullif(first(people) OVER count, 0) AS conversion, people / nullif(lag(people) OVER count, 0) AS from_previous,
    coalesce(people - lead(people) OVER count - open, 0) AS lost,
    CASE WHEN lead(people) OVER count IS NULL THEN 0 ELSE open END AS in_window, median_seconds, mean_seconds
FROM _bars WINDOW count AS (PARTITION BY label ORDER BY nth ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
ORDER BY label NULLS LAST, nth;

CREATE OR REPLACE MACRO @cxtop_funnel_trend(p_steps, p_period, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter,
    p_mode, p_entries, p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time
) AS TABLE
WITH _counted AS MATERIALIZED (
    FROM @cxtop_grouped(p_steps, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter, p_mode, p_entries,
        p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time, p_period)
),
_segments AS (SELECT DISTINCT label FROM _counted UNION ALL SELECT NULL WHERE NOT EXISTS (FROM _counted)),
_range AS (
    SELECT coalesce(@cxtop_period(@cxtop_moment(p_since), p_period), min(slot)) AS first,
        coalesce(@cxtop_period(@cxtop_moment(p_until) - 1, p_period), max(slot)) AS last
    FROM _counted
),
_periods AS (
    SELECT @cxtop_shift(first, p_period, number) AS slot FROM (
        SELECT first, unnest(range(@cxtop_ordinal(last, p_period) - @cxtop_ordinal(first, p_period) + 1)) AS number
        FROM _range)
),
_entered AS (
    SELECT _periods.slot AS started, _segments.label, count(owner) AS entered,
        count(*) FILTER (level = count) AS converted
    FROM _periods CROSS JOIN _segments CROSS JOIN (SELECT max(nth) AS count FROM @cxtop_names(p_steps, NULL))
    LEFT JOIN _counted ON _periods.slot = _counted.slot AND _segments.label IS NOT DISTINCT FROM _counted.label
    GROUP BY ALL
)
SELECT started AS period, label AS segment, entered, converted, converted / nullif(entered, 0) AS conversion,
    @cxtop_utc(@cxtop_shift(started, p_period, 1)) + list_sum(@cxtop_lengths(p_within)) <= @cxtop_now() AS complete
FROM _entered ORDER BY started, label NULLS LAST;

-- One who has several groups is listed once.
CREATE OR REPLACE MACRO @cxtop_funnel_customers(p_steps, p_step, p_outcome, p_segment, p_within, p_since, p_until, p_by, p_top,
    p_customers, p_filter, p_mode, p_entries, p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time
) AS TABLE
WITH _step AS (SELECT coalesce(p_step, max(nth)) AS wanted, max(nth) AS last FROM @cxtop_names(p_steps, NULL)),
_listed AS (
    SELECT owner, min([reached_at[1], reached_at[wanted]]) AS moments
    FROM @cxtop_grouped(p_steps, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter, p_mode, p_entries,
        p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time, NULL) CROSS JOIN _step
    WHERE (p_segment IS NULL OR label = p_segment) AND CASE p_outcome WHEN 'reached' THEN level >= wanted
        WHEN 'lost' THEN level = wanted AND wanted < last AND NOT is_open
        WHEN 'in_window' THEN level = wanted AND wanted < last AND is_open
        ELSE error('there is no outcome ''' || p_outcome || ''': use ''reached'', ''lost'' or ''in_window''') END
    GROUP BY owner
)
SELECT owner AS customer_id, make_timestamp(moments[1]) AS entered_at, make_timestamp(moments[2]) AS reached_at
FROM _listed ORDER BY ALL;

-- The customers of the period that begins at p_at. One who has several groups is listed once.
CREATE OR REPLACE MACRO @cxtop_funnel_trend_customers(p_steps, p_at, p_outcome, p_segment, p_period, p_within, p_since,
    p_until, p_by, p_top, p_customers, p_filter, p_mode, p_entries, p_attribution, p_hold, p_unit, p_excluding, p_between,
    p_exclusion, p_first_time
) AS TABLE
WITH _listed AS (
    SELECT owner, min([reached_at[1], reached_at[level]]) AS moments
    FROM @cxtop_grouped(p_steps, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter, p_mode, p_entries,
        p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time, p_period)
    CROSS JOIN (SELECT max(nth) AS last FROM @cxtop_names(p_steps, NULL))
    WHERE slot = CAST(p_at AS TIMESTAMP) AND (p_segment IS NULL OR label = p_segment) AND CASE p_outcome
        WHEN 'entered' THEN true WHEN 'converted' THEN level = last WHEN 'lost' THEN level < last
        ELSE error('there is no outcome ''' || p_outcome || ''': use ''entered'', ''converted'' or ''lost''') END
    GROUP BY owner
)
SELECT owner AS customer_id, make_timestamp(moments[1]) AS entered_at, make_timestamp(moments[2]) AS reached_at
FROM _listed ORDER BY ALL;

-- What queries name: by the names of events, and by predicates.

CREATE OR REPLACE MACRO @funnel(
    steps, within := INTERVAL 14 DAYS, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true,
    filter := true, mode := 'ordered', entries := 'any', attribution := 'entry', hold := true, excluding := false,
    excluding_between := NULL, exclusion := 'keep', first_time := NULL
) AS TABLE (
    FROM @cxtop_funnel(list_transform(steps, lambda name: name = events.event), steps,
        within, since, until, "by", top, customers, filter, mode, entries, attribution, hold,
        customer_id, excluding, excluding_between, exclusion, first_time)
);

CREATE OR REPLACE MACRO @funnel_if(
    steps, names := NULL,
    within := INTERVAL 14 DAYS, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true,
    filter := true, mode := 'ordered', entries := 'any', attribution := 'entry', hold := true, excluding := false,
    excluding_between := NULL, exclusion := 'keep', first_time := NULL
) AS TABLE (
    FROM @cxtop_funnel(steps, names,
        within, since, until, "by", top, customers, filter, mode, entries, attribution, hold,
        customer_id, excluding, excluding_between, exclusion, first_time)
),
(
    steps, unit, names := NULL,
    within := INTERVAL 14 DAYS, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true,
    filter := true, mode := 'ordered', entries := 'any', attribution := 'entry', hold := true, excluding := false,
    excluding_between := NULL, exclusion := 'keep', first_time := NULL
) AS TABLE (
    FROM @cxtop_funnel(steps, names,
        within, since, until, "by", top, customers, filter, mode, entries, attribution, hold,
        unit, excluding, excluding_between, exclusion, first_time)
);

CREATE OR REPLACE MACRO @funnel_trend(
    steps, period := 'week',
    within := INTERVAL 14 DAYS, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true,
    filter := true, mode := 'ordered', entries := 'any', attribution := 'entry', hold := true, excluding := false,
    excluding_between := NULL, exclusion := 'keep', first_time := NULL
) AS TABLE (
    FROM @cxtop_funnel_trend(list_transform(steps, lambda name: name = events.event), period,
        within, since, until, "by", top, customers, filter, mode, entries, attribution, hold,
        customer_id, excluding, excluding_between, exclusion, first_time)
);

CREATE OR REPLACE MACRO @funnel_trend_if(
    steps, period := 'week',
    within := INTERVAL 14 DAYS, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true,
    filter := true, mode := 'ordered', entries := 'any', attribution := 'entry', hold := true, excluding := false,
    excluding_between := NULL, exclusion := 'keep', first_time := NULL
) AS TABLE (
    FROM @cxtop_funnel_trend(steps, period,
        within, since, until, "by", top, customers, filter, mode, entries, attribution, hold,
        customer_id, excluding, excluding_between, exclusion, first_time)
),
(
    steps, unit, period := 'week',
    within := INTERVAL 14 DAYS, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true,
    filter := true, mode := 'ordered', entries := 'any', attribution := 'entry', hold := true, excluding := false,
    excluding_between := NULL, exclusion := 'keep', first_time := NULL
) AS TABLE (
    FROM @cxtop_funnel_trend(steps, period,
        within, since, until, "by", top, customers, filter, mode, entries, attribution, hold,
        unit, excluding, excluding_between, exclusion, first_time)
);

CREATE OR REPLACE MACRO @funnel_customers(
    steps, step := NULL, outcome := 'reached', segment := NULL,
    within := INTERVAL 14 DAYS, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true,
    filter := true, mode := 'ordered', entries := 'any', attribution := 'entry', hold := true, excluding := false,
    excluding_between := NULL, exclusion := 'keep', first_time := NULL
) AS TABLE (
    FROM @cxtop_funnel_customers(list_transform(steps, lambda name: name = events.event), step, outcome, segment,
        within, since, until, "by", top, customers, filter, mode, entries, attribution, hold,
        customer_id, excluding, excluding_between, exclusion, first_time)
);

CREATE OR REPLACE MACRO @funnel_customers_if(
    steps, step := NULL, outcome := 'reached', segment := NULL,
    within := INTERVAL 14 DAYS, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true,
    filter := true, mode := 'ordered', entries := 'any', attribution := 'entry', hold := true, excluding := false,
    excluding_between := NULL, exclusion := 'keep', first_time := NULL
) AS TABLE (
    FROM @cxtop_funnel_customers(steps, step, outcome, segment,
        within, since, until, "by", top, customers, filter, mode, entries, attribution, hold,
        customer_id, excluding, excluding_between, exclusion, first_time)
),
(
    steps, unit, step := NULL, outcome := 'reached', segment := NULL,
    within := INTERVAL 14 DAYS, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true,
    filter := true, mode := 'ordered', entries := 'any', attribution := 'entry', hold := true, excluding := false,
    excluding_between := NULL, exclusion := 'keep', first_time := NULL
) AS TABLE (
    FROM @cxtop_funnel_customers(steps, step, outcome, segment,
        within, since, until, "by", top, customers, filter, mode, entries, attribution, hold,
        unit, excluding, excluding_between, exclusion, first_time)
);

CREATE OR REPLACE MACRO @funnel_trend_customers(
    steps, "at", outcome := 'entered', segment := NULL, period := 'week',
    within := INTERVAL 14 DAYS, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true,
    filter := true, mode := 'ordered', entries := 'any', attribution := 'entry', hold := true, excluding := false,
    excluding_between := NULL, exclusion := 'keep', first_time := NULL
) AS TABLE (
    FROM @cxtop_funnel_trend_customers(list_transform(steps, lambda name: name = events.event), "at", outcome, segment, period,
        within, since, until, "by", top, customers, filter, mode, entries, attribution, hold,
        customer_id, excluding, excluding_between, exclusion, first_time)
);

CREATE OR REPLACE MACRO @funnel_trend_customers_if(
    steps, "at", outcome := 'entered', segment := NULL, period := 'week',
    within := INTERVAL 14 DAYS, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true,
    filter := true, mode := 'ordered', entries := 'any', attribution := 'entry', hold := true, excluding := false,
    excluding_between := NULL, exclusion := 'keep', first_time := NULL
) AS TABLE (
    FROM @cxtop_funnel_trend_customers(steps, "at", outcome, segment, period,
        within, since, until, "by", top, customers, filter, mode, entries, attribution, hold,
        customer_id, excluding, excluding_between, exclusion, first_time)
),
(
    steps, "at", unit, outcome := 'entered', segment := NULL, period := 'week',
    within := INTERVAL 14 DAYS, since := NULL, until := NULL, "by" := NULL, top := 10, customers := true,
    filter := true, mode := 'ordered', entries := 'any', attribution := 'entry', hold := true, excluding := false,
    excluding_between := NULL, exclusion := 'keep', first_time := NULL
) AS TABLE (
    FROM @cxtop_funnel_trend_customers(steps, "at", outcome, segment, period,
        within, since, until, "by", top, customers, filter, mode, entries, attribution, hold,
        unit, excluding, excluding_between, exclusion, first_time)
);
