-- Intervals that the built-in functions do not give.

-- The half-width of the 95 % interval of a mean; NULL for fewer than two numbers.
CREATE MACRO mean_margin(p_value) AS 1.959963984540054 * stddev_samp(p_value) / nullif(sqrt(count(p_value)), 0);
