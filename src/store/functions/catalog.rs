//! The analyses by name, with the arguments each takes.

/// One function as a query calls it.
pub struct Function {
    /// The name in SQL.
    pub name: &'static str,
    /// What it does.
    pub analysis: Analysis,
    /// Whether its events are given as SQL predicates instead of names.
    pub by_predicate: bool,
    /// Whether it lists the customers behind a number.
    pub lists_customers: bool,
}

/// What a function does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Analysis {
    Funnel,
    FunnelTrend,
    TimeTo,
    Retention,
    Active,
    Lifecycle,
    Stickiness,
    NextEvents,
}

use Analysis::{Active, Funnel, FunnelTrend, Lifecycle, NextEvents, Retention, Stickiness, TimeTo};

/// All functions.
pub const FUNCTIONS: &[Function] = &[
    function("funnel", Funnel, false, false),
    function("funnel_if", Funnel, true, false),
    function("funnel_customers", Funnel, false, true),
    function("funnel_customers_if", Funnel, true, true),
    function("funnel_trend", FunnelTrend, false, false),
    function("funnel_trend_if", FunnelTrend, true, false),
    function("funnel_trend_customers", FunnelTrend, false, true),
    function("funnel_trend_customers_if", FunnelTrend, true, true),
    function("time_to", TimeTo, false, false),
    function("time_to_if", TimeTo, true, false),
    function("time_to_customers", TimeTo, false, true),
    function("time_to_customers_if", TimeTo, true, true),
    function("retention", Retention, false, false),
    function("retention_if", Retention, true, false),
    function("retention_customers", Retention, false, true),
    function("retention_customers_if", Retention, true, true),
    function("active", Active, false, false),
    function("active_if", Active, true, false),
    function("active_customers", Active, false, true),
    function("active_customers_if", Active, true, true),
    function("lifecycle", Lifecycle, false, false),
    function("lifecycle_if", Lifecycle, true, false),
    function("lifecycle_customers", Lifecycle, false, true),
    function("lifecycle_customers_if", Lifecycle, true, true),
    function("stickiness", Stickiness, false, false),
    function("stickiness_if", Stickiness, true, false),
    function("stickiness_customers", Stickiness, false, true),
    function("stickiness_customers_if", Stickiness, true, true),
    function("next_events", NextEvents, true, false),
    function("next_events_customers", NextEvents, true, true),
];

const fn function(
    name: &'static str,
    analysis: Analysis,
    by_predicate: bool,
    lists_customers: bool,
) -> Function {
    Function {
        name,
        analysis,
        by_predicate,
        lists_customers,
    }
}

/// Returns the function of this name, in upper or lower case.
#[must_use]
pub fn named(name: &str) -> Option<&'static Function> {
    FUNCTIONS
        .iter()
        .find(|function| function.name.eq_ignore_ascii_case(name))
}

const EVERY: &[&str] = &["since", "until", "by", "top", "customers", "filter"];
const STEPS: &[&str] = &[
    "within",
    "mode",
    "entries",
    "attribution",
    "hold",
    "unit",
    "excluding",
    "excluding_between",
    "exclusion",
    "first_time",
    "names",
];

impl Function {
    /// Returns the function that lists the customers behind this one's numbers.
    #[must_use]
    pub fn sibling(&self) -> Option<&'static Self> {
        FUNCTIONS.iter().find(|other| {
            other.lists_customers
                && other.analysis == self.analysis
                && other.by_predicate == self.by_predicate
        })
    }

    /// Returns the arguments that may stand without a name, in order.
    #[must_use]
    pub fn positional(&self) -> &'static [&'static str] {
        match self.analysis {
            Funnel | FunnelTrend => &["steps"],
            TimeTo => &["from", "to"],
            Retention => &["start", "back"],
            Active | Lifecycle | Stickiness | NextEvents => &[],
        }
    }

    /// Returns the arguments that must be given.
    #[must_use]
    pub fn required(&self) -> &'static [&'static str] {
        match self.analysis {
            Funnel | FunnelTrend => &["steps"],
            TimeTo => &["from", "to"],
            Retention => &["start"],
            Active | Lifecycle | Stickiness | NextEvents => &[],
        }
    }

    /// Returns every argument the function takes.
    #[must_use]
    pub fn arguments(&self) -> Vec<&'static str> {
        let mut all = self.positional().to_vec();
        all.extend(EVERY);
        match self.analysis {
            Funnel => all.extend(STEPS),
            FunnelTrend => {
                all.extend(STEPS);
                all.push("period");
            }
            TimeTo => all.extend(["within", "attribution"]),
            Retention => {
                let own = [
                    "period",
                    "periods",
                    "cohort",
                    "criterion",
                    "windows",
                    "brackets",
                    "value",
                ];
                all.extend(own);
            }
            Active => all.extend(["event", "period", "rolling"]),
            Lifecycle => all.extend(["event", "period"]),
            Stickiness => all.extend(["event", "period", "within", "at_least"]),
            NextEvents => all.extend(["after", "before", "node", "steps", "gap"]),
        }
        if self.lists_customers {
            match self.analysis {
                Funnel => all.extend(["step", "outcome"]),
                FunnelTrend => all.extend(["at", "outcome"]),
                TimeTo => all.push("outcome"),
                Retention => all.extend(["cohort_start", "at", "outcome"]),
                Active => all.push("at"),
                Lifecycle => all.extend(["at", "state"]),
                Stickiness => all.push("active_periods"),
                NextEvents => all.extend(["position", "from_node", "to_node"]),
            }
            all.push("segment");
        }
        all
    }

    /// Returns the names of the two moments of a listed customer.
    #[must_use]
    pub fn moments(&self) -> (&'static str, Option<&'static str>) {
        match self.analysis {
            Funnel | FunnelTrend | TimeTo => ("entered_at", Some("reached_at")),
            Retention => ("started_at", Some("returned_at")),
            Active | Lifecycle | Stickiness => ("first_at", Some("last_at")),
            NextEvents => ("at", None),
        }
    }

    /// Returns the name of the aggregate, without its form.
    #[must_use]
    pub fn aggregate(&self) -> &'static str {
        match (self.analysis, self.lists_customers) {
            (Funnel, false) => "funnel",
            (Funnel | TimeTo, true) => "funnel_customers",
            (FunnelTrend, false) => "funnel_trend",
            (FunnelTrend, true) => "funnel_trend_customers",
            (TimeTo, false) => "time_to",
            (Retention, false) => "retention",
            (Retention, true) => "retention_customers",
            (Active, false) => "active",
            (Active, true) => "active_customers",
            (Lifecycle, false) => "lifecycle",
            (Lifecycle, true) => "lifecycle_customers",
            (Stickiness, false) => "stickiness",
            (Stickiness, true) => "stickiness_customers",
            (NextEvents, false) => "next_events",
            (NextEvents, true) => "next_events_customers",
        }
    }
}
