use cxtop::queries::{Better, Fallback, Format, Kind, Target, check};
use cxtop::store::Value;

use super::{Folder, cases};

/// Returns what `check` says about one query file, without the folder's path.
fn complaints(sql: &str) -> String {
    let folder = Folder::with(&[("q.sql", sql)]);
    let problems = check(&folder.path()).unwrap();
    let texts = problems
        .iter()
        .map(|problem| folder.plain(&problem.error.to_string()));
    texts.collect::<Vec<_>>().join("\n")
}

#[test]
fn each_mistake_in_a_header_is_named_at_its_place() {
    let cases = cases("queries/headers.txt");
    assert!(cases.len() >= 20, "{} cases", cases.len());
    for newline in ["\n", "\r\n"] {
        let folder = Folder::with(&[]);
        for (number, (_, body)) in cases.iter().enumerate() {
            let (sql, _) = body.split_once("\n=>").unwrap();
            folder.write(&format!("{number:02}.sql"), &sql.replace('\n', newline));
        }
        let problems = check(&folder.path()).unwrap();
        for (number, (name, body)) in cases.iter().enumerate() {
            let (_, wanted) = body.split_once("\n=>").unwrap();
            let file = format!("{number:02}.sql:");
            let texts = problems
                .iter()
                .map(|problem| folder.plain(&problem.error.to_string()));
            let found: Vec<String> = texts.filter(|text| text.starts_with(&file)).collect();
            let found = found.join("\n").replace(&file, "q.sql:");
            assert_eq!(found.trim(), wanted.trim(), "{name} {newline:?}");
        }
    }
}

#[test]
fn a_whole_header_is_read() {
    let sql = r#"-- /// query
-- title = "Signup funnel"
-- about = """
-- Customers who visit,
-- then sign up."""
-- owner = "growth"
-- kind = "funnel"
--
-- [params]
-- since = { type = "DATE", default_sql = "$today - 90", about = "from this day" }
-- plans = { type = "varchar[]", default = ["free", "pro"], choices = ["free", "pro", "team"] }
-- country = { type = "VARCHAR", optional = true }
--
-- [goals.purchase]
-- row = { step = "purchase" }
-- column = "customers"
-- at_least = 0.25
-- warn_at = 0.27
-- due = 2026-12-31
--
-- [columns]
-- customers = { unit = "people", format = "whole", better = "up" }
--
-- [meta]
-- anything = { goes = "here" }
-- ///
SELECT event AS step, count(*) AS customers FROM events
WHERE ts >= $since AND event IN $plans AND ($country IS NULL OR event = $country) GROUP BY 1 ORDER BY 2
"#;
    let folder = Folder::with(&[("q.sql", sql)]);
    assert_eq!(complaints(sql), "");
    let parser = cxtop::store::Parser::new().unwrap();
    let workspace = cxtop::queries::Workspace::read(&folder.path(), &parser).unwrap();
    let query = workspace.query("q").unwrap().state.as_ref().unwrap();
    let header = &query.header;
    assert_eq!(
        (header.title.as_str(), header.kind),
        ("Signup funnel", Kind::Funnel)
    );
    assert_eq!(header.about, "Customers who visit,\nthen sign up.");
    assert_eq!(
        header.params[0].fallback,
        Fallback::Sql("$today - 90".to_string())
    );
    assert_eq!(header.params[1].sql_type, "VARCHAR[]");
    let plans = ["free", "pro"]
        .map(|plan| Value::Text(plan.to_string()))
        .to_vec();
    assert_eq!(
        header.params[1].fallback,
        Fallback::Value(Value::List(plans))
    );
    assert_eq!(header.params[2].fallback, Fallback::Null);
    assert_eq!(header.goals[0].target, Target::AtLeast(0.25));
    assert_eq!(
        header.goals[0].row,
        [("step".to_string(), Value::Text("purchase".to_string()))]
    );
    assert_eq!(header.columns["customers"].format, Format::Whole);
    assert_eq!(header.columns["customers"].better, Better::Up);
    assert_eq!(query.text, sql);
}

#[test]
fn a_file_without_a_header_is_a_table_with_the_file_name() {
    let folder = Folder::with(&[("area/plain.sql", "SELECT 1 AS one")]);
    let parser = cxtop::store::Parser::new().unwrap();
    let workspace = cxtop::queries::Workspace::read(&folder.path(), &parser).unwrap();
    let query = workspace
        .query("area/plain")
        .unwrap()
        .state
        .as_ref()
        .unwrap();
    assert_eq!(
        (query.header.title.as_str(), query.header.kind),
        ("plain", Kind::Table)
    );
}
