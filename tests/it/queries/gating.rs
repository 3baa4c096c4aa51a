use cxtop::files::CANONICAL;
use cxtop::queries::{Allowed, gate, located};
use cxtop::store::Parser;

use super::cases;

fn allowed() -> Allowed {
    let mut allowed = Allowed::default();
    for (table, _) in CANONICAL {
        allowed.table(table);
    }
    allowed
}

#[test]
fn every_function_of_the_bundled_database_that_changes_from_run_to_run_is_refused() {
    let parser = Parser::new().unwrap();
    let allowed = allowed();
    let database = duckdb::Connection::open_in_memory().unwrap();
    let mut names = database
        .prepare(
            "SELECT DISTINCT function_name FROM duckdb_functions()
             WHERE stability IN ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')",
        )
        .unwrap();
    let names: Vec<String> = names
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(names.len() >= 25, "{names:?}");
    for name in names {
        for sql in [format!("SELECT {name}()"), format!("SELECT {name}('a')")] {
            assert!(gate(&parser, &sql, &allowed).is_err(), "{sql}");
        }
    }
    assert!(gate(&parser, "SELECT lower('a')", &allowed).is_ok());
}

#[test]
fn hostile_statements_are_refused_with_a_reason() {
    let parser = Parser::new().unwrap();
    let allowed = allowed();
    let cases = cases("queries/gate/hostile.txt");
    assert!(cases.len() >= 75, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for (reason, sql) in cases {
        match gate(&parser, &sql, &allowed) {
            Ok(shape) => wrong.push(format!("{sql}\n  was let through: {shape:?}")),
            Err(error) if !error.message.contains(&reason) => {
                wrong.push(format!("{sql}\n  {reason} <> {}", error.message));
            }
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn benign_statements_pass_and_their_shape_is_known() {
    let parser = Parser::new().unwrap();
    let allowed = allowed();
    let cases = cases("queries/gate/benign.txt");
    assert!(cases.len() >= 25, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for (wanted, sql) in cases {
        let found = match gate(&parser, &sql, &allowed) {
            Ok(shape) => {
                let words = |words: std::collections::BTreeSet<String>| {
                    words.into_iter().collect::<Vec<_>>().join(" ")
                };
                let order = if shape.ordered { "yes" } else { "no" };
                format!(
                    "{} / {} / {order}",
                    words(shape.tables),
                    words(shape.parameters)
                )
                .trim()
                .to_string()
            }
            Err(error) => error.message,
        };
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if squeeze(&found) != squeeze(&wanted) {
            wrong.push(format!("{sql}\n  {wanted} <> {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_too_large_is_refused() {
    let parser = Parser::new().unwrap();
    let allowed = allowed();
    let refusal = |sql: &str| gate(&parser, sql, &allowed).unwrap_err().message;
    assert!(refusal(&format!("SELECT '{}'", "x".repeat(70_000))).contains("64 KiB"));
    assert!(refusal("SELECT '\0'").contains("NUL"));
    let steps: Vec<String> = (0..70)
        .map(|step| format!("s{step} AS (SELECT 1)"))
        .collect();
    assert!(refusal(&format!("WITH {} SELECT 1", steps.join(", "))).contains("64 named steps"));
    let joins = ", events".repeat(40);
    assert!(refusal(&format!("SELECT 1 FROM events{joins}")).contains("32 joins"));
    let deep = format!("SELECT {}1{}", "abs(".repeat(300), ")".repeat(300));
    assert!(refusal(&deep).contains("deep"), "{}", refusal(&deep));
}

#[test]
fn a_long_sum_is_not_too_deep() {
    let parser = Parser::new().unwrap();
    let sum = vec!["1"; 35].join(" + ");
    gate(&parser, &format!("SELECT {sum}"), &allowed()).unwrap();
}

#[test]
fn a_misspelt_table_is_found_at_its_place_after_any_letters() {
    let parser = Parser::new().unwrap();
    let sql = "-- ñ日本 😀\nSELECT 'ñ日本 😀', *\nFROM evnts";
    let error = gate(&parser, sql, &allowed()).unwrap_err();
    let text = located("x.sql".as_ref(), sql, &error).to_string();
    assert_eq!(
        text,
        "x.sql:3:6: there is no table `evnts`\n  FROM evnts\n       ^\n  help: did you mean `events`?"
    );
}
