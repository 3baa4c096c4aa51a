//! Tables in, panels out: each case of `tests/cases/panels/` gives the numbers it expects.

use cxtop::panels::{
    Bars, Comments, Cursor, Distribution, Funnel, Grid, Journey, Panel, Retention, Scorecard, Tree,
    Trend, ValuePanel, number,
};
use cxtop::queries::{Format, Look};

use crate::panel_cases;

#[test]
fn value_cases() {
    check("value");
}

#[test]
fn trend_cases() {
    check("trend");
}

#[test]
fn bars_cases() {
    check("bars");
}

#[test]
fn distribution_cases() {
    check("distribution");
}

#[test]
fn funnel_cases() {
    check("funnel");
}

#[test]
fn retention_cases() {
    check("retention");
}

#[test]
fn table_cases() {
    check("table");
}

#[test]
fn comments_cases() {
    check("comments");
}

#[test]
fn journey_cases() {
    check("journey");
}

#[test]
fn scorecard_cases() {
    check("scorecard");
}

#[test]
fn tree_cases() {
    check("tree");
}

/// Cases without `expect` are there to be drawn.
fn check(file: &str) {
    let mut wrong = String::new();
    for case in panel_cases::read(file) {
        let found = match case.panel() {
            Ok(panel) => format!("{}{}\n", describe(&panel), panel.readout(Cursor::default())),
            Err(error) => format!("{error}\n"),
        };
        if !case.expect.is_empty() && found != case.expect {
            wrong += &format!(
                "{file}: {}\n--- expected\n{}--- found\n{found}\n",
                case.name, case.expect
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn describe(panel: &Panel) -> String {
    let mut text = match panel {
        Panel::Value(value) => describe_value(value),
        Panel::Trend(trend) => describe_trend(trend),
        Panel::Bars(bars) => describe_bars(bars),
        Panel::Distribution(distribution) => describe_distribution(distribution),
        Panel::Funnel(funnel) => describe_funnel(funnel),
        Panel::Retention(retention) => describe_retention(retention),
        Panel::Table(grid) => describe_grid(grid, panel),
        Panel::Comments(comments) => describe_comments(comments),
        Panel::Journey(journey) => describe_journey(journey),
        Panel::Scorecard(card) => describe_scorecard(card),
        Panel::Tree(tree) => describe_tree(tree),
    };
    for goal in panel.goals() {
        text += &format!("goal {} {:?}\n", goal.name, goal.state);
    }
    text
}

fn describe_value(value: &ValuePanel) -> String {
    let mut text = format!(
        "{} {} ±{} n={}",
        value.measure.name,
        plain(value.value),
        plain(value.margin),
        plain(value.n)
    );
    if let Some(change) = &value.change {
        text += &format!(
            " delta {} {:?} {:?}",
            plain(Some(change.delta)),
            change.evidence,
            change.verdict
        );
    }
    text + if value.is_few() { " few\n" } else { "\n" }
}

fn describe_trend(trend: &Trend) -> String {
    let mut text = format!("step {:?}\n", trend.step);
    let list = |values: &[Option<f64>]| {
        values
            .iter()
            .map(|value| plain(*value))
            .collect::<Vec<_>>()
            .join(" ")
    };
    for line in &trend.lines {
        let (values, margins, counts) =
            (list(&line.values), list(&line.margins), list(&line.counts));
        text += &format!("{} {values} ±{margins} n {counts}\n", line.measure.name);
    }
    for period in (0..trend.periods.len()).filter(|period| trend.gap_before(*period)) {
        text += &format!("gap before {period}\n");
    }
    for period in (0..trend.periods.len()).filter(|period| !trend.complete[*period]) {
        text += &format!("open {period}\n");
    }
    for note in &trend.notes {
        text += &format!("note {} {}\n", note.period, note.annotation.text);
    }
    text
}

fn describe_bars(bars: &Bars) -> String {
    let extras: Vec<&str> = bars
        .extras
        .iter()
        .map(|extra| extra.measure.name.as_str())
        .collect();
    let mut text = format!(
        "{}/{} extras {}\n",
        bars.label_name,
        bars.measure.name,
        extras.join(" ")
    );
    for bar in &bars.bars {
        text += &format!(
            "{} {} ±{} n={}\n",
            bar.label,
            plain(bar.value),
            plain(bar.margin),
            plain(bar.n)
        );
    }
    text
}

fn describe_distribution(distribution: &Distribution) -> String {
    let (bucket, measure) = (&distribution.bucket_name, &distribution.measure.name);
    let mut text = format!(
        "{bucket}/{measure} total {}\n",
        plain(Some(distribution.total))
    );
    for bucket in &distribution.buckets {
        let group = bucket
            .group
            .map_or("-", |group| distribution.groups[group].name.as_str());
        text += &format!(
            "{} {} {} {group}\n",
            bucket.label,
            plain(bucket.count),
            places(bucket.share, 3)
        );
    }
    for group in &distribution.groups {
        text += &format!(
            "group {} {} {}\n",
            group.name,
            plain(Some(group.count)),
            places(group.share, 3)
        );
    }
    if let Some(at) = distribution.quantiles {
        text += &format!(
            "quantiles {} {} {} {} {}\n",
            at.min, at.p25, at.median, at.p75, at.max
        );
    }
    text
}

fn describe_funnel(funnel: &Funnel) -> String {
    let step = |step: &cxtop::panels::funnel::Step| {
        let name = step
            .segment
            .as_ref()
            .filter(|_| !funnel.segments.is_empty());
        let name = name.map_or(step.name.clone(), |segment| {
            format!("{segment} {}", step.name)
        });
        format!(
            "{name} {} first {} previous {} lost {} median {}\n",
            plain(step.customers),
            places(step.of_first, 4),
            places(step.of_previous, 4),
            plain(step.lost),
            plain(step.median_seconds)
        )
    };
    funnel.steps.iter().map(step).collect()
}

fn describe_retention(retention: &Retention) -> String {
    let periods: Vec<String> = retention.periods.iter().map(ToString::to_string).collect();
    let mut text = format!(
        "step {:?} periods {} top {:.4}\n",
        retention.step,
        periods.join(" "),
        retention.ramp_top
    );
    for cohort in &retention.cohorts {
        let cell = |cell: &Option<cxtop::panels::retention::Cell>| match cell {
            Some(cell) => format!(
                "{}{}",
                if cell.complete { "" } else { "~" },
                places(cell.rate, 4)
            ),
            None => "-".to_string(),
        };
        let cells: Vec<String> = cohort.cells.iter().map(cell).collect();
        text += &format!(
            "{} {}: {}\n",
            cohort.label,
            plain(cohort.size),
            cells.join(" ")
        );
    }
    let average = |average: &Option<cxtop::panels::retention::Average>| {
        average.map_or("-".to_string(), |average| {
            format!("{:.4}/{}", average.rate, average.size)
        })
    };
    let averages: Vec<String> = retention.average.iter().map(average).collect();
    text + &format!("average {}\n", averages.join(" "))
}

fn describe_grid(grid: &Grid, panel: &Panel) -> String {
    format!(
        "rows {} columns {} key {}\n",
        grid.table.rows(),
        panel.columns(),
        panel.row_key(0)
    )
}

fn describe_comments(comments: &Comments) -> String {
    let line = |quote: &cxtop::panels::comments::Quote| {
        let details: Vec<String> = quote
            .details
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let at = quote.at.map_or("-".to_string(), |at| at.to_string());
        let (score, text) = (comments.score_text(quote), &quote.text);
        format!("{at} [{score}] {text} | {}\n", details.join(" "))
    };
    comments.quotes.iter().map(line).collect()
}

fn describe_journey(journey: &Journey) -> String {
    let line = |stop: &cxtop::panels::journey::Stop| {
        let (customers, share) = (plain(stop.customers), places(stop.share, 4));
        let goal = stop.goal.map_or("-".to_string(), |(_, state)| {
            format!("{state:?} {}", stop.goal_text())
        });
        let (name, value) = (&stop.name, plain(stop.value));
        format!(
            "{:?} {name} {customers} share {share} value {value} goal {goal}\n",
            stop.level
        )
    };
    journey.stops.iter().map(line).collect()
}

fn describe_scorecard(card: &Scorecard) -> String {
    let line = |score: &cxtop::panels::scorecard::Score| {
        let sure = format!("±{} n={}", plain(score.margin), plain(score.n));
        let change = score.change.as_ref().map(|change| change.delta);
        format!(
            "{} {} {sure} goal [{}] {} change {} [{}]\n",
            score.metric,
            plain(score.value),
            score.goal_text(),
            score.goal_word(),
            plain(change),
            score.change_word()
        )
    };
    card.scores.iter().map(line).collect()
}

fn describe_tree(tree: &Tree) -> String {
    let line = |branch: &cxtop::panels::tree::Branch| {
        let indent = "  ".repeat(branch.depth);
        let (number, share) = (plain(branch.number), places(branch.of_parent, 3));
        format!(
            "{indent}{} {number} {share} {:?}\n",
            branch.label, branch.inside
        )
    };
    tree.branches.iter().map(line).collect()
}

fn plain(value: Option<f64>) -> String {
    value.map_or("-".to_string(), |value| {
        ((value * 1e6).round() / 1e6).to_string()
    })
}

fn places(value: Option<f64>, places: usize) -> String {
    value.map_or("-".to_string(), |value| format!("{value:.places$}"))
}

#[test]
fn numbers_are_written_as_people_read_them() {
    let look = |format| Look {
        format,
        ..Look::default()
    };
    let cases = [
        (1204.0, Format::Auto, "1,204"),
        (41.7, Format::Auto, "41.7"),
        (0.012_345, Format::Auto, "0.0123"),
        (-0.3, Format::Whole, "0"),
        (1_234_567.891, Format::OneDecimal, "1,234,567.9"),
        (1e300, Format::Whole, "1.00e300"),
        (1.0, Format::Percent, "100%"),
        (0.9999, Format::Percent, ">99.9%"),
        (0.0, Format::Percent, "0%"),
        (0.0001, Format::Percent, "<0.1%"),
        (0.234, Format::Percent, "23.4%"),
        (-0.5, Format::Percent, "-50.0%"),
        (0.0, Format::Duration, "0s"),
        (0.0002, Format::Duration, "<1ms"),
        (0.35, Format::Duration, "350ms"),
        (4.25, Format::Duration, "4.2s"),
        (59.7, Format::Duration, "1m"),
        (3599.7, Format::Duration, "1h"),
        (12_000.0, Format::Duration, "3h 20m"),
        (86_399.0, Format::Duration, "1d"),
        (187_200.0, Format::Duration, "2d 4h"),
        (-190.0, Format::Duration, "-3m 10s"),
    ];
    for (value, format, expected) in cases {
        assert_eq!(
            number::show(value, &look(format)),
            expected,
            "{value} as {format:?}"
        );
    }
}

#[test]
fn a_difference_that_is_something_never_reads_as_nothing() {
    let look = |format| Look {
        format,
        ..Look::default()
    };
    assert_eq!(number::difference(0.04, &look(Format::Whole)), "+0.04");
    assert_eq!(
        number::difference(-0.0004, &look(Format::Percent)),
        "-0.04 pp"
    );
    assert_eq!(number::difference(0.0, &look(Format::Whole)), "0");
    assert_eq!(number::margin(0.2, &look(Format::Whole)), "±0.2");
}
