-- Intervals of shares and scores at 95 %, which cxtop computes in Rust. 3.84… is z².

CREATE OR REPLACE MACRO cxtop_wilson(p_hits, p_tries, p_side) AS
    CASE WHEN p_tries > 0 AND p_hits BETWEEN 0 AND p_tries THEN
        (p_hits + 3.8414588206941254e0 / 2) / (p_tries + 3.8414588206941254e0)
        + p_side * 1.959963984540054e0 / (p_tries + 3.8414588206941254e0)
            * sqrt(p_hits * (p_tries - p_hits)::DOUBLE / p_tries + 3.8414588206941254e0 / 4) END;
CREATE OR REPLACE MACRO wilson_low(p_hits, p_tries) AS greatest(cxtop_wilson(p_hits, p_tries, -1), CASE WHEN p_tries > 0 AND p_hits BETWEEN 0 AND p_tries THEN 0.0 END);
CREATE OR REPLACE MACRO wilson_high(p_hits, p_tries) AS least(cxtop_wilson(p_hits, p_tries, 1), CASE WHEN p_tries > 0 AND p_hits BETWEEN 0 AND p_tries THEN 1.0 END);
CREATE OR REPLACE MACRO wilson_margin(p_hits, p_tries) AS (wilson_high(p_hits, p_tries) - wilson_low(p_hits, p_tries)) / 2;

-- The difference of two shares, by Newcombe's hybrid of two Wilson intervals.
CREATE OR REPLACE MACRO newcombe_low(p_hits, p_tries, p_other_hits, p_other_tries) AS
    p_hits / p_tries - p_other_hits / p_other_tries
        - sqrt((p_hits / p_tries - wilson_low(p_hits, p_tries)) ** 2
            + (wilson_high(p_other_hits, p_other_tries) - p_other_hits / p_other_tries) ** 2);
CREATE OR REPLACE MACRO newcombe_high(p_hits, p_tries, p_other_hits, p_other_tries) AS
    p_hits / p_tries - p_other_hits / p_other_tries
        + sqrt((wilson_high(p_hits, p_tries) - p_hits / p_tries) ** 2
            + (p_other_hits / p_other_tries - wilson_low(p_other_hits, p_other_tries)) ** 2);

-- The ± of a Net Promoter Score in points, adjusted-Wald.
CREATE OR REPLACE MACRO nps_margin_of(p_promoters, p_detractors, p_answers) AS
    CASE WHEN p_answers > 0 AND least(p_promoters, p_detractors) >= 0 AND p_promoters + p_detractors <= p_answers THEN
        100 * 1.959963984540054e0 * sqrt(((p_promoters + 0.75e0) / (p_answers + 3) + (p_detractors + 0.75e0) / (p_answers + 3)
            - ((p_promoters - p_detractors) / (p_answers + 3)) ** 2) / (p_answers + 3)) END;


-- The modified z-score of a value beside earlier ones, which come as one text of numbers between spaces (Iglewicz and
-- Hoaglin 1993); NULL with fewer than four of them, or when all are equal.
CREATE OR REPLACE MACRO _numbers(p_text) AS
    list_transform(list_filter(string_split(coalesce(p_text, ''), ' '), lambda number: number <> ''),
                   lambda number: CAST(number AS DOUBLE));
CREATE OR REPLACE MACRO _distances(p_numbers) AS
    list_transform(p_numbers, lambda number: abs(number - list_median(p_numbers)));
CREATE OR REPLACE MACRO anomaly_score(p_value, p_earlier) AS
    CASE WHEN len(_numbers(p_earlier)) < 4 THEN NULL
         WHEN list_median(_distances(_numbers(p_earlier))) > 0
         THEN 0.6745 * (p_value - list_median(_numbers(p_earlier))) / list_median(_distances(_numbers(p_earlier)))
         WHEN list_avg(_distances(_numbers(p_earlier))) > 0
         THEN (p_value - list_median(_numbers(p_earlier))) / (1.253314 * list_avg(_distances(_numbers(p_earlier))))
    END;
