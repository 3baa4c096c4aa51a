//! How sure a score is: 95 % intervals for NPS, for a share, and for the difference of two shares (METRICS 2).

/// The number of standard errors on each side of a 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// A range that holds the true value in 95 of 100 samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Returns half the width: the ± that is shown behind a score.
    #[must_use]
    pub fn margin(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

/// Returns the adjusted-Wald interval of a Net Promoter Score in points, before it is cut at −100 and 100.
///
/// Three pseudo-answers are added, ¾ promoter, 1½ passive and ¾ detractor, which keeps the coverage near 95 % also for
/// few answers (Brendan Rocks 2016, "Interval Estimation for the Net Promoter Score"; measuringu.com/nps-confidence-
/// intervals). The centre is therefore not the score itself. No answers give no interval.
#[must_use]
pub fn nps(promoters: f64, detractors: f64, answers: f64) -> Option<Interval> {
    if !(answers > 0.0
        && promoters >= 0.0
        && detractors >= 0.0
        && promoters + detractors <= answers)
    {
        return None;
    }
    let answers = answers + 3.0;
    let (promoters, detractors) = ((promoters + 0.75) / answers, (detractors + 0.75) / answers);
    let center = promoters - detractors;
    let margin = Z * ((promoters + detractors - center * center) / answers).sqrt();
    Some(Interval {
        low: 100.0 * (center - margin),
        high: 100.0 * (center + margin),
    })
}

/// Returns the Wilson score interval of a share of `hits` in `tries`, as fractions (Wilson 1927, "Probable inference,
/// the law of succession, and statistical inference"). No tries give no interval.
#[must_use]
pub fn wilson(hits: f64, tries: f64) -> Option<Interval> {
    if !(tries > 0.0 && (0.0..=tries).contains(&hits)) {
        return None;
    }
    let z_squared = Z * Z;
    let center = (hits + z_squared / 2.0) / (tries + z_squared);
    let margin = Z / (tries + z_squared) * (hits * (tries - hits) / tries + z_squared / 4.0).sqrt();
    // At 0 and at all hits rounding could leave the range by a hair.
    Some(Interval {
        low: (center - margin).max(0.0),
        high: (center + margin).min(1.0),
    })
}

/// Returns the interval of the difference of two shares, the first minus the second, by Newcombe's hybrid of two Wilson
/// intervals (Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10).
#[must_use]
pub fn newcombe(hits: f64, tries: f64, other_hits: f64, other_tries: f64) -> Option<Interval> {
    let (one, other) = (wilson(hits, tries)?, wilson(other_hits, other_tries)?);
    let (share, other_share) = (hits / tries, other_hits / other_tries);
    let difference = share - other_share;
    Some(Interval {
        low: difference - (share - one.low).hypot(other.high - other_share),
        high: difference + (one.high - share).hypot(other_share - other.low),
    })
}
