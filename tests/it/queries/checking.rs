use cxtop::queries::{check, human, json};

use super::Folder;

/// Checks that `check` says exactly this about these files.
fn says(files: &[(&str, &str)], wanted: &str) {
    let folder = Folder::with(files);
    let found = folder.plain(&human(&check(&folder.path()).unwrap()));
    assert_eq!(found.trim(), wanted.trim());
}

#[test]
fn an_empty_workspace_is_sound() {
    says(&[], "everything is sound");
}

#[test]
fn a_wrong_column_is_found_without_data_at_its_place_with_the_right_name() {
    says(
        &[(
            "scores/nps.sql",
            "SELECT customer_id\n     , evnt\nFROM events\nORDER BY 1\n",
        )],
        "scores/nps.sql:2:8: error[column]: referenced column \"evnt\" not found in FROM clause
       , evnt
         ^
  help: did you mean `event`?
1 error, 0 warnings",
    );
}

#[test]
fn a_parameter_of_unknown_type_does_not_hide_a_wrong_column() {
    let sql = "-- /// query
-- [params]
-- grain = { type = \"VARCHAR\", default = \"day\" }
-- ///
SELECT date_trunc($grain, ts) AS period, nosuch FROM events ORDER BY 1";
    says(
        &[("q.sql", sql)],
        "q.sql:5:42: error[column]: referenced column \"nosuch\" not found in FROM clause
  SELECT date_trunc($grain, ts) AS period, nosuch FROM events ORDER BY 1
                                           ^
  help: a column that only the data has is declared in cxtop.toml under [tables.NAME]
1 error, 0 warnings",
    );
}

#[test]
fn declared_columns_are_known_without_data() {
    says(
        &[
            (
                "cxtop.toml",
                "version = 1\n[tables.events]\nplatform = \"VARCHAR\"\n[tables.orders]\namount = \"DOUBLE\"\n",
            ),
            (
                "q.sql",
                "SELECT platform, sum(amount) FROM events, orders GROUP BY 1 ORDER BY 1",
            ),
        ],
        "everything is sound",
    );
}

#[test]
fn a_table_without_declared_columns_says_how_to_declare_them() {
    let config = "version = 1\n[[source]]\ntable = \"orders\"\nfiles = \"x.csv\"\n";
    says(
        &[("cxtop.toml", config), ("q.sql", "SELECT * FROM orders")],
        "q.sql:1:15: error[name]: table with name orders does not exist
  SELECT * FROM orders
                ^
  help: declare its columns in cxtop.toml under [tables.orders]
1 error, 0 warnings",
    );
}

#[test]
fn a_canonical_column_keeps_its_type() {
    says(
        &[(
            "cxtop.toml",
            "version = 1\n[tables.events]\nts = \"DATE\"\nevent = \"TEXT\"\n",
        )],
        "cxtop.toml:3:6: error[type]: `ts` of events is TIMESTAMP in every workspace
  ts = \"DATE\"
       ^
1 error, 0 warnings",
    );
}

#[test]
fn a_kind_needs_its_columns() {
    says(
        &[
            (
                "funnel.sql",
                "-- /// query\n-- kind = \"funnel\"\n-- ///\nSELECT 'a' AS step, 1 AS people",
            ),
            (
                "trend.sql",
                "-- /// query\n-- kind = \"trend\"\n-- ///\nSELECT 'a' AS day, 1 AS people",
            ),
            (
                "value.sql",
                "-- /// query\n-- kind = \"value\"\n-- ///\nSELECT 'a' AS word",
            ),
        ],
        "funnel.sql:2:4: error[kind]: kind `funnel` needs a column `customers`
  -- kind = \"funnel\"
     ^
  help: the query returns step VARCHAR, people INTEGER
trend.sql:2:4: error[kind]: kind `trend` needs a time column
  -- kind = \"trend\"
     ^
  help: the query returns day VARCHAR, people INTEGER
value.sql:2:4: error[kind]: kind `value` needs a number column
  -- kind = \"value\"
     ^
  help: the query returns word VARCHAR
3 errors, 0 warnings",
    );
}

#[test]
fn what_a_panel_refuses_is_found_without_data() {
    let query = |kind: &str, more: &str, sql: &str| {
        format!("-- /// query\n-- kind = \"{kind}\"\n{more}-- ///\n{sql} ORDER BY ALL")
    };
    let margin = "-- [columns]\n-- people = { margin = \"around\" }\n";
    let wrong = [
        (
            "comments",
            "",
            "SELECT 5 AS comment",
            "text in the column `comment`",
        ),
        (
            "distribution",
            "",
            "SELECT 'a' AS \"group\", 1 AS b, 0.5 AS b_margin",
            "a bucket and then a number column",
        ),
        (
            "tree",
            "",
            "SELECT 1 AS parent, 2 AS label, 9 AS n",
            "a number column",
        ),
        (
            "tree",
            "",
            "SELECT 'a' AS parent, 1 AS position, 'a' AS node, 'b' AS next_node, 1 AS transitions",
            "a column `label`",
        ),
        (
            "trend",
            "",
            "SELECT DATE '2025-01-01' AS day, 9 AS n, 0.5 AS margin",
            "a number column",
        ),
        (
            "trend",
            margin,
            "SELECT DATE '2025-01-01' AS day, 'x' AS people, 0.5 AS around",
            "a number column",
        ),
        (
            "value",
            "",
            "SELECT 'good' AS value, 9 AS people",
            "numbers in the column `value`",
        ),
        (
            "value",
            "",
            "SELECT 9 AS n, 4 AS previous, 4 AS previous_people",
            "a number column",
        ),
    ];
    for (kind, more, sql, needs) in wrong {
        let folder = Folder::with(&[("q.sql", &query(kind, more, sql))]);
        let found: Vec<String> = check(&folder.path())
            .unwrap()
            .into_iter()
            .map(|problem| problem.error.message)
            .collect();
        assert_eq!(found, [format!("kind `{kind}` needs {needs}")], "{sql}");
    }
    let right = [
        ("bars", "SELECT 'a' AS who, 9 AS n"),
        ("value", "SELECT 9 AS people, 4 AS n"),
        ("tree", "SELECT 1 AS parent, 2 AS label, 9 AS people"),
        ("distribution", "SELECT 1 AS score, 9 AS n"),
    ];
    for (kind, sql) in right {
        says(&[("q.sql", &query(kind, "", sql))], "everything is sound");
    }
}

#[test]
fn macros_may_stand_in_any_order_and_queries_know_what_they_read() {
    let lib = [
        (
            "lib/a.sql",
            "-- uses b\nCREATE MACRO open_tickets(p_team := 'all') AS TABLE SELECT * FROM team_tickets(p_team) WHERE solved_at IS NULL;\n",
        ),
        (
            "lib/b.sql",
            "CREATE OR REPLACE MACRO team_tickets(p_team) AS TABLE\n  SELECT * FROM tickets WHERE p_team = 'all' OR team = p_team;\nCREATE MACRO twice(p_x) AS 2 * p_x",
        ),
        (
            "q.sql",
            "SELECT count(*) AS n, twice(1) AS two FROM open_tickets()",
        ),
    ];
    says(&lib, "everything is sound");
    let folder = Folder::with(&lib);
    let parser = cxtop::store::Parser::new().unwrap();
    let workspace = cxtop::queries::Workspace::read(&folder.path(), &parser).unwrap();
    let query = workspace.query("q").unwrap().state.as_ref().unwrap();
    assert_eq!(
        query
            .shape
            .tables
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>(),
        ["tickets"]
    );
}

#[test]
fn an_error_in_lib_is_shown_once_there_and_dependents_say_what_they_wait_for() {
    says(
        &[
            (
                "lib/a.sql",
                "CREATE MACRO recent(p_days) AS TABLE SELECT * FROM evnts",
            ),
            ("q.sql", "SELECT count(*) AS n FROM recent(7)"),
        ],
        "lib/a.sql:1:52: error[name]: there is no table `evnts`
  CREATE MACRO recent(p_days) AS TABLE SELECT * FROM evnts
                                                     ^
  help: did you mean `events`?
q.sql:1:27: error[gate]: `recent` waits for lib/a.sql:1:52, which has an error
  SELECT count(*) AS n FROM recent(7)
                            ^
2 errors, 0 warnings",
    );
}

#[test]
fn lib_holds_only_macros_whose_arguments_cannot_be_columns() {
    says(
        &[
            ("lib/column.sql", "CREATE MACRO m(plan) AS TABLE SELECT 1"),
            (
                "lib/default.sql",
                "CREATE MACRO d(p_x := (SELECT 1 FROM 'x.csv')) AS p_x",
            ),
            (
                "lib/delete.sql",
                "CREATE MACRO x(p_a) AS TABLE WITH d AS (DELETE FROM events RETURNING *) FROM d",
            ),
            ("lib/drop.sql", "-- a comment\nDROP TABLE events"),
            (
                "lib/file.sql",
                "CREATE MACRO f() AS (SELECT content FROM read_text('/etc/passwd'))",
            ),
            ("lib/parameter.sql", "CREATE MACRO p() AS $today"),
        ],
        "lib/column.sql:1:16: error[macro]: macro argument `plan` must start with p_
  CREATE MACRO m(plan) AS TABLE SELECT 1
                 ^
  help: an argument that is named like a column would be taken for the column and match every row
lib/default.sql:1:38: error[gate]: a query cannot read files, but this one names 'x.csv'
  CREATE MACRO d(p_x := (SELECT 1 FROM 'x.csv')) AS p_x
                                       ^
lib/delete.sql:1:1: error[gate]: a query may only read, but this one holds DELETE
  CREATE MACRO x(p_a) AS TABLE WITH d AS (DELETE FROM events RETURNING *) FROM d
  ^
lib/drop.sql:2:1: error[macro]: lib/ holds only CREATE MACRO statements
  DROP TABLE events
  ^
  help: put queries in another folder
lib/file.sql:1:42: error[gate]: `read_text` is not allowed in FROM
  CREATE MACRO f() AS (SELECT content FROM read_text('/etc/passwd'))
                                           ^
lib/parameter.sql:1:21: error[macro]: a macro cannot use the parameter $today
  CREATE MACRO p() AS $today
                      ^
  help: pass it as an argument whose name starts with p_
6 errors, 0 warnings",
    );
}

#[test]
fn a_macro_that_does_not_bind_is_shown_in_lib() {
    says(
        &[(
            "lib/a.sql",
            "\nCREATE MACRO m(p_a) AS TABLE SELECT evnt FROM events",
        )],
        "lib/a.sql:2:37: error[column]: referenced column \"evnt\" not found in FROM clause
  CREATE MACRO m(p_a) AS TABLE SELECT evnt FROM events
                                      ^
  help: did you mean `event`?
1 error, 0 warnings",
    );
}

#[test]
fn a_division_that_can_fail_is_a_warning() {
    says(
        &[(
            "q.sql",
            "SELECT sum(score) / count(*) AS a, 1 / 2 AS b, sum(score) / nullif(count(*), 0) AS c FROM surveys",
        )],
        "q.sql:1:8: warning[division]: this division has no answer when the divisor is 0
  SELECT sum(score) / count(*) AS a, 1 / 2 AS b, sum(score) / nullif(count(*), 0) AS c FROM surveys
         ^
  help: write x / nullif(y, 0), which gives NULL
0 errors, 1 warning",
    );
}

#[test]
fn dashboards_are_held_against_the_queries() {
    let query = |kind: &str| {
        format!(
            "-- /// query\n-- [params]\n-- since = {{ type = \"{kind}\", optional = true }}\n-- ///\nSELECT $since AS since"
        )
    };
    let dashboard = "version = 1
title = \"Growth\"
owner = \"grwth\"
[filters]
since = { label = \"From\" }
country = {}
[[rows]]
height = 2
panels = [ { query = \"days\", width = 1 }, { query = \"times\", widht = 1 } ]
[[rows]]
panels = [ { query = \"dais\" }, { query = \"days\", params = { since = \"x\", until = 1 } } ]
";
    says(
        &[
            ("cxtop.toml", "version = 1\nowners = [\"growth\"]\n"),
            ("days.sql", &query("DATE")),
            ("times.sql", &query("TIMESTAMP")),
            ("dashboards/growth.toml", dashboard),
        ],
        "dashboards/growth.toml:3:9: error[owner]: owner `grwth` is not in cxtop.toml
  owner = \"grwth\"
          ^
  help: did you mean `growth`?
dashboards/growth.toml:6:1: warning[filter]: no panel has a parameter `country`, so the filter does nothing
  country = {}
  ^
dashboards/growth.toml:9:22: error[parameter]: parameter `since`: `x` is not a DATE
  panels = [ { query = \"days\", width = 1 }, { query = \"times\", widht = 1 } ]
                       ^
dashboards/growth.toml:9:22: error[parameter]: query days has no parameter `until`
  panels = [ { query = \"days\", width = 1 }, { query = \"times\", widht = 1 } ]
                       ^
  help: it has since
dashboards/growth.toml:9:53: error[filter]: filter `since` is DATE in days but TIMESTAMP in times
  panels = [ { query = \"days\", width = 1 }, { query = \"times\", widht = 1 } ]
                                                      ^
dashboards/growth.toml:9:62: error[key]: unknown key `widht`
  panels = [ { query = \"days\", width = 1 }, { query = \"times\", widht = 1 } ]
                                                               ^
  help: did you mean `width`?
dashboards/growth.toml:11:22: error[query]: there is no query `dais`
  panels = [ { query = \"dais\" }, { query = \"days\", params = { since = \"x\", until = 1 } } ]
                       ^
  help: did you mean `days`?
6 errors, 1 warning",
    );
}

#[test]
fn a_dashboard_that_cxtop_toml_puts_first_must_exist() {
    says(
        &[
            (
                "cxtop.toml",
                "version = 1\ndashboards = [\"overview\", \"suport\"]\n",
            ),
            (
                "dashboards/overview.toml",
                "version = 1\n[[rows]]\npanels = [ { query = \"events\" } ]\n",
            ),
            (
                "dashboards/support.toml",
                "version = 1\n[[rows]]\npanels = [ { query = \"events\" } ]\n",
            ),
            ("events.sql", "SELECT count(*) AS events FROM events\n"),
        ],
        "cxtop.toml:2:27: error[dashboard]: there is no dashboard `suport`
  dashboards = [\"overview\", \"suport\"]
                            ^
  help: did you mean `support`?
1 error, 0 warnings",
    );
}

#[test]
fn tests_are_held_against_queries_and_tables() {
    let tests = "query = \"q\"
[[case]]
name = \"one\"
params = { since = 2025-01-01 }
given.evnts = \"\"
given.events = \"\"\"
customer_id, evnt
1, a
\"\"\"
given.tickets = \"\"\"
ticket_id, reopens
1, many
\"\"\"
expect = \"n\\n1\\n\"
";
    says(
        &[
            ("q.sql", "SELECT count(*) AS n FROM events"),
            ("tests/q.toml", tests),
            ("tests/r.toml", "query = \"r\"\n"),
        ],
        "tests/q.toml:2: error[test]: given.events: the table has no column `evnt`
  help: did you mean `event`?
tests/q.toml:2: error[test]: given.evnts: there is no table `evnts`
  help: did you mean `events`?
tests/q.toml:2: error[test]: given.tickets: `many` in reopens is no BIGINT
tests/q.toml:2: error[parameter]: query q has no parameter `since`
  help: it takes no parameters
tests/r.toml:1:1: error[type]: a test file needs at least one `[[case]]`
  query = \"r\"
  ^
tests/r.toml:1:9: error[query]: there is no query `r`
  query = \"r\"
          ^
  help: did you mean `q`?
6 errors, 0 warnings",
    );
}

#[test]
fn one_broken_file_hides_no_other() {
    says(
        &[
            (
                "annotations.toml",
                "version = 1\n[[annotation]]\ndate = 2025-01-01\n",
            ),
            (
                "a.sql",
                "<<<<<<< HEAD\nSELECT 1\n=======\nSELECT 2\n>>>>>>> branch\n",
            ),
            ("b.sql", "SELECT 1;\nSELECT 2"),
            ("c.sql", "SELECT 1 AS one"),
            ("d.sql", "SELECT sum(score FROM surveys"),
            ("e.sql", "SELECT nosuchfunction(1)"),
            (".draft.sql", "SELEC"),
        ],
        "a.sql:1:1: error[conflict]: the file has an unresolved merge conflict
  <<<<<<< HEAD
  ^
  help: keep one side, and delete the lines that start with <<<<<<<, ======= and >>>>>>>
annotations.toml:2:1: error[type]: `text` is missing
  [[annotation]]
  ^
b.sql:2:1: error[gate]: only one statement is allowed
  SELECT 2
  ^
d.sql:1:18: error[syntax]: syntax error at or near \"FROM\"
  SELECT sum(score FROM surveys
                   ^
e.sql:1:8: error[name]: scalar Function with name nosuchfunction does not exist
  SELECT nosuchfunction(1)
         ^
5 errors, 0 warnings",
    );
}

#[test]
fn a_broken_configuration_is_named_with_all_its_mistakes() {
    let config = "version = 2
tmiezone = \"Europe/Berlin\"
timezone = \"Europe/Berlni\"
week_start = \"mon\"
today = \"yesterday\"
[[source]]
table = \"My Events\"
files = \"x.csv\"
[source.privacy]
email = \"hide\"
[source.columns]
ts = { from = \"time\", zon = \"UTC\" }
[tables.events]
amount = \"MONEY\"
[limits]
query_timeout_seconds = 0
memory_limit = \"lots\"
";
    says(
        &[("cxtop.toml", config)],
        "cxtop.toml:1:11: error[type]: `version`: version 2 is not known to this cxtop, which knows version 1
  version = 2
            ^
cxtop.toml:2:1: error[key]: unknown key `tmiezone`
  tmiezone = \"Europe/Berlin\"
  ^
  help: did you mean `timezone`?
cxtop.toml:3:12: error[type]: `timezone`: no time zone `Europe/Berlni`
  timezone = \"Europe/Berlni\"
             ^
  help: use an IANA name such as `Europe/Berlin`
cxtop.toml:4:14: error[type]: `week_start`: `mon` is not one of monday, tuesday, wednesday, thursday, friday, saturday, sunday
  week_start = \"mon\"
               ^
cxtop.toml:5:9: error[type]: `today`: expected \"data\", \"clock\" or a date such as 2025-01-31
  today = \"yesterday\"
          ^
cxtop.toml:7:9: error[type]: `table`: `My Events` cannot be a table: use lower-case letters, digits and _, and start with a letter
  table = \"My Events\"
          ^
cxtop.toml:10:9: error[type]: `hide` is not one of hash, drop, mask
  email = \"hide\"
          ^
cxtop.toml:12:23: error[key]: unknown key `zon`
  ts = { from = \"time\", zon = \"UTC\" }
                        ^
  help: did you mean `zone`?
cxtop.toml:14:10: error[type]: a column cannot have the type `MONEY`
  amount = \"MONEY\"
           ^
  help: known types: BOOLEAN, BIGINT, DOUBLE, DATE, TIMESTAMP, VARCHAR, JSON
cxtop.toml:16:25: error[type]: `query_timeout_seconds`: expected a number of seconds from 1 to 86400
  query_timeout_seconds = 0
                          ^
cxtop.toml:17:16: error[type]: `memory_limit`: expected an amount of memory such as \"2GB\"
  memory_limit = \"lots\"
                 ^
11 errors, 0 warnings",
    );
}

#[test]
fn a_missing_configuration_says_what_a_workspace_is() {
    let folder = Folder::with(&[]);
    std::fs::remove_file(folder.path().join("cxtop.toml")).unwrap();
    let problems = check(&folder.path()).unwrap();
    assert_eq!(problems[0].error.exit_code(), 2);
    assert!(
        problems[0]
            .error
            .help
            .as_deref()
            .unwrap()
            .contains("version = 1")
    );
}

#[test]
fn json_has_a_place_a_rule_and_a_severity() {
    let folder = Folder::with(&[("q.sql", "SELECT * FROM evnts")]);
    let text = folder.plain(&json(&check(&folder.path()).unwrap()));
    let problems: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        problems,
        serde_json::json!([{
            "path": "q.sql", "line": 1, "column": 15, "severity": "error", "rule": "name",
            "message": "there is no table `evnts`", "help": "did you mean `events`?"
        }])
    );
}
