//! The examples of `docs/functions.md`: each is run over the sample workspace and has to give the table below it.

use std::fs;
use std::path::Path;
use std::process::Command;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The SQL of an example, and the Markdown table below it.
type Example = (String, Vec<Vec<String>>);

/// Returns every block of SQL in the page; without a table below it there is nothing it could be held to.
fn examples(page: &str) -> Vec<Example> {
    let blocks = page.split("```sql\n").skip(1);
    blocks
        .map(|block| {
            let (sql, below) = block.split_once("```").unwrap();
            let table: Vec<_> = below
                .trim_start()
                .lines()
                .take_while(|line| line.starts_with('|'))
                .map(cells)
                .collect();
            assert!(table.len() > 2, "there is no result below\n{sql}");
            (sql.to_string(), table)
        })
        .collect()
}

fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
    inner
        .split('|')
        .map(|cell| cell.trim().to_string())
        .collect()
}

/// Tells whether a shown cell is the real one, or a number rounded to the digits shown.
fn is_same(shown: &str, real: &str) -> bool {
    if shown == real {
        return true;
    }
    let numbers = shown.replace(',', "").parse::<f64>().ok();
    let (Some(shown_number), Ok(real_number)) = (numbers, real.parse::<f64>()) else {
        return false;
    };
    let places = shown.split_once('.').map_or(0, |(_, digits)| digits.len());
    let half = 0.5 * 0.1_f64.powi(i32::try_from(places).unwrap());
    real.contains('.') && (shown_number - real_number).abs() <= half * (1.0 + 1e-9)
}

fn run(sql: &str, store: &Path) -> Vec<Vec<String>> {
    let output = Command::new(env!("CARGO_BIN_EXE_cxtop"))
        .args(["sql", sql, "--format", "md", "--db"])
        .arg(store)
        .current_dir(repository())
        .env_remove("CXTOP_QUERIES")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{sql}\n{said}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter(|line| line.starts_with('|'))
        .map(cells)
        .collect()
}

#[test]
fn the_examples_give_the_results_below_them() {
    let page = fs::read_to_string(repository().join("docs/functions.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("sample.duckdb");
    for (sql, shown) in examples(&page) {
        let real = run(&sql, &store);
        let same_row = |(shown, real): (&Vec<String>, &Vec<String>)| {
            shown.len() == real.len()
                && shown
                    .iter()
                    .zip(real)
                    .all(|(shown, real)| is_same(shown, real))
        };
        // The second line only aligns the columns.
        let is_data = |(place, row): (usize, Vec<String>)| (place != 1).then_some(row);
        let data = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
            rows.into_iter().enumerate().filter_map(is_data).collect()
        };
        let (shown, real) = (data(shown), data(real));
        assert_eq!(shown.len(), real.len(), "{sql}\n{real:#?}");
        assert!(shown.iter().zip(&real).all(same_row), "{sql}\n{real:#?}");
    }
}

#[test]
fn a_shown_number_is_the_real_one_rounded() {
    for (shown, real, expected) in [
        ("0.51", "0.5099920", true),
        ("0.51", "0.5199", false),
        ("12", "12.4", true),
        ("12", "13", false),
        ("web", "web", true),
        ("", "0", false),
    ] {
        assert_eq!(is_same(shown, real), expected, "{shown} for {real}");
    }
}
