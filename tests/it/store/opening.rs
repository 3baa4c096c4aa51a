//! Opening: files and their rights, the lock, and what no statement can do to the house.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use cxtop::error::Kind;
use cxtop::store::{Options, Store};

use super::{ask, options};

fn with_file(path: &Path) -> Options {
    Options {
        file: Some(path.to_path_buf()),
        ..options()
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_store_and_all_beside_it_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/er/cx.duckdb");
    let store = Store::open(&with_file(&file)).unwrap();
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    for entry in fs::read_dir(file.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(
            mode(&path),
            if path.is_dir() { 0o700 } else { 0o600 },
            "{}",
            path.display()
        );
    }
    drop(store);
    let left: Vec<_> = fs::read_dir(file.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "only the file and its lock stay: {left:?}");
}

#[test]
fn a_file_in_use_says_by_whom() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cx.duckdb");
    let store = Store::open(&with_file(&file)).unwrap();
    // DuckDB's own lock is lost when something opens and closes the file; ours is not.
    drop(fs::File::open(&file).unwrap());
    let error = Store::open(&with_file(&file)).err().unwrap();
    assert_eq!(error.kind, Kind::Usage);
    assert_eq!(
        error.to_string(),
        format!(
            "could not open {}: in use by process {}\n  help: stop that process, or give another file with --db",
            file.display(),
            std::process::id()
        )
    );
    drop(store);
    Store::open(&with_file(&file)).unwrap();
}

#[test]
fn a_file_that_is_no_database_or_has_a_name_of_ours_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.duckdb");
    fs::write(&file, "these are my notes, do not touch them".repeat(200)).unwrap();
    let error = Store::open(&with_file(&file)).err().unwrap().to_string();
    assert!(
        error.starts_with(&format!("could not open {}: ", file.display())),
        "{error}"
    );
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .starts_with("these are my notes")
    );
    let error = Store::open(&with_file(&folder.path().join("main.duckdb")))
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("the name main means something in SQL"),
        "{error}"
    );
}

#[test]
fn the_five_tables_are_there_and_empty() {
    let store = Store::open(&options()).unwrap();
    let session = store.connect().unwrap();
    for table in ["events", "surveys", "tickets", "subscriptions", "customers"] {
        assert_eq!(ask(&session, &format!("SELECT count(*) FROM {table}")), "0");
    }
    let shape = session.shape().unwrap();
    let names: Vec<&str> = shape.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["customers", "events", "subscriptions", "surveys", "tickets"]
    );
    assert_eq!(
        shape[1].1[..3]
            .iter()
            .map(|(name, kind)| format!("{name} {kind}"))
            .collect::<Vec<_>>(),
        ["customer_id VARCHAR", "event VARCHAR", "ts TIMESTAMP"]
    );
}

/// The contents of every file below a folder.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.insert(path.clone(), Vec::new());
            files.extend(tree(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    files
}

#[test]
fn hostile_statements_are_refused_by_the_sandbox_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cx.duckdb");
    let secret = folder.path().join("secret.csv");
    fs::write(&secret, "name\nhidden\n").unwrap();
    std::os::unix::fs::symlink(&secret, folder.path().join("link.csv")).unwrap();
    let store = Store::open(&with_file(&file)).unwrap();
    let session = store.connect().unwrap();
    let before = tree(folder.path());
    let (file, secret) = (file.display().to_string(), secret.display().to_string());
    let hostile = [
        format!("FROM read_csv('{secret}')"),
        format!("FROM '{secret}'"),
        format!("FROM read_text('{secret}')"),
        format!("FROM read_blob('{secret}')"),
        format!("FROM read_json('{secret}')"),
        format!("FROM read_parquet('{secret}')"),
        format!("FROM sniff_csv('{secret}')"),
        format!("SELECT * FROM events, LATERAL (FROM read_text('{secret}'))"),
        format!("FROM read_csv('{}')", secret.replace("secret", "link")),
        format!("FROM read_csv('file://{secret}')"),
        format!("FROM glob('{}/*')", folder.path().display()),
        format!("FROM query('FROM read_text(''{secret}'')')"),
        format!("COPY events TO '{secret}'"),
        format!("COPY (SELECT 1) TO '{}/new.csv'", folder.path().display()),
        format!("COPY events FROM '{secret}'"),
        format!("WITH c AS (COPY (SELECT 1) TO '{}/new.csv') SELECT 1", folder.path().display()),
        format!("WITH c AS (COPY (SELECT 1) TO '{secret}' (USE_TMP_FILE false)) SELECT 1"),
        format!("EXPORT DATABASE '{}/export'", folder.path().display()),
        format!("IMPORT DATABASE '{}'", folder.path().display()),
        format!("ATTACH '{}/other.duckdb'", folder.path().display()),
        format!("ATTACH '{file}' AS again"),
        "ATTACH ':memory:' AS more".to_string(),
        "INSTALL httpfs".to_string(),
        "LOAD httpfs".to_string(),
        "UPDATE EXTENSIONS".to_string(),
        "FROM 'https://example.com/x.csv'".to_string(),
        "DELETE FROM loaded.events".to_string(),
        "WITH gone AS (DELETE FROM loaded.events RETURNING *) SELECT * FROM gone".to_string(),
        "WITH new AS (INSERT INTO loaded.events (event) VALUES ('x') RETURNING *) SELECT * FROM new".to_string(),
        "WITH changed AS (UPDATE loaded.events SET event = 'x' RETURNING *) SELECT * FROM changed".to_string(),
        "INSERT INTO loaded.events (event) VALUES ('x')".to_string(),
        "UPDATE _cxtop.files SET path = 'x'".to_string(),
        "DROP VIEW events".to_string(),
        "CREATE TABLE t AS SELECT 1".to_string(),
        "CREATE TEMP TABLE t AS SELECT 1".to_string(),
        "CREATE OR REPLACE MACRO nps(p_a) AS 1".to_string(),
        "SELECT 1; DELETE FROM loaded.events".to_string(),
        "DELETE FROM loaded.events; SELECT 1".to_string(),
        "SET enable_external_access = true".to_string(),
        "SET lock_configuration = false".to_string(),
        "RESET lock_configuration".to_string(),
        "SET GLOBAL memory_limit = '1TB'".to_string(),
        "SET VARIABLE x = 1".to_string(),
        "PRAGMA enable_profiling".to_string(),
        "CALL pragma_version()".to_string(),
        "CHECKPOINT".to_string(),
        "COMMIT".to_string(),
        "USE temp".to_string(),
        "PREPARE p AS SELECT 1".to_string(),
        "EXECUTE p".to_string(),
        "CREATE SECRET s (TYPE S3)".to_string(),
        "PIVOT events ON event".to_string(),
        "EXPLAIN ANALYZE DELETE FROM loaded.events".to_string(),
        "SELECT getenv('HOME')".to_string(),
        "SELECT nextval('x')".to_string(),
    ];
    for sql in &hostile {
        let answer = session.run(sql, &[], 10);
        assert!(answer.is_err(), "{sql}: {answer:?}");
    }
    assert_eq!(ask(&session, "SELECT count(*) FROM events"), "0");
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        tree(folder.path()).keys().collect::<Vec<_>>()
    );
    assert!(before == tree(folder.path()), "a file was changed");
}

#[test]
fn what_a_statement_leaves_behind_does_not_reach_the_next_one() {
    let store = Store::open(&options()).unwrap();
    let session = store.connect().unwrap();
    for sql in [
        "SELECT error('stop')",
        "SELECT 1",
        "SELECT nosuch",
        "SELECT 'x'::INTEGER",
    ] {
        let _ = session.run(sql, &[], 10);
        assert_eq!(
            ask(&session, "SELECT count(*) FROM events"),
            "0",
            "after {sql}"
        );
    }
}
