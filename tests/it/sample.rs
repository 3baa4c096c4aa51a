//! The sample company: same seed same bytes, lives that could be real, five stories that can be found, and a live feed
//! of whole lines.

#![expect(
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a test stops at what it did not expect"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cxtop::error::Kind;
use cxtop::sample::{self, Live, Options, Pause, Written};
use jiff::civil::{Date, date};

const DAY: i64 = 86_400_000;

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data")
}

fn options(customers: u64, days: u32, seed: u64, out: &Path) -> Options {
    Options {
        customers,
        days,
        seed,
        until: date(2026, 6, 30),
        out: out.to_path_buf(),
    }
}

fn generated(customers: u64, days: u32, seed: u64) -> (tempfile::TempDir, Written) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let written = sample::generate(&options(customers, days, seed, folder.path()), &mut |_| {})
        .expect("a sample");
    (folder, written)
}

/// Every file below a folder by its name there.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for folder in [folder.to_path_buf(), folder.join("events")] {
        for entry in fs::read_dir(&folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
        {
            if entry.is_file() {
                let name = entry
                    .file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned();
                files.insert(name, fs::read(&entry).expect("a file"));
            }
        }
    }
    files
}

/// One record: its fields by name.
type Record = HashMap<String, String>;

/// The files of a sample, read back.
struct Company {
    events: Vec<Record>,
    surveys: Vec<Record>,
    tickets: Vec<Record>,
    subscriptions: Vec<Record>,
    customers: Vec<Record>,
}

impl Company {
    fn read(folder: &Path) -> Self {
        let mut events = Vec::new();
        for (name, bytes) in files(folder) {
            if name.ends_with(".ndjson") {
                events.extend(
                    String::from_utf8(bytes)
                        .expect("UTF-8")
                        .lines()
                        .map(json_record),
                );
            }
        }
        let table =
            |name: &str| csv_records(&fs::read_to_string(folder.join(name)).expect("a file"));
        Self {
            events,
            surveys: table("surveys.csv"),
            tickets: table("tickets.csv"),
            subscriptions: table("subscriptions.csv"),
            customers: table("customers.csv"),
        }
    }

    fn journeys(&self) -> HashMap<&str, Vec<&Record>> {
        let mut journeys: HashMap<&str, Vec<&Record>> = HashMap::new();
        for event in &self.events {
            journeys
                .entry(&event["customer_id"])
                .or_default()
                .push(event);
        }
        journeys
    }

    fn named<'a>(&'a self, event: &'a str) -> impl Iterator<Item = &'a Record> {
        self.events
            .iter()
            .filter(move |record| record["event"] == event)
    }
}

fn json_record(line: &str) -> Record {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(line).expect("a line of JSON");
    let text = |value: serde_json::Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_string)
    };
    object
        .into_iter()
        .map(|(key, value)| (key, text(value)))
        .collect()
}

fn csv_records(text: &str) -> Vec<Record> {
    let mut lines = text.lines().map(csv_fields);
    let header = lines.next().expect("a header");
    lines
        .map(|fields| {
            assert_eq!(fields.len(), header.len(), "{fields:?}");
            header.iter().cloned().zip(fields).collect()
        })
        .collect()
}

fn csv_fields(line: &str) -> Vec<String> {
    let (mut fields, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => fields.last_mut().expect("a field").push(letter),
        }
    }
    fields
}

fn moment(record: &Record, column: &str) -> i64 {
    record[column]
        .parse::<jiff::Timestamp>()
        .expect("a timestamp")
        .as_millisecond()
}

fn at(day: Date) -> i64 {
    day.in_tz("UTC")
        .expect("a day")
        .timestamp()
        .as_millisecond()
}

fn share(of: usize, all: usize) -> f64 {
    assert!(all > 0);
    of as f64 / all as f64
}

fn nps<'a>(answers: impl Iterator<Item = &'a Record>) -> (f64, usize) {
    let scores: Vec<i32> = answers
        .filter(|answer| answer["survey"] == "nps")
        .map(|a| a["score"].parse().expect("a score"))
        .collect();
    let promoters = scores.iter().filter(|score| **score >= 9).count();
    let detractors = scores.iter().filter(|score| **score <= 6).count();
    (
        (share(promoters, scores.len()) - share(detractors, scores.len())) * 100.0,
        scores.len(),
    )
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_another_seed_does_not() {
    let (first, written) = generated(60, 90, 11);
    let (second, _) = generated(60, 90, 11);
    let (other, _) = generated(60, 90, 12);
    assert_eq!(files(first.path()), files(second.path()));
    assert_ne!(files(first.path()), files(other.path()));
    let bytes: usize = files(first.path()).values().map(Vec::len).sum();
    assert_eq!(usize::try_from(written.bytes), Ok(bytes));
    let company = Company::read(first.path());
    let counted = [
        company.events.len(),
        company.surveys.len(),
        company.tickets.len(),
        company.customers.len(),
    ];
    let said = [
        written.events,
        written.surveys,
        written.tickets,
        written.customers,
    ];
    assert_eq!(
        said.map(|count| usize::try_from(count).expect("a count")),
        counted
    );
}

#[test]
fn a_customer_is_the_same_however_many_others_there_are() {
    let (few, _) = generated(20, 60, 5);
    let (many, _) = generated(80, 60, 5);
    let (few, many) = (Company::read(few.path()), Company::read(many.path()));
    let ids: BTreeSet<&str> = few
        .customers
        .iter()
        .map(|customer| customer["customer_id"].as_str())
        .collect();
    assert_eq!(ids.len(), 20);
    let (few_journeys, many_journeys) = (few.journeys(), many.journeys());
    for id in ids {
        assert_eq!(few_journeys.get(id), many_journeys.get(id), "{id}");
    }
}

#[test]
fn the_committed_sample_is_what_the_generator_writes() {
    let (folder, _) = generated(1500, 180, 7);
    let (fresh, committed) = (files(folder.path()), files(&committed()));
    assert_eq!(
        fresh.keys().collect::<Vec<_>>(),
        committed.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &fresh {
        let same = committed.get(name) == Some(bytes);
        assert!(
            same,
            "sample_data is not what the model writes ({name} differs); write it again with\n  \
             cxtop generate --customers 1500 --days 180 --seed 7 --until 2026-06-30 --out sample_data"
        );
    }
    let total: usize = committed.values().map(Vec::len).sum();
    assert!(total <= 6_000_000, "{total} bytes");
}

#[test]
fn events_are_in_order_and_journeys_could_be_real() {
    let company = Company::read(&committed());
    assert!(
        company
            .events
            .windows(2)
            .all(|pair| pair[0]["ts"] <= pair[1]["ts"])
    );
    assert!(
        company
            .surveys
            .windows(2)
            .all(|pair| pair[0]["ts"] <= pair[1]["ts"])
    );
    assert!(
        company
            .tickets
            .windows(2)
            .all(|pair| pair[0]["created_at"] <= pair[1]["created_at"])
    );
    let signed_up: HashMap<&str, i64> = company
        .customers
        .iter()
        .map(|customer| {
            (
                customer["customer_id"].as_str(),
                moment(customer, "signed_up_at"),
            )
        })
        .collect();
    for (id, journey) in company.journeys() {
        let mut moments = BTreeSet::new();
        for event in &journey {
            let name = event["event"].as_str();
            assert!(
                moments.insert(&event["ts"]) || name == "visit",
                "{id} does two things at once: {event:?}"
            );
            match signed_up.get(id) {
                Some(start) if name == "signup" => assert_eq!(moment(event, "ts"), *start, "{id}"),
                Some(start) => assert!(
                    name == "visit" || moment(event, "ts") > *start,
                    "{id}: {event:?}"
                ),
                None => assert_eq!(name, "visit", "{id} has no account"),
            }
            let has = |key: &str| event.contains_key(key);
            assert_eq!(has("feature"), name == "feature_used");
            assert_eq!(has("amount"), name == "purchase" || name == "renewal");
            assert_eq!(has("error"), name == "checkout_error");
            assert_eq!(has("session_id"), name != "renewal", "{event:?}");
        }
        let position = |name: &str| journey.iter().position(|event| event["event"] == name);
        if let (Some(started), Some(completed)) = (
            position("onboarding_started"),
            position("onboarding_completed"),
        ) {
            assert!(started < completed, "{id}");
        }
        if let (Some(checkout), Some(purchase)) =
            (position("checkout_started"), position("purchase"))
        {
            assert!(
                checkout < purchase || signed_up[id] < at(date(2026, 1, 2)),
                "{id}"
            );
        }
    }
}

#[test]
fn tickets_subscriptions_and_surveys_fit_together() {
    let company = Company::read(&committed());
    let plans: HashMap<&str, &str> = company
        .customers
        .iter()
        .map(|row| (row["customer_id"].as_str(), row["plan"].as_str()))
        .collect();
    for ticket in &company.tickets {
        let column = |name: &str| (!ticket[name].is_empty()).then(|| moment(ticket, name));
        let (created, first, solved) = (
            column("created_at"),
            column("first_response_at"),
            column("solved_at"),
        );
        assert!(
            first.is_none_or(|first| Some(first) > created),
            "{ticket:?}"
        );
        assert!(
            solved.is_none_or(|solved| Some(solved) > first && first.is_some()),
            "{ticket:?}"
        );
        assert_eq!(ticket["status"] == "solved", solved.is_some(), "{ticket:?}");
        assert!(
            solved.is_some() || ticket["satisfaction"].is_empty(),
            "{ticket:?}"
        );
        assert!(plans.contains_key(ticket["customer_id"].as_str()));
    }
    let mut open: HashMap<&str, &str> = HashMap::new();
    for row in &company.subscriptions {
        let ended = !row["ended_at"].is_empty();
        assert!(!ended || row["ended_at"] > row["started_at"], "{row:?}");
        assert!(ended || row["ended_reason"].is_empty(), "{row:?}");
        if !ended {
            assert!(
                open.insert(&row["customer_id"], &row["plan"]).is_none(),
                "two plans at once: {row:?}"
            );
        }
    }
    assert!(
        plans
            .iter()
            .all(|(id, plan)| open.get(id).unwrap_or(&"free") == plan)
    );
    for answer in &company.surveys {
        let (lowest, highest) = match answer["survey"].as_str() {
            "nps" => (0, 10),
            "csat" => (1, 5),
            other => (1, if other == "ces" { 7 } else { 0 }),
        };
        assert_eq!(answer["scale_max"], highest.to_string());
        assert!(
            (lowest..=highest).contains(&answer["score"].parse::<i32>().expect("a score")),
            "{answer:?}"
        );
    }
    let comments: BTreeSet<&str> = company
        .surveys
        .iter()
        .map(|answer| answer["comment"].as_str())
        .collect();
    let empty = company
        .surveys
        .iter()
        .filter(|answer| answer["comment"].is_empty())
        .count();
    assert!(
        comments.len() > 400,
        "{} different comments",
        comments.len()
    );
    assert!((0.3..0.6).contains(&share(empty, company.surveys.len())));
}

#[test]
fn story_1_checkout_breaks_on_android_for_ten_days() {
    let company = Company::read(&committed());
    let (from, until) = (at(date(2026, 4, 6)), at(date(2026, 4, 16)));
    let journeys = company.journeys();
    // For the first checkout of each customer on each platform: did a purchase follow within a day?
    let mut seen = BTreeSet::new();
    let mut groups: HashMap<(bool, bool), (usize, usize)> = HashMap::new();
    for checkout in company.named("checkout_started") {
        if seen.insert((&checkout["customer_id"], &checkout["platform"])) {
            let start = moment(checkout, "ts");
            let bought = journeys[checkout["customer_id"].as_str()]
                .iter()
                .any(|event| {
                    event["event"] == "purchase"
                        && (start..start + DAY).contains(&moment(event, "ts"))
                });
            let group = (
                checkout["platform"] == "android",
                (from..until).contains(&start),
            );
            let (entered, converted) = groups.entry(group).or_default();
            *entered += 1;
            *converted += usize::from(bought);
        }
    }
    let rate = |group: (bool, bool)| share(groups[&group].1, groups[&group].0);
    assert!(groups[&(true, true)].0 >= 15, "{groups:?}");
    assert!(rate((true, true)) < 0.25, "{groups:?}");
    assert!(
        [(true, false), (false, true), (false, false)]
            .into_iter()
            .all(|group| rate(group) > 0.55),
        "{groups:?}"
    );

    let affected: BTreeSet<&str> = company
        .named("checkout_error")
        .filter(|event| event["error"] == "payment_sheet_crash")
        .map(|event| event["customer_id"].as_str())
        .collect();
    let (hurt, others): (Vec<&Record>, Vec<&Record>) = company
        .surveys
        .iter()
        .filter(|answer| moment(answer, "ts") >= from)
        .partition(|answer| affected.contains(answer["customer_id"].as_str()));
    let (hurt, others) = (nps(hurt.into_iter()), nps(others.into_iter()));
    assert!(
        hurt.1 >= 12 && hurt.0 < others.0 - 40.0,
        "NPS {hurt:?} against {others:?}"
    );

    let (inside, outside): (Vec<&Record>, Vec<&Record>) = company
        .tickets
        .iter()
        .filter(|ticket| ticket["category"] == "checkout")
        .partition(|ticket| (from..until + DAY).contains(&moment(ticket, "created_at")));
    assert!(
        share(inside.len(), 11) > 4.0 * share(outside.len(), 169),
        "{} and {}",
        inside.len(),
        outside.len()
    );
}

#[test]
fn story_2_email_support_falls_behind_and_its_scores_with_it() {
    let company = Company::read(&committed());
    let since = at(date(2026, 5, 4));
    let wait = |channel: &str, after: bool| {
        let tickets = company
            .tickets
            .iter()
            .filter(|ticket| ticket["channel"] == channel);
        let answered = tickets.filter(|ticket| !ticket["first_response_at"].is_empty());
        let group = answered.filter(|ticket| (moment(ticket, "created_at") >= since) == after);
        median(
            group
                .map(|t| {
                    (moment(t, "first_response_at") - moment(t, "created_at")) as f64 / 3_600_000.0
                })
                .collect(),
        )
    };
    assert!(
        (2.0..4.5).contains(&wait("email", false)),
        "{}",
        wait("email", false)
    );
    assert!(
        (20.0..32.0).contains(&wait("email", true)),
        "{}",
        wait("email", true)
    );
    assert!(wait("chat", true) < 0.5 && wait("phone", true) < 0.5);

    let score = |email: bool, after: bool| {
        nps(company.surveys.iter().filter(|answer| {
            answer["touchpoint"] == "support"
                && (answer["channel"] == "email") == email
                && (moment(answer, "ts") >= since) == after
        }))
    };
    assert!(score(true, true).1 >= 20 && score(true, true).0 < score(true, false).0 - 60.0);
    assert!(score(false, true).0 > 25.0);
}

#[test]
fn story_3_cohorts_stay_better_after_the_new_onboarding() {
    let company = Company::read(&committed());
    let journeys = company.journeys();
    let (released, last) = (at(date(2026, 3, 2)), at(date(2026, 5, 25)));
    let mut groups = [(0, 0, 0); 2];
    for signup in company
        .named("signup")
        .filter(|event| moment(event, "ts") < last)
    {
        let start = moment(signup, "ts");
        let journey = &journeys[signup["customer_id"].as_str()];
        let week_4 = start + 28 * DAY..start + 35 * DAY;
        let group = &mut groups[usize::from(start >= released)];
        group.0 += 1;
        group.1 += usize::from(
            journey
                .iter()
                .any(|e| e["event"] == "login" && week_4.contains(&moment(e, "ts"))),
        );
        group.2 += usize::from(journey.iter().any(|e| e["event"] == "onboarding_completed"));
    }
    let [before, after] = groups;
    assert!(before.0 > 250 && after.0 > 500, "{groups:?}");
    assert!(
        share(after.1, after.0) > share(before.1, before.0) + 0.1,
        "{groups:?}"
    );
    assert!(
        share(after.2, after.0) > share(before.2, before.0) + 0.2,
        "{groups:?}"
    );
}

#[test]
fn story_4_hardly_anyone_uses_the_timeline_export() {
    let company = Company::read(&committed());
    let mut users: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    let mut all = BTreeSet::new();
    for event in company.named("feature_used") {
        all.insert(&event["customer_id"]);
        users
            .entry(&event["feature"])
            .or_default()
            .insert(&event["customer_id"]);
    }
    let reach: HashMap<&str, f64> = users
        .iter()
        .map(|(feature, users)| (*feature, share(users.len(), all.len())))
        .collect();
    assert_eq!(reach.len(), 6);
    assert!(
        (0.01..0.03).contains(&reach["timeline_export"]),
        "{reach:?}"
    );
    assert!(
        reach
            .iter()
            .all(|(feature, reach)| *feature == "timeline_export" || *reach > 0.3),
        "{reach:?}"
    );
}

#[test]
fn story_5_the_price_rise_drives_customers_away_and_they_say_so() {
    let company = Company::read(&committed());
    let since = at(date(2026, 5, 18));
    let by_price = |after: bool| {
        let ended = company
            .subscriptions
            .iter()
            .filter(|row| !row["ended_reason"].is_empty());
        let group: Vec<&Record> = ended
            .filter(|row| (moment(row, "ended_at") >= since) == after)
            .collect();
        (
            group
                .iter()
                .filter(|row| row["ended_reason"] == "price")
                .count(),
            group.len(),
        )
    };
    let (before, after) = (by_price(false), by_price(true));
    assert!(share(before.0, before.1) < 0.2, "{before:?}");
    assert!(after.0 >= 25 && share(after.0, after.1) > 0.5, "{after:?}");

    let mentions = |after: bool| {
        let written = company
            .surveys
            .iter()
            .filter(|answer| !answer["comment"].is_empty());
        let group: Vec<String> = written
            .filter(|a| (moment(a, "ts") >= since) == after)
            .map(|a| a["comment"].to_lowercase())
            .collect();
        let about = |comment: &&String| {
            ["price", "expensive", "25%"]
                .iter()
                .any(|word| comment.contains(word))
        };
        share(group.iter().filter(about).count(), group.len())
    };
    assert!(
        mentions(true) > 0.1 && mentions(false) < 0.05,
        "{} then {}",
        mentions(false),
        mentions(true)
    );
}

#[test]
fn another_seed_and_a_shorter_span_tell_the_same_stories() {
    let (folder, _) = generated(1500, 100, 42);
    let company = Company::read(folder.path());
    let crashes = company
        .named("checkout_error")
        .filter(|event| event["error"] == "payment_sheet_crash")
        .count();
    let price = company
        .subscriptions
        .iter()
        .filter(|row| row["ended_reason"] == "price")
        .count();
    assert!(
        crashes > 30 && price > 25,
        "{crashes} crashes, {price} cancelled for the price"
    );
}

#[test]
fn live_steps_append_whole_lines_at_about_the_wanted_rate() {
    let (folder, _) = generated(300, 60, 9);
    let before = files(folder.path());
    let mut live = Live::new(&options(300, 60, 9, folder.path()), 5.0).expect("a live sample");
    let mut lines = 0;
    for round in 0..240 {
        lines += live.step(Duration::from_millis(500)).expect("a step");
        if round % 8 > 0 {
            continue;
        }
        for (name, bytes) in files(folder.path()) {
            assert_eq!(bytes.last(), Some(&b'\n'), "{name} ends within a line");
            assert!(bytes.starts_with(&before[&name]), "{name} was rewritten");
        }
    }
    assert!(
        (300..=700).contains(&lines),
        "{lines} lines in two minutes at 5 a second"
    );
    let written = live.written();
    assert_eq!(
        lines,
        written.events
            + written.surveys
            + written.tickets
            + written.subscriptions
            + written.customers
    );

    let company = Company::read(folder.path());
    let events = &company.events;
    assert!(
        events.windows(2).all(|pair| pair[0]["ts"] <= pair[1]["ts"]),
        "live events come after the others"
    );
    let newest = moment(events.last().expect("an event"), "ts");
    assert!(
        newest <= at(date(2026, 6, 30)) + 15 * 3_600_000 + 121_000,
        "live events run ahead of the clock"
    );
    assert!(company.customers.len() > 300, "somebody signs up");
}

#[test]
fn live_goes_on_where_the_last_feed_stopped() {
    let (folder, _) = generated(100, 30, 9);
    let options = options(100, 30, 9, folder.path());
    for _ in 0..2 {
        let mut rounds = 0;
        sample::follow(&options, 20.0, &mut |_| {
            rounds += 1;
            if rounds > 30 {
                Pause::Stop
            } else {
                Pause::Passed(Duration::from_secs(1))
            }
        })
        .expect("a feed");
    }
    let company = Company::read(folder.path());
    assert!(
        company
            .events
            .windows(2)
            .all(|pair| pair[0]["ts"] <= pair[1]["ts"])
    );
    let ids: BTreeSet<&str> = company
        .customers
        .iter()
        .map(|row| row["customer_id"].as_str())
        .collect();
    assert_eq!(ids.len(), company.customers.len(), "an id was given twice");
}

#[test]
fn what_cannot_be_generated_says_why() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let none =
        sample::generate(&options(10, 0, 1, folder.path()), &mut |_| {}).expect_err("no days");
    assert_eq!(none.kind, Kind::Usage);
    assert_eq!(none.message, "the sample must span between 1 and 3660 days");

    fs::create_dir_all(folder.path().join("events")).expect("a folder");
    fs::write(folder.path().join("events/2019-01.ndjson"), "{}\n").expect("a file");
    let strange = sample::generate(&options(10, 30, 1, folder.path()), &mut |_| {})
        .expect_err("another sample");
    assert!(
        strange
            .message
            .ends_with("holds 2019-01.ndjson, which is not of this sample"),
        "{strange}"
    );

    let empty = tempfile::tempdir().expect("a temporary folder");
    let early = Live::new(&options(10, 30, 1, empty.path()), 1.0).expect_err("nothing to follow");
    assert!(early.help.expect("help").contains("cxtop generate"));
    let still = Live::new(&options(10, 30, 1, empty.path()), 0.0).expect_err("no rate");
    assert_eq!(still.kind, Kind::Usage);
}
