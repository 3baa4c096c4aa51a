//! A watch tells that files changed, soon, and only then.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use cxtop::files::{Sight, Wake, Watch};

const SOON: Duration = Duration::from_secs(10);

#[test]
fn a_watch_tells_every_kind_of_change() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let deep = folder.path().join("later/data");
    // Polling is far too slow to be what tells here.
    let (watch, wakes) = start(&deep.join("*.csv"), Duration::from_secs(300));
    let file = deep.join("a.csv");
    let actions: [(&str, &dyn Fn()); 7] = [
        ("folders and a file appear", &|| {
            fs::create_dir_all(&deep).expect("folders");
            fs::write(&file, "id\n1\n").expect("to write");
        }),
        ("the file grows", &|| append(&file, "2\n")),
        ("it is replaced by another one", &|| {
            fs::write(deep.join("new"), "id\n3\n").expect("to write");
            fs::rename(deep.join("new"), &file).expect("to rename");
        }),
        ("it grows after that", &|| append(&file, "4\n")),
        ("a second file appears", &|| {
            fs::write(deep.join("b.csv"), "id\n5\n").expect("to write");
        }),
        ("a file goes", &|| {
            fs::remove_file(&file).expect("to remove");
        }),
        ("the folder is made anew", &|| {
            fs::remove_dir_all(folder.path().join("later")).expect("to remove");
            fs::create_dir_all(&deep).expect("folders");
            fs::write(&file, "id\n6\n").expect("to write");
        }),
    ];
    for (what, act) in actions {
        while wakes.try_recv().is_ok() {}
        act();
        expect_change(&wakes, what);
    }
    drop(watch);
}

#[test]
fn a_linked_file_is_watched_where_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir_all(folder.path().join("real")).expect("a folder");
    fs::create_dir_all(folder.path().join("links")).expect("a folder");
    let real = folder.path().join("real/a.csv");
    fs::write(&real, "id\n").expect("to write");
    symlink(&real, folder.path().join("links/a.csv")).expect("a link");
    let (_watch, wakes) = start(&folder.path().join("links/*.csv"), Duration::from_secs(300));
    expect_change(&wakes, "the start");
    append(&real, "1\n");
    expect_change(&wakes, "the real file grows");
}

#[test]
fn polling_alone_tells_too() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.csv");
    fs::write(&path, "id\n").expect("to write");
    let (_watch, wakes) = start(&path, Duration::from_millis(20));
    expect_change(&wakes, "the start");
    append(&path, "1\n");
    expect_change(&wakes, "the file grows");
}

#[test]
fn what_changed_since_the_first_sight_is_told_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.csv");
    fs::write(&path, "id\n1\n").expect("to write");
    let patterns = [folder.path().join("*.csv")];
    let seen = Sight::of(&patterns);
    for (what, written) in [("nothing", None), ("a row", Some("2\n"))] {
        written.inspect(|text| append(&path, text));
        let (sender, wakes) = mpsc::channel();
        let wake = Box::new(move |wake| sender.send(wake).unwrap_or_default());
        let _watch = Watch::start(&patterns, seen.clone(), Duration::from_secs(300), wake);
        let told = wakes.recv_timeout(Duration::from_millis(500)).ok();
        assert_eq!(told, written.map(|_| Wake::Changed), "{what}");
    }
}

#[test]
fn a_quiet_folder_is_quiet() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.csv");
    fs::write(&path, "id\n1\n").expect("to write");
    let (_watch, wakes) = start(&folder.path().join("*.csv"), Duration::from_millis(10));
    expect_change(&wakes, "the start");
    // Reading, and writing something else, is no change.
    fs::read(&path).expect("to read");
    fs::write(folder.path().join("other.txt"), "x").expect("to write");
    assert_eq!(wakes.recv_timeout(Duration::from_millis(300)).ok(), None);
}

fn start(pattern: &Path, poll: Duration) -> (Watch, Receiver<Wake>) {
    let (sender, wakes) = mpsc::channel();
    let watch = Watch::start(
        &[pattern.to_path_buf()],
        Sight::default(),
        poll,
        Box::new(move |wake| sender.send(wake).unwrap_or_default()),
    );
    (watch, wakes)
}

fn expect_change(wakes: &Receiver<Wake>, what: &str) {
    let wake = wakes.recv_timeout(SOON);
    assert_eq!(wake.ok(), Some(Wake::Changed), "{what}");
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().append(true).open(path).expect("to open");
    file.write_all(text.as_bytes()).expect("to append");
}
