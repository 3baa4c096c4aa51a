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
    SELECT list(coalesce('=' || segment, '')) AS segments FROM (
        SELECT segment FROM _all GROUP BY segment
        QUALIFY row_number() OVER (ORDER BY count(DISTINCT unit) DESC, segment NULLS LAST) <= p_top)
)
SELECT * REPLACE (CASE WHEN list_contains(segments, coalesce('=' || segment, '')) THEN segment ELSE '(other)' END AS segment)
FROM _all CROSS JOIN _large WHERE p_attribution != 'each'
UNION ALL
SELECT *, NULL FROM @cxtop_attempts(p_steps, p_within, p_since, p_until, p_by, p_customers, p_filter AND p_attribution = 'each',
    p_mode, p_entries, p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time, p_period,
    (SELECT segments FROM _large));

-- The names of the steps.
CREATE OR REPLACE MACRO @cxtop_names(p_steps, p_names) AS TABLE
    SELECT unnest(range(1, steps + 1)) AS step_no, p_names AS names
    FROM (SELECT 1) LEFT JOIN customers ON false,
        LATERAL (SELECT len(p_steps) AS steps FROM (SELECT 1) LEFT JOIN events ON false);

CREATE OR REPLACE MACRO @cxtop_funnel(p_steps, p_names, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter,
    p_mode, p_entries, p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time
) AS TABLE
WITH _counted AS MATERIALIZED (
    FROM @cxtop_grouped(p_steps, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter, p_mode, p_entries,
        p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time, NULL)
),
_segments AS (SELECT DISTINCT segment FROM _counted UNION ALL SELECT NULL WHERE NOT EXISTS (FROM _counted)),
_bars AS (
    SELECT _names.step_no, coalesce(names[_names.step_no], 'step ' || _names.step_no) AS step, _segments.segment,
        count(unit) AS people, count(*) FILTER (level = _names.step_no AND is_open) AS open,
        median((reached_at[_names.step_no] - reached_at[_names.step_no - 1]) / 1e6) AS median_seconds,
        avg((reached_at[_names.step_no] - reached_at[_names.step_no - 1]) / 1e6) AS mean_seconds
    FROM _segments CROSS JOIN (FROM @cxtop_names(p_steps, p_names)) AS _names
    LEFT JOIN _counted ON _counted.segment IS NOT DISTINCT FROM _segments.segment AND level >= _names.step_no
    GROUP BY ALL
)
SELECT step_no::INTEGER AS step_no, step, segment, people AS customers,
    people / nullif(first(people) OVER steps, 0) AS conversion, people / nullif(lag(people) OVER steps, 0) AS from_previous,
    coalesce(people - lead(people) OVER steps - open, 0) AS lost,
    CASE WHEN lead(people) OVER steps IS NULL THEN 0 ELSE open END AS in_window, median_seconds, mean_seconds
FROM _bars WINDOW steps AS (PARTITION BY segment ORDER BY step_no ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
ORDER BY segment NULLS LAST, step_no;

CREATE OR REPLACE MACRO @cxtop_funnel_trend(p_steps, p_period, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter,
    p_mode, p_entries, p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time
) AS TABLE
WITH _counted AS MATERIALIZED (
    FROM @cxtop_grouped(p_steps, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter, p_mode, p_entries,
        p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time, p_period)
),
_segments AS (SELECT DISTINCT segment FROM _counted UNION ALL SELECT NULL WHERE NOT EXISTS (FROM _counted)),
_range AS (
    SELECT coalesce(@cxtop_period(@cxtop_moment(p_since), p_period), min(period)) AS first,
        coalesce(@cxtop_period(@cxtop_moment(p_until) - 1, p_period), max(period)) AS last
    FROM _counted
),
_periods AS (
    SELECT @cxtop_shift(first, p_period, number) AS period
    FROM _range, LATERAL (SELECT unnest(range(@cxtop_ordinal(last, p_period) - @cxtop_ordinal(first, p_period) + 1)) AS number)
),
_entered AS (
    SELECT _periods.period AS started, _segments.segment, count(unit) AS entered,
        count(*) FILTER (level = (SELECT max(step_no) FROM @cxtop_names(p_steps, NULL))) AS converted
    FROM _periods CROSS JOIN _segments
    LEFT JOIN _counted ON _periods.period = _counted.period AND _segments.segment IS NOT DISTINCT FROM _counted.segment
    GROUP BY ALL
)
SELECT started AS period, segment, entered, converted, converted / nullif(entered, 0) AS conversion,
    @cxtop_utc(@cxtop_shift(started, p_period, 1)) + list_sum(@cxtop_lengths(p_within)) <= @cxtop_now() AS complete
FROM _entered ORDER BY started, segment NULLS LAST;

CREATE OR REPLACE MACRO @cxtop_funnel_customers(p_steps, p_step, p_outcome, p_segment, p_within, p_since, p_until, p_by, p_top,
    p_customers, p_filter, p_mode, p_entries, p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time
) AS TABLE
WITH _step AS (SELECT coalesce(p_step, max(step_no)) AS wanted, max(step_no) AS last FROM @cxtop_names(p_steps, NULL))
SELECT unit AS customer_id, make_timestamp(reached_at[1]) AS entered_at, make_timestamp(reached_at[wanted]) AS reached_at
FROM @cxtop_grouped(p_steps, p_within, p_since, p_until, p_by, p_top, p_customers, p_filter, p_mode, p_entries,
    p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time, NULL) CROSS JOIN _step
WHERE (p_segment IS NULL OR segment = p_segment) AND CASE p_outcome WHEN 'reached' THEN level >= wanted
    WHEN 'lost' THEN level = wanted AND wanted < last AND NOT is_open
    WHEN 'in_window' THEN level = wanted AND wanted < last AND is_open
    ELSE error('there is no outcome ''' || p_outcome || ''': use ''reached'', ''lost'' or ''in_window''') END
ORDER BY ALL;

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
