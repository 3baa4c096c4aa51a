//! What `check` doubts: rows in no order, and declared columns that the files do not have.

use cxtop::queries::{check, human};

use super::Folder;

fn says(files: &[(&str, &str)], wanted: &str) {
    let folder = Folder::with(files);
    let found = folder.plain(&human(&check(&folder.path()).unwrap()));
    assert_eq!(found.trim(), wanted.trim());
}

fn query(kind: &str, sql: &str) -> String {
    format!("-- /// query\n-- kind = \"{kind}\"\n-- ///\n{sql}")
}

#[test]
fn a_picture_drawn_in_the_querys_order_needs_one() {
    says(
        &[
            (
                "bars.sql",
                &query("bars", "SELECT event, count(*) AS n FROM events GROUP BY event"),
            ),
            (
                "ordered.sql",
                &query("bars", "SELECT event, count(*) AS n FROM events GROUP BY event ORDER BY n DESC, event"),
            ),
            (
                "steps.sql",
                &query("funnel", "SELECT 'a' AS step, count(*) AS customers FROM events UNION ALL SELECT 'b', 1"),
            ),
            (
                "given.sql",
                &query("distribution", "SELECT range AS bucket, 1 AS n FROM range(3)"),
            ),
            (
                "trend.sql",
                &query("trend", "SELECT ts AS period, count(*) AS events FROM events GROUP BY ts"),
            ),
            ("table.sql", "SELECT event, count(*) AS n FROM events GROUP BY event"),
        ],
        "bars.sql:2:4: warning[order]: kind `bars` is drawn in the query's order, but nothing orders the rows
  -- kind = \"bars\"
     ^
  help: end the query with ORDER BY
steps.sql:2:4: warning[order]: kind `funnel` is drawn in the query's order, but nothing orders the rows
  -- kind = \"funnel\"
     ^
  help: end the query with ORDER BY
0 errors, 2 warnings",
    );
}

#[test]
fn a_limit_without_an_order_takes_other_rows_each_time() {
    says(
        &[
            ("a.sql", "SELECT event FROM events LIMIT 5"),
            (
                "b.sql",
                "WITH firsts AS (SELECT event FROM events LIMIT 7) SELECT * FROM firsts ORDER BY event LIMIT 5",
            ),
            (
                "c.sql",
                "SELECT event FROM events ORDER BY event LIMIT 5 OFFSET 5",
            ),
        ],
        "a.sql:1:32: warning[order]: LIMIT without ORDER BY takes other rows from run to run
  SELECT event FROM events LIMIT 5
                                 ^
  help: say with ORDER BY which rows come first
b.sql:1:48: warning[order]: LIMIT without ORDER BY takes other rows from run to run
  WITH firsts AS (SELECT event FROM events LIMIT 7) SELECT * FROM firsts ORDER BY event LIMIT 5
                                                 ^
  help: say with ORDER BY which rows come first
0 errors, 2 warnings",
    );
}

#[test]
fn kinds_and_goals_need_numbers() {
    let text = "-- /// query\n-- kind = \"funnel\"\n-- [goals.late]\n-- column = \"step\"\n-- at_least = 1\n-- ///\n\
                SELECT 'a' AS step, 'b' AS customers";
    says(
        &[
            ("funnel.sql", text),
            ("tree.sql", &query("tree", "SELECT 'a' AS node, 1 AS n")),
            ("cards.sql", &query("scorecard", "SELECT 'a' AS metric")),
            ("words.sql", &query("comments", "SELECT 'a' AS text")),
        ],
        "cards.sql:2:4: error[kind]: kind `scorecard` needs a column `value`
  -- kind = \"scorecard\"
     ^
  help: the query returns metric VARCHAR
funnel.sql:2:4: error[kind]: kind `funnel` needs numbers in the column `customers`
  -- kind = \"funnel\"
     ^
  help: the query returns step VARCHAR, customers VARCHAR
funnel.sql:3:5: error[goal]: goal `late`: column `step` is VARCHAR, not a number
  -- [goals.late]
      ^
tree.sql:2:4: error[kind]: kind `tree` needs a column `position`, or `parent`, `label` and a number column
  -- kind = \"tree\"
     ^
  help: the query returns node VARCHAR, n INTEGER
words.sql:2:4: error[kind]: kind `comments` needs a column `comment`
  -- kind = \"comments\"
     ^
  help: the query returns text VARCHAR
5 errors, 0 warnings",
    );
}

#[test]
fn declared_columns_are_held_against_the_files() {
    let config = "version = 1
[[source]]
table = \"events\"
files = \"data/*.csv\"
[[source]]
table = \"orders\"
files = \"data/orders.ndjson\"
privacy.email = \"drop\"
[[source]]
table = \"later\"
files = \"data/later/*.csv\"
[tables.events]
plan = \"VARCHAR\"
amuont = \"DOUBLE\"
clicks = \"BIGINT\"
when = \"DATE\"
customer_id = \"VARCHAR\"
[tables.orders]
email = \"VARCHAR\"
total = \"BIGINT\"
paid = \"BOOLEAN\"
[tables.later]
anything = \"DOUBLE\"
";
    says(
        &[
            ("cxtop.toml", config),
            (
                "data/events.csv",
                "customer_id,event,ts,plan,amount,clicks,when\n\
                 1,a,2025-01-01 10:00:00,pro,1.5,3,soon\n2,b,2025-01-01 10:00:00,free,2,none at all,later\n",
            ),
            (
                "data/orders.ndjson",
                "{\"total\": 10, \"paid\": true}\n{\"total\": 10.5, \"paid\": false}\n",
            ),
        ],
        "cxtop.toml:14:1: warning[schema]: no file of events has a column `amuont` (2 records of 1 files looked at)
  amuont = \"DOUBLE\"
  ^
  help: did you mean `amount`?
cxtop.toml:15:1: warning[schema]: `clicks` is declared BIGINT, but 1 of 2 values are not and become NULL
  clicks = \"BIGINT\"
  ^
  help: the values look like VARCHAR
cxtop.toml:16:1: error[schema]: `when` is declared DATE, but 2 of 2 values are not and become NULL
  when = \"DATE\"
  ^
  help: the values look like VARCHAR
cxtop.toml:20:1: warning[schema]: `total` is declared BIGINT, but 1 of 2 values are not and become NULL
  total = \"BIGINT\"
  ^
  help: the values look like DOUBLE
1 error, 3 warnings",
    );
}

#[test]
fn a_mistake_in_cxtop_toml_hides_no_other_file() {
    says(
        &[
            ("cxtop.toml", "version = 1\nweek_start = \"mon\"\n[tables.events]\nplan = \"TXT\"\n"),
            ("a.sql", "SELECT plan FROM events"),
            ("b.sql", "SELECT sum(score FROM surveys"),
        ],
        "b.sql:1:18: error[syntax]: syntax error at or near \"FROM\"
  SELECT sum(score FROM surveys
                   ^
cxtop.toml:2:14: error[type]: `week_start`: `mon` is not one of monday, tuesday, wednesday, thursday, friday, saturday, sunday
  week_start = \"mon\"
               ^
cxtop.toml:4:8: error[type]: a column cannot have the type `TXT`
  plan = \"TXT\"
         ^
  help: known types: BOOLEAN, BIGINT, DOUBLE, DATE, TIMESTAMP, VARCHAR, JSON
3 errors, 0 warnings",
    );
}
