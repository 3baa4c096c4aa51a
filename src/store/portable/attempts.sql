-- Finds the attempts of every journey, and the one that counts in each.

-- Until when the next step can be taken: from the entry, or from the step before; and until p_cut.
CREATE OR REPLACE MACRO @cxtop_latest(p_entered, p_at, p_done, p_windows, p_is_by_step, p_cut) AS
    least(CASE WHEN p_is_by_step THEN p_at + p_windows[p_done] ELSE p_entered + p_windows[1] END, p_cut);

-- One row for every journey with an attempt (with p_period, one for every period of entry): the attempt that gets
-- furthest, of these the one that gets there first, of these the one that began last. `reached_at` holds the moment of
-- each step done; `is_open` says whether the window of an attempt that got as far has not ended yet. p_groups holds the
-- values that have a funnel of their own with attribution 'each'; all have one where it is NULL.
CREATE OR REPLACE MACRO @cxtop_attempts(p_steps, p_within, p_since, p_until, p_by, p_customers, p_filter, p_mode,
    p_entries, p_attribution, p_hold, p_unit, p_excluding, p_between, p_exclusion, p_first_time, p_period, p_groups
) AS TABLE
WITH RECURSIVE
_options AS MATERIALIZED (
    SELECT goal, @cxtop_lengths(p_within) AS lengths, starts_with(CAST(p_within AS VARCHAR), '[') AS is_by_step,
        @cxtop_since(p_since) AS low, @cxtop_until(p_until) AS high, @cxtop_now() AS now,
        coalesce(CAST(p_between AS BIGINT[])[1], 1) AS cut_from, coalesce(CAST(p_between AS BIGINT[])[2], 99) AS cut_to
    FROM (SELECT 1) LEFT JOIN customers ON false,
        LATERAL (SELECT len(p_steps) AS goal FROM (SELECT 1) LEFT JOIN events ON false)
),
_people AS (
    SELECT * FROM (SELECT DISTINCT customer_id FROM events WHERE customer_id IS NOT NULL)
        LEFT JOIN customers USING (customer_id)
    WHERE p_customers
),
-- What the arguments say of every event. The bits of `bits` are the steps that it matches.
_rows AS MATERIALIZED (
    SELECT row_number() OVER () AS id, event.* EXCLUDE (label), label,
        CASE WHEN p_attribution = 'each' THEN CASE WHEN p_groups IS NULL THEN label
            WHEN list_contains(p_groups, coalesce('=' || label, '')) THEN label ELSE '(other)' END END AS own
    FROM _people, LATERAL (
        SELECT p_unit AS owner, epoch_us(ts) AS moment, coalesce(p_excluding, false) AS is_excluded,
            CAST(p_by AS VARCHAR) AS label, CAST(p_hold AS VARCHAR) AS held,
            CASE WHEN p_hold IS NULL THEN 0 ELSE coalesce(list_sum(list_transform(p_steps,
                lambda matches, nth: CASE WHEN matches THEN 1 << (nth - 1) ELSE 0 END)), 0) END::BIGINT AS bits
        FROM events WHERE events.customer_id = _people.customer_id AND p_filter
    ) AS event
    WHERE owner IS NOT NULL
),
_journeys AS MATERIALIZED (
    SELECT row_number() OVER () AS journey, * FROM (SELECT DISTINCT owner, own FROM _rows)
),
-- A lane holds the events of a journey that carry the same value of `hold`.
_lanes AS MATERIALIZED (
    SELECT row_number() OVER () AS lane, * FROM (
        SELECT DISTINCT journey, held FROM _rows JOIN _journeys
            ON _rows.owner = _journeys.owner AND _rows.own IS NOT DISTINCT FROM _journeys.own)
),
_placed AS MATERIALIZED (
    SELECT journey, lane, _rows.* FROM _rows
    JOIN _journeys ON _rows.owner = _journeys.owner AND _rows.own IS NOT DISTINCT FROM _journeys.own
    JOIN _lanes USING (journey) WHERE _rows.held IS NOT DISTINCT FROM _lanes.held
),
-- For the steps of p_first_time, only the moment of the journey's first match counts.
_limited AS MATERIALIZED (
    SELECT coalesce(bit_or(1::BIGINT << (nth - 1)), 0) AS limited FROM (SELECT unnest(CAST(p_first_time AS BIGINT[])) AS nth)
),
_firsts AS (
    SELECT journey, moment, bit_or(bit) AS allowed FROM (
        SELECT journey, bit, min(moment) AS moment
        FROM _placed, (SELECT 1::BIGINT << (nth - 1) AS bit FROM (SELECT unnest(CAST(p_first_time AS BIGINT[])) AS nth))
        WHERE bits & bit != 0 GROUP BY ALL)
    GROUP BY ALL
),
_events AS MATERIALIZED (
    SELECT _placed.* REPLACE (bits & (~limited | coalesce(allowed, 0)) AS bits)
    FROM _placed CROSS JOIN _limited LEFT JOIN _firsts USING (journey, moment)
),
_excluded AS MATERIALIZED (SELECT DISTINCT journey, moment FROM _events WHERE is_excluded),

-- Ordered. How far one who has done `done` steps before an instant can get at it: events that match the same steps can
-- stand for each other, so only their numbers matter, and only instants with several events need to be tried out.
_kinds AS MATERIALIZED (
    SELECT journey, lane, moment, bits, count(*) AS events FROM _events
    WHERE bits != 0 AND p_mode = 'ordered' GROUP BY ALL
),
_instants AS MATERIALIZED (
    SELECT journey, lane, moment, sum(events) AS events, bit_or(bits) AS bits FROM _kinds GROUP BY ALL
),
_tries AS (
    SELECT journey, lane, moment, done, done AS reached, []::BIGINT[] AS used
    FROM _instants, (SELECT unnest(range(goal)) AS done FROM _options)
    WHERE events > 1 AND bits & (1::BIGINT << done) != 0
    UNION
    SELECT _tries.journey, lane, moment, done, reached + 1, list_sort(list_append(used, _kinds.bits))
    FROM _tries JOIN _kinds USING (lane, moment) CROSS JOIN _options
    WHERE reached < goal AND _kinds.bits & (1::BIGINT << reached) != 0
        AND len(list_filter(used, lambda kind: kind = _kinds.bits)) < _kinds.events
),
_leaps AS (
    SELECT journey, lane, moment, done, max(reached) AS reached FROM _tries GROUP BY ALL HAVING max(reached) > done
    UNION ALL
    SELECT journey, lane, moment, done, done + 1
    FROM _instants, (SELECT unnest(range(goal)) AS done FROM _options)
    WHERE events = 1 AND bits & (1::BIGINT << done) != 0
),
-- A leap is fresh when an excluded event lies between it and the one before: an attempt may prefer it to that one.
_steps AS MATERIALIZED (
    SELECT _leaps.*, coalesce(_excluded.moment > lag(_leaps.moment) OVER (PARTITION BY lane, done ORDER BY _leaps.moment), true)
        AND _excluded.moment IS NOT NULL AS is_fresh
    FROM _leaps ASOF LEFT JOIN _excluded ON _leaps.journey = _excluded.journey AND _leaps.moment >= _excluded.moment
),
-- Without cuts and windows a step, who takes each step as early as possible gets furthest.
_greedy AS MATERIALIZED (
    SELECT NOT is_by_step AND (p_exclusion = 'drop' OR NOT EXISTS (FROM _excluded)) AS is_greedy FROM _options
),

-- Where an attempt can be, with so many steps done and the last of them at this moment: the next excluded event, and the
-- next chance to go on.
_places AS MATERIALIZED (
    SELECT here.*, _excluded.moment AS cut, _steps.moment AS next_moment, _steps.reached AS next_reached
    FROM (SELECT DISTINCT journey, lane, moment, unnest(range(done + 1, reached + 1)) AS done FROM _steps) AS here
    ASOF LEFT JOIN _excluded ON here.journey = _excluded.journey AND here.moment < _excluded.moment
    ASOF LEFT JOIN _steps ON here.lane = _steps.lane AND here.done = _steps.done AND here.moment < _steps.moment
),

-- Strict. Every event has its place in the journey.
_queue AS MATERIALIZED (
    SELECT journey, lane, moment, bits, row_number() OVER (PARTITION BY journey
        ORDER BY moment, CASE WHEN bits = 0 THEN 1::BIGINT << 40 ELSE bits & -bits END, bits, held NULLS LAST) AS place
    FROM _events WHERE p_mode = 'strict'
),

-- Any order. Every event that matches a step has its place in the lane.
_matches AS MATERIALIZED (
    SELECT journey, lane, moment, bits, row_number() OVER (PARTITION BY lane ORDER BY moment, id) AS place
    FROM _events WHERE bits != 0 AND p_mode = 'any'
),
_patterns AS MATERIALIZED (SELECT DISTINCT lane, bits FROM _matches),
-- From every place, and from before the first: the next event of each pattern, and the next excluded events.
_nexts AS MATERIALIZED (
    SELECT here.lane, here.place, here.bits AS pattern, _matches.place AS next_place, _matches.moment AS next_moment,
        _from.moment AS cut_now, _after.moment AS cut_after
    FROM (
        SELECT journey, lane, place, moment, _patterns.bits FROM _matches JOIN _patterns USING (lane)
        UNION ALL
        SELECT journey, lane, 0, moment, _patterns.bits FROM _matches JOIN _patterns USING (lane) WHERE place = 1
    ) AS here
    ASOF JOIN _matches ON here.lane = _matches.lane AND here.bits = _matches.bits AND here.place < _matches.place
    ASOF LEFT JOIN _excluded AS _from ON here.journey = _from.journey AND here.moment <= _from.moment
    ASOF LEFT JOIN _excluded AS _after ON here.journey = _after.journey AND here.moment < _after.moment
),
-- Steps that the same events match are taken in their order: the one before each, as a bit.
_alike AS MATERIALIZED (
    SELECT list(before ORDER BY nth) AS before FROM (
        SELECT nth, coalesce(max(1::BIGINT << other) FILTER (other < nth AND is_alike), 0) AS before FROM (
            SELECT one.nth, two.nth AS other, bool_and((bits >> one.nth) & 1 = (bits >> two.nth) & 1) AS is_alike
            FROM (SELECT unnest(range(goal)) AS nth FROM _options) AS one
            CROSS JOIN (SELECT unnest(range(goal)) AS nth FROM _options) AS two
            CROSS JOIN (SELECT DISTINCT bits FROM _patterns)
            GROUP BY ALL)
        GROUP BY nth)
),

_candidates AS (
    SELECT journey, lane, moment, reached, 0 AS place FROM _steps WHERE done = 0
    UNION ALL SELECT journey, lane, moment, 1, place FROM _queue WHERE bits & 1 != 0
    UNION ALL SELECT journey, lane, moment, 0, min(place) - 1 FROM _matches GROUP BY journey, lane, moment
),
_entries AS MATERIALIZED (
    SELECT row_number() OVER () AS attempt, journey, lane, _candidates.moment AS entered, reached, place
    FROM _candidates CROSS JOIN _options
    WHERE _candidates.moment >= low AND _candidates.moment < high
    QUALIFY p_entries = 'any' OR _candidates.moment = min(_candidates.moment) OVER (PARTITION BY journey)
),

-- Where attempts can be: with so many steps done, the last of them at this moment.
_ordered AS (
    SELECT attempt, journey, lane, entered, unnest(range(CASE WHEN is_greedy THEN reached ELSE 1 END, reached + 1)) AS done,
        entered AS moment
    FROM _entries CROSS JOIN _greedy WHERE p_mode = 'ordered'
    UNION
    (
        -- The next chance.
        SELECT attempt, _ordered.journey, _ordered.lane, entered,
            unnest(range(CASE WHEN is_greedy THEN next_reached ELSE _ordered.done + 1 END, next_reached + 1)), next_moment
        FROM _ordered JOIN _places USING (lane, done, moment) CROSS JOIN _options CROSS JOIN _greedy
        WHERE next_moment <= @cxtop_latest(entered, _ordered.moment, _ordered.done, lengths, is_by_step,
            CASE WHEN p_exclusion = 'keep' AND _ordered.done BETWEEN cut_from AND cut_to - 1 THEN cut END)
        UNION ALL
        -- Later chances, where it can pay to let the next one pass.
        SELECT attempt, _ordered.journey, _ordered.lane, entered,
            unnest(range(_ordered.done + 1, _steps.reached + 1)), _steps.moment
        FROM _ordered JOIN _places USING (lane, done, moment) CROSS JOIN _options CROSS JOIN _greedy
        JOIN _steps ON _ordered.lane = _steps.lane AND _ordered.done = _steps.done AND next_moment < _steps.moment
        WHERE NOT is_greedy AND (is_by_step OR (is_fresh AND _ordered.done BETWEEN cut_from - 1 AND cut_to - 1))
            AND _steps.moment <= @cxtop_latest(entered, _ordered.moment, _ordered.done, lengths, is_by_step,
                CASE WHEN p_exclusion = 'keep' AND _ordered.done BETWEEN cut_from AND cut_to - 1 THEN cut END)
    )
),
_strict AS (
    SELECT attempt, journey, lane, entered, 1 AS done, entered AS moment, place FROM _entries WHERE p_mode = 'strict'
    UNION ALL
    SELECT attempt, _strict.journey, _strict.lane, entered, done + 1, _queue.moment, _queue.place
    FROM _strict CROSS JOIN _options
    JOIN _queue ON _queue.journey = _strict.journey AND _queue.place = _strict.place + 1 AND _queue.lane = _strict.lane
    WHERE _queue.bits & (1::BIGINT << done) != 0
        AND _queue.moment <= @cxtop_latest(entered, _strict.moment, done, lengths, is_by_step, NULL)
),
-- `fills` are the sets of steps that so many events can fill; an event that matches none but steps of all of them
-- (`always`) adds nothing.
_any AS (
    SELECT attempt, journey, lane, entered, 0 AS done, entered AS moment, place, [0::BIGINT] AS fills, 0::BIGINT AS always
    FROM _entries WHERE p_mode = 'any'
    UNION ALL
    SELECT attempt, journey, lane, entered, done + 1, next.moment, next.place, filled,
        list_reduce(filled, lambda one, other: one & other)
    FROM (
        SELECT *, list_distinct(flatten(list_transform(fills, lambda fill:
            list_transform(list_filter(range(len(before)), lambda nth: next.bits & ~fill & (1::BIGINT << nth) != 0
                    AND before[nth + 1] & ~fill = 0),
                lambda nth: fill | (1::BIGINT << nth))))) AS filled
        FROM (
            SELECT attempt, _any.journey, _any.lane, entered, done, fills,
                min(struct_pack(place := next_place, moment := next_moment, bits := pattern)) AS next
            FROM _any JOIN _nexts USING (lane, place) CROSS JOIN _options
            WHERE pattern & ~always != 0 AND next_moment <= least(entered + lengths[1],
                CASE WHEN p_exclusion != 'keep' OR done NOT BETWEEN cut_from AND cut_to - 1 THEN NULL
                    WHEN _any.moment = entered THEN cut_after ELSE cut_now END)
            GROUP BY ALL
        ) CROSS JOIN _alike
    )
),

_states AS MATERIALIZED (
    SELECT attempt, journey, lane, entered, done, moment FROM _ordered
    UNION ALL SELECT attempt, journey, lane, entered, done, moment FROM _strict
    UNION ALL SELECT attempt, journey, lane, entered, done, moment FROM _any WHERE done > 0
),
_reached AS MATERIALIZED (
    SELECT attempt, journey, lane, entered, max(done) AS level,
        list_transform(range(1, max(done) + 1), lambda nth: list_min(list_transform(
            list_filter(list(struct_pack(done, moment)), lambda state: state.done >= nth), lambda state: state.moment))) AS reached_at
    FROM _states GROUP BY attempt, journey, lane, entered
),
-- An attempt is void when something excluded comes while it has done p_between[1] but not yet p_between[2].
_stretches AS (
    SELECT attempt, journey, greatest(entered + 1, reached_at[done]) AS low,
        least(coalesce(reached_at[done + 1] - 1, 4000000000000000000),
            @cxtop_latest(entered, reached_at[done], done, lengths, is_by_step, NULL)) AS high
    FROM (SELECT *, unnest(range(cut_from, least(cut_to - 1, level) + 1)) AS done FROM _reached CROSS JOIN _options)
    WHERE p_exclusion = 'drop' AND done < goal
),
_void AS (
    SELECT DISTINCT attempt FROM _stretches ASOF JOIN _excluded
        ON _stretches.journey = _excluded.journey AND low <= _excluded.moment WHERE _excluded.moment <= high
),
-- An attempt is open as long as its window is, unless something excluded has cut it.
_open AS (
    SELECT DISTINCT attempt FROM (
        SELECT _states.*, cut_from, cut_to, now, @cxtop_latest(_states.entered, moment, done, lengths, is_by_step, NULL) AS ends,
            CASE p_mode WHEN 'any' THEN greatest(moment, _states.entered + 1) ELSE moment + 1 END AS follows
        FROM _states JOIN _reached USING (attempt) CROSS JOIN _options WHERE done = level AND done < goal
    ) AS here ASOF LEFT JOIN _excluded ON here.journey = _excluded.journey AND follows <= _excluded.moment
    WHERE ends >= now AND (p_exclusion = 'drop' OR done NOT BETWEEN cut_from AND cut_to - 1
        OR coalesce(_excluded.moment > ends, true))
),
_ranked AS (
    SELECT *, CASE WHEN p_period IS NOT NULL THEN @cxtop_period(entered, p_period) END AS slot,
        attempt IN (FROM _open) AS is_open
    FROM _reached JOIN (SELECT attempt, place FROM _entries) USING (attempt) JOIN (SELECT lane, held FROM _lanes) USING (lane)
    WHERE attempt NOT IN (FROM _void)
),
_counted AS MATERIALIZED (
    SELECT * REPLACE (bool_or(is_open AND level = furthest) OVER (PARTITION BY journey, slot) AS is_open)
    FROM (SELECT *, max(level) OVER (PARTITION BY journey, slot) AS furthest FROM _ranked)
    QUALIFY row_number() OVER (PARTITION BY journey, slot
        ORDER BY level DESC, reached_at[level], entered DESC, held, place DESC) = 1
),
-- The value at each step of the attempt that counts.
_values AS (
    SELECT here.journey, slot, done, min(label) AS label
    FROM (SELECT *, unnest(range(1, level + 1)) AS done FROM _counted) AS here
    JOIN _events ON here.lane = _events.lane AND here.reached_at[done] = _events.moment
        AND _events.bits & (CASE p_mode WHEN 'any' THEN -1::BIGINT ELSE 1::BIGINT << (done - 1) END) != 0
    GROUP BY ALL
),
_attributed AS (
    SELECT journey, slot, CASE p_attribution WHEN 'entry' THEN max(label) FILTER (done = 1)
        WHEN 'first' THEN arg_min(label, done) WHEN 'last' THEN arg_max(label, done)
        ELSE max(label) FILTER (p_attribution = 'step ' || done) END AS label
    FROM _values GROUP BY ALL
)
SELECT owner, _counted.slot, CASE p_attribution WHEN 'each' THEN own ELSE _attributed.label END AS label,
    level, reached_at, is_open
FROM _counted JOIN _journeys USING (journey)
LEFT JOIN _attributed ON _counted.journey = _attributed.journey AND _counted.slot IS NOT DISTINCT FROM _attributed.slot;
