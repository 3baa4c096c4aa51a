-- Scores. Arguments start with p_ so that they cannot be mistaken for columns.

-- Net Promoter Score in points: promoters (9-10) minus detractors (0-6), in percent of all answers from 0 to 10.
CREATE OR REPLACE MACRO nps(p_score) AS
    100 * avg(CASE WHEN p_score BETWEEN 9 AND 10 THEN 1 WHEN p_score BETWEEN 0 AND 6 THEN -1
                   WHEN p_score BETWEEN 0 AND 10 THEN 0 END);

-- Its ± in points: half the width of the adjusted-Wald 95 % interval.
CREATE OR REPLACE MACRO nps_margin(p_score) AS
    nps_margin_of(count(*) FILTER (WHERE p_score BETWEEN 9 AND 10), count(*) FILTER (WHERE p_score BETWEEN 0 AND 6),
                  count(*) FILTER (WHERE p_score BETWEEN 0 AND 10));

-- Customer satisfaction as a fraction: the two best marks of a scale from 1 (from 0 where it goes to 10).
CREATE OR REPLACE MACRO csat(p_score, p_scale_max := 5) AS
    avg(CASE WHEN p_score BETWEEN p_scale_max - 1 AND p_scale_max THEN 1
             WHEN p_score BETWEEN CASE WHEN p_scale_max >= 10 THEN 0 ELSE 1 END AND p_scale_max THEN 0 END);

-- Its ±: half the width of the Wilson 95 % interval.
CREATE OR REPLACE MACRO csat_margin(p_score, p_scale_max := 5) AS
    wilson_margin(count(*) FILTER (WHERE p_score BETWEEN p_scale_max - 1 AND p_scale_max),
                  count(*) FILTER (WHERE p_score BETWEEN CASE WHEN p_scale_max >= 10 THEN 0 ELSE 1 END AND p_scale_max));

-- Customer Effort Score 2.0 on 1-7, as its three published scorings: the mean, the share that agrees (5-7), and the
-- index in points (6-7 minus 1-3).
CREATE OR REPLACE MACRO ces(p_score) AS avg(p_score) FILTER (WHERE p_score BETWEEN 1 AND 7);

CREATE OR REPLACE MACRO ces_margin(p_score) AS
    1.959963984540054 * stddev_samp(p_score) FILTER (WHERE p_score BETWEEN 1 AND 7)
        / sqrt(nullif(count(*) FILTER (WHERE p_score BETWEEN 1 AND 7), 0));

CREATE OR REPLACE MACRO ces_agree(p_score) AS
    avg(CASE WHEN p_score BETWEEN 5 AND 7 THEN 1 WHEN p_score BETWEEN 1 AND 7 THEN 0 END);

CREATE OR REPLACE MACRO ces_index(p_score) AS
    100 * avg(CASE WHEN p_score BETWEEN 6 AND 7 THEN 1 WHEN p_score BETWEEN 1 AND 3 THEN -1
                   WHEN p_score BETWEEN 1 AND 7 THEN 0 END);

-- Every period of the workspace's zone that overlaps the days from since to until (exclusive), by its first moment.
CREATE OR REPLACE MACRO periods(since, until, unit) AS TABLE
    SELECT unnest(generate_series(
        period_start(CAST(since AS DATE), unit),
        CAST(until AS TIMESTAMP) - INTERVAL 1 MICROSECOND,
        CASE lower(unit) WHEN 'minute' THEN INTERVAL 1 MINUTE WHEN 'hour' THEN INTERVAL 1 HOUR
            WHEN 'day' THEN INTERVAL 1 DAY WHEN 'week' THEN INTERVAL 7 DAYS WHEN 'month' THEN INTERVAL 1 MONTH
            WHEN 'quarter' THEN INTERVAL 3 MONTHS ELSE INTERVAL 1 YEAR END)) AS period;

-- The difference of two shares, the first minus the second, with its 95 % interval (Newcombe 1998, method 10).
CREATE OR REPLACE MACRO newcombe(p_k1, p_n1, p_k2, p_n2) AS
    {'difference': CASE WHEN newcombe_low(p_k1, p_n1, p_k2, p_n2) IS NOT NULL THEN p_k1 / p_n1 - p_k2 / p_n2 END,
     'low': newcombe_low(p_k1, p_n1, p_k2, p_n2), 'high': newcombe_high(p_k1, p_n1, p_k2, p_n2)};

-- Two Net Promoter Scores in points, the first minus the second, with the 95 % interval of the difference; it is real
-- when the interval leaves out zero. The margins of the two add as squares, because the samples are independent.
CREATE OR REPLACE MACRO nps_compare(promoters, detractors, answers, other_promoters, other_detractors, other_answers) AS TABLE
    SELECT CASE WHEN margin IS NOT NULL THEN difference END AS difference,
           difference - margin AS low, difference + margin AS high, abs(difference) > margin AS is_real
    FROM (SELECT 100 * ((promoters - detractors) / nullif(answers, 0)
                        - (other_promoters - other_detractors) / nullif(other_answers, 0)) AS difference,
                 sqrt(nps_margin_of(promoters, detractors, answers) ** 2
                      + nps_margin_of(other_promoters, other_detractors, other_answers) ** 2) AS margin);

-- How unusual a value is beside those of the same weekday in up to eight weeks before: the modified z-score, unusual
-- beyond 3.5 in either direction; NULL with fewer than four of them. One row a period, over the rows of the query.
CREATE OR REPLACE MACRO anomaly(p_value, p_period) AS
    anomaly_score(p_value, array_to_string(list(p_value) OVER (
        PARTITION BY dayofweek(p_period) ORDER BY p_period ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING), ' '));
