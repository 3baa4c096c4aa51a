use cxtop::queries::{Outcome, TestReport, test};

use super::Folder;

const FUNNEL: &str = r#"-- /// query
-- kind = "funnel"
-- [params]
-- since = { type = "DATE", default_sql = "$today - 90" }
-- ///
SELECT event AS step, count(DISTINCT customer_id) AS customers, count(*) / 3 AS third
FROM events WHERE ts >= $since GROUP BY event ORDER BY customers DESC, step
"#;

const CASE: &str = r#"# A comment that stays.
query = "funnel"

[[case]]
name   = "each step counts customers"   # and this one
params = { since = 2025-01-01 }
given.events = """
customer_id, event,  ts
1,           visit,  2025-01-01 09:00:00
2,           visit,  2025-01-02 09:00:00
2,           signup, 2025-01-03 09:00:00
2,           visit,  2024-01-03 09:00:00
"""
expect = """
step,   customers, third
EXPECTED
"""
"#;

fn run(query: &str, case: &str) -> (Folder, TestReport) {
    let folder = Folder::with(&[("funnel.sql", query), ("tests/funnel.toml", case)]);
    let report = test(&folder.path(), &[], false).unwrap();
    (folder, report)
}

#[test]
fn rows_as_expected_pass() {
    let (_folder, report) = run(
        FUNNEL,
        &CASE.replace(
            "EXPECTED",
            "visit, 2, 0.6666666666666\nsignup, 1, 0.33333333333",
        ),
    );
    assert!(report.passed(), "{}", report.human());
    assert_eq!(report.human(), "1 case, 0 failed\n");
}

#[test]
fn only_the_named_columns_are_compared() {
    let case = CASE.replace("step,   customers, third\nEXPECTED", "step\nvisit\nsignup");
    let (_folder, report) = run(FUNNEL, &case);
    assert!(report.passed(), "{}", report.human());
}

#[test]
fn a_difference_is_shown_row_by_row() {
    let case = CASE.replace(
        "step,   customers, third\nEXPECTED",
        "step, customers\nsearch, 5\nvisit, 2\nsignup, 2",
    );
    let (folder, report) = run(FUNNEL, &case);
    assert!(!report.passed());
    assert_eq!(
        folder.plain(&report.human()),
        "tests/funnel.toml:4: funnel: each step counts customers
    step,   customers
  - search, 5
    visit,  2
  - signup, 2
  + signup, 1
1 case, 1 failed
"
    );
}

#[test]
fn order_counts_only_with_order_by() {
    let case = CASE.replace(
        "step,   customers, third\nEXPECTED",
        "step, customers\nsignup, 1\nvisit, 2",
    );
    assert!(!run(FUNNEL, &case).1.passed());
    let unordered = FUNNEL.replace("ORDER BY customers DESC, step", "");
    assert!(run(&unordered, &case).1.passed());
}

#[test]
fn nulls_quotes_and_padding_are_read_as_written() {
    let query = "SELECT comment, score, score IS NULL AS none FROM surveys ORDER BY comment NULLS LAST, score";
    let case = r#"
query = "q"
[[case]]
name = "all sorts of cells"
given.surveys = """
comment,             score
"a, ""quoted"" one",  1.5
"",                  NULL
NULL,                2
,                    3
"""
expect = """
comment, score, none
"", , true
"a, ""quoted"" one", 1.5, false
, 2, false
NULL, 3.0000000000001, FALSE
"""
"#;
    let folder = Folder::with(&[("q.sql", query), ("tests/q.toml", case)]);
    let report = test(&folder.path(), &[], false).unwrap();
    assert!(report.passed(), "{}", report.human());
}

#[test]
fn update_rewrites_only_the_expect_blocks_and_keeps_comments() {
    let stale = CASE.replace("EXPECTED", "visit, 9, 9") + "\n# The end.\n";
    let folder = Folder::with(&[("funnel.sql", FUNNEL), ("tests/funnel.toml", &stale)]);
    let report = test(&folder.path(), &[], true).unwrap();
    assert_eq!((report.updated, report.passed()), (1, true));
    let wanted = "visit,  2,         0.6666666666666666\nsignup, 1,         0.3333333333333333";
    assert_eq!(
        folder.read("tests/funnel.toml"),
        CASE.replace("EXPECTED", wanted) + "\n# The end.\n"
    );
    let again = test(&folder.path(), &[], true).unwrap();
    assert_eq!((again.updated, again.passed()), (0, true));
}

#[test]
fn an_empty_expect_is_filled_in() {
    let folder = Folder::with(&[
        ("q.sql", "SELECT 'a\\b\"\"\"c' AS text, NULL AS nothing"),
        (
            "tests/q.toml",
            "query = \"q\"\n[[case]]\nname = \"one\"\nexpect = \"\"\n",
        ),
    ]);
    assert!(!test(&folder.path(), &[], false).unwrap().passed());
    assert_eq!(test(&folder.path(), &[], true).unwrap().updated, 1);
    let report = test(&folder.path(), &[], false).unwrap();
    assert!(
        report.passed(),
        "{}\n{}",
        report.human(),
        folder.read("tests/q.toml")
    );
}

#[test]
fn queries_without_a_test_are_listed_and_names_choose() {
    let folder = Folder::with(&[
        ("a.sql", "SELECT 1 AS n"),
        ("area/b.sql", "SELECT 2 AS n"),
        (
            "tests/a.toml",
            "query = \"a\"\n[[case]]\nname = \"one\"\nexpect = \"n\\n1\"\n",
        ),
        (
            "tests/c.toml",
            "query = \"c\"\n[[case]]\nname = \"one\"\nexpect = \"n\\n1\"\n",
        ),
    ]);
    let report = test(&folder.path(), &["a".to_string()], false).unwrap();
    assert!(report.passed());
    assert_eq!(report.human(), "without a test: area/b\n1 case, 0 failed\n");
    let report = test(&folder.path(), &[], false).unwrap();
    let Outcome::Broken(error) = &report.cases[1].outcome else {
        panic!("{}", report.human())
    };
    assert_eq!(error.message, "there is no query `c`");
    let error = test(&folder.path(), &["aa".to_string()], false).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no test of a query `aa`\n  help: did you mean `a`?"
    );
}

#[test]
fn a_case_uses_macros_and_the_day_it_names() {
    let folder = Folder::with(&[
        (
            "lib/recent.sql",
            "CREATE MACRO recent(p_day) AS TABLE SELECT * FROM tickets WHERE created_at >= p_day - 7",
        ),
        ("q.sql", "SELECT count(*) AS n FROM recent($today)"),
        (
            "tests/q.toml",
            "query = \"q\"\n[[case]]\nname = \"a week\"\nparams = { today = 2025-01-10 }\ngiven.tickets = \"\"\"\nticket_id, created_at\n1, 2025-01-09\n2, 2025-01-01\n\"\"\"\nexpect = \"n\\n1\"\n",
        ),
    ]);
    let report = test(&folder.path(), &[], false).unwrap();
    assert!(report.passed(), "{}", report.human());
}

#[test]
fn a_broken_query_is_shown_at_its_own_place() {
    let case = CASE
        .replace("EXPECTED", "")
        .replace("since = 2025-01-01", "");
    let (folder, report) = run("SELECT nosuch FROM events", &case);
    let text = folder.plain(&report.human());
    assert!(
        text.starts_with("tests/funnel.toml:4: funnel: each step counts customers\n  "),
        "{text}"
    );
    assert!(
        text.contains("funnel.sql:1:8: referenced column \"nosuch\" not found"),
        "{text}"
    );
}
