//! The journey map: read, held against the queries, and put beside the rows that count who comes where.

use std::collections::BTreeMap;

use cxtop::queries::{Workspace, ask, check, human};
use cxtop::store::{Parser, Value};

use super::Folder;

const MAP: (&str, &str) = (
    "map.sql",
    "-- /// query\n-- kind = \"journey\"\n-- ///\nSELECT 'Try' AS stage, NULL AS touchpoint, 1 AS customers",
);

const NPS: (&str, &str) = (
    "nps.sql",
    "-- /// query\n-- title = \"NPS\"\n-- [params]\n-- survey = { type = \"VARCHAR\", default = \"nps\" }\n\
     -- [goals.nps]\n-- column = \"value\"\n-- at_least = 30\n-- ///\n\
     SELECT 42.0::DOUBLE AS value, 4.0::DOUBLE AS margin, 812 AS n, 'x' AS word, $survey AS survey",
);

fn says(files: &[(&str, &str)], wanted: &str) {
    let folder = Folder::with(files);
    let found = folder.plain(&human(&check(&folder.path()).unwrap()));
    assert_eq!(found.trim(), wanted.trim());
}

#[test]
fn the_map_is_held_against_the_queries() {
    let map = "version = 1
[[stage]]
name = \"Try\"
owner = \"groth\"
metric = { query = \"nsp\" }
[[stage.touchpoint]]
name = \"Tour\"
metric = { query = \"nps\", column = \"valeu\", row = { survey = \"nps\", when = 1 } }
goal = { at_least = 30, warn_at = 20 }
[[stage.touchpoint]]
name = \"tour\"
metric = { query = \"nps\", column = \"word\", params = { survey = 1, day = 2 } }
[[stage]]
name = \"Buy\"
goal = { at_least = 1 }
pian = \"slow\"
";
    says(
        &[
            ("cxtop.toml", "version = 1\nowners = [\"growth\"]\n"),
            MAP,
            NPS,
            ("journey.toml", map),
        ],
        "journey.toml:4:9: error[owner]: owner `groth` is not in cxtop.toml
  owner = \"groth\"
          ^
  help: did you mean `growth`?
journey.toml:5:20: error[query]: there is no query `nsp`
  metric = { query = \"nsp\" }
                     ^
  help: did you mean `nps`?
journey.toml:8:20: error[column]: query nps returns no column `valeu`
  metric = { query = \"nps\", column = \"valeu\", row = { survey = \"nps\", when = 1 } }
                     ^
  help: did you mean `value`?
journey.toml:8:20: error[column]: query nps returns no column `when`
  metric = { query = \"nps\", column = \"valeu\", row = { survey = \"nps\", when = 1 } }
                     ^
journey.toml:9:8: error[type]: goal: `warn_at` lies beyond the target, so it would never warn in time
  goal = { at_least = 30, warn_at = 20 }
         ^
journey.toml:11:8: error[journey]: `tour` is on the map twice
  name = \"tour\"
         ^
journey.toml:12:20: error[column]: column `word` of nps is VARCHAR, not a number
  metric = { query = \"nps\", column = \"word\", params = { survey = 1, day = 2 } }
                     ^
journey.toml:12:20: error[parameter]: parameter `survey`: `1` is not a VARCHAR
  metric = { query = \"nps\", column = \"word\", params = { survey = 1, day = 2 } }
                     ^
journey.toml:12:20: error[parameter]: query nps has no parameter `day`
  metric = { query = \"nps\", column = \"word\", params = { survey = 1, day = 2 } }
                     ^
  help: it has survey
journey.toml:13:1: error[type]: a `goal` needs a `metric`
  [[stage]]
  ^
journey.toml:16:1: error[key]: unknown key `pian`
  pian = \"slow\"
  ^
  help: did you mean `pain`?
11 errors, 0 warnings",
    );
}

#[test]
fn a_sound_map_is_sound() {
    let map = "version = 1\n[[stage]]\nname = \"Try\"\nmetric = { query = \"nps\" }\n";
    says(&[MAP, NPS, ("journey.toml", map)], "everything is sound");
}

#[test]
fn the_numbers_of_the_map_stand_beside_the_rows_in_the_maps_order() {
    let counted = "-- /// query
-- kind = \"journey\"
-- ///
FROM (VALUES ('Buy', NULL, 7), ('Try', 'Tour', 9), ('Try', NULL, 20), ('Try', 'Help', 3), ('Stay', NULL, 1))
    AS counted (stage, touchpoint, customers)
ORDER BY stage";
    let trend = "-- /// query
-- kind = \"trend\"
-- ///
FROM (VALUES (DATE '2025-01-01', 1, true), (DATE '2025-02-01', 2, true), (DATE '2025-03-01', 9, false))
    AS months (period, value, complete)
ORDER BY period";
    let map = "version = 1
[[stage]]
name = \"Try\"
owner = \"growth\"
metric = { query = \"nps\" }
[[stage.touchpoint]]
name = \"Fair\"
pain = \"loud\"
[[stage.touchpoint]]
name = \"Tour\"
metric = { query = \"trend\", title = \"Months\" }
goal = { at_most = 3, warn_at = 1 }
[[stage]]
name = \"Buy\"
metric = { query = \"broken\" }
";
    let broken = "SELECT * FROM nowhere";
    let folder = Folder::with(&[
        ("map.sql", counted),
        NPS,
        ("trend.sql", trend),
        ("broken.sql", broken),
        ("journey.toml", map),
    ]);
    let parser = Parser::new().unwrap();
    let workspace = Workspace::read(&folder.path(), &parser).unwrap();
    let query = workspace.query("map").unwrap().state.as_ref().unwrap();
    let today = "2025-06-01".parse().unwrap();
    let given = BTreeMap::from([("survey".to_string(), Value::Text("csat".to_string()))]);
    let bound = workspace.bind(query, &given, today).unwrap();
    let store = cxtop::store::Store::open(&super::options()).unwrap();
    let session = store.connect().unwrap();
    let table = ask(&session, &query.text, &query.path, &bound, 100).unwrap();
    let rows: Vec<String> = (0..table.rows())
        .map(|row| {
            let cells: Vec<String> = table.row(row).map(Value::text).collect();
            cells.join("|")
        })
        .collect();
    let names: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(
        names.join("|"),
        "stage|touchpoint|customers|metric|value|margin|n|unit|format|at_least|at_most|warn_at|owner|pain|problem"
    );
    assert_eq!(
        rows,
        [
            "Try||20|NPS|42|4|812||auto|30|||growth||",
            "Try|Fair||||||||||||loud|",
            "Try|Tour|9|Months|2||||auto||3|1|||",
            "Try|Help|3||||||||||||",
            "Buy||7|broken|||||||||||there is no table `nowhere`",
            "Stay||1||||||||||||",
        ]
    );
}
