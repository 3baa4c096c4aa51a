-- What cxtop's own functions are in the stock DuckDB command line, which has ICU. {zone} is the workspace's time zone and
-- {week_shift} the days from Monday to the first day of its weeks.

-- The wall-clock time in the workspace's zone of a stored (UTC) time, and back.
CREATE MACRO local_time(p_time) AS timezone('{zone}', timezone('UTC', p_time::TIMESTAMP));
CREATE MACRO utc_time(p_wall) AS timezone('UTC', timezone('{zone}', p_wall::TIMESTAMP));

-- The start of the period that holds a time; a day is already a day of the workspace's zone.
CREATE MACRO period_start(p_time, p_unit) AS
    date_trunc(p_unit,
        CASE WHEN typeof(p_time) = 'DATE' THEN p_time::TIMESTAMP ELSE local_time(p_time) END
            - CASE WHEN lower(p_unit) = 'week' THEN to_days({week_shift}) ELSE to_days(0) END)::TIMESTAMP
        + CASE WHEN lower(p_unit) = 'week' THEN to_days({week_shift}) ELSE to_days(0) END;

-- The Wilson 95 % interval of a share, and Newcombe's of the difference of two.
CREATE MACRO wilson_half(p_hits, p_tries) AS
    1.959963984540054 / (p_tries + 1.959963984540054 ** 2)
        * sqrt(p_hits::DOUBLE * (p_tries - p_hits) / nullif(p_tries, 0) + 1.959963984540054 ** 2 / 4);
CREATE MACRO wilson_low(p_hits, p_tries) AS
    CASE WHEN p_tries > 0 AND p_hits BETWEEN 0 AND p_tries THEN greatest(0,
        (p_hits + 1.959963984540054 ** 2 / 2) / (p_tries + 1.959963984540054 ** 2) - wilson_half(p_hits, p_tries)) END;
CREATE MACRO wilson_high(p_hits, p_tries) AS
    CASE WHEN p_tries > 0 AND p_hits BETWEEN 0 AND p_tries THEN least(1,
        (p_hits + 1.959963984540054 ** 2 / 2) / (p_tries + 1.959963984540054 ** 2) + wilson_half(p_hits, p_tries)) END;
CREATE MACRO wilson_margin(p_hits, p_tries) AS (wilson_high(p_hits, p_tries) - wilson_low(p_hits, p_tries)) / 2;
CREATE MACRO newcombe_low(p_hits, p_tries, p_other_hits, p_other_tries) AS
    p_hits::DOUBLE / nullif(p_tries, 0) - p_other_hits::DOUBLE / nullif(p_other_tries, 0)
        - sqrt((p_hits::DOUBLE / nullif(p_tries, 0) - wilson_low(p_hits, p_tries)) ** 2
            + (wilson_high(p_other_hits, p_other_tries) - p_other_hits::DOUBLE / nullif(p_other_tries, 0)) ** 2);
CREATE MACRO newcombe_high(p_hits, p_tries, p_other_hits, p_other_tries) AS
    p_hits::DOUBLE / nullif(p_tries, 0) - p_other_hits::DOUBLE / nullif(p_other_tries, 0)
        + sqrt((wilson_high(p_hits, p_tries) - p_hits::DOUBLE / nullif(p_tries, 0)) ** 2
            + (p_other_hits::DOUBLE / nullif(p_other_tries, 0) - wilson_low(p_other_hits, p_other_tries)) ** 2);

-- Half the adjusted-Wald 95 % interval of a Net Promoter Score, in points.
CREATE MACRO nps_margin_of(p_promoters, p_detractors, p_answers) AS
    CASE WHEN p_answers > 0 THEN 100 * 1.959963984540054 * sqrt((
        (p_promoters + 0.75) / (p_answers + 3.0) + (p_detractors + 0.75) / (p_answers + 3.0)
            - ((p_promoters - p_detractors) / (p_answers + 3.0)) ** 2) / (p_answers + 3.0)) END;
