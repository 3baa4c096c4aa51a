-- Periods in the workspace's time zone. `since` and `until` are local days; stored times are UTC.

-- The first instant of the period that holds the local day `p_day`, so that a trend begins with a whole period.
CREATE MACRO range_start(p_day, p_unit) AS utc_time(period_start(utc_time(p_day), p_unit));

-- The wall-clock end of a period: the start of the next one.
CREATE MACRO period_end(p_period, p_unit) AS p_period + ('1 ' || p_unit)::INTERVAL;

-- Every period that touches [p_since, p_until), also those without a row. The period of `p_today` is still open.
CREATE MACRO calendar(p_since, p_until, p_unit, p_today) AS TABLE
SELECT period, period_end(period, p_unit) <= least(p_until, p_today) AS complete
FROM periods(p_since, p_until, p_unit);

-- The first day of the equally long stretch just before [p_since, p_until).
CREATE MACRO day_before(p_since, p_until) AS p_since - (p_until - p_since)::INTEGER;
