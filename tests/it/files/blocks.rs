//! A large text is read in blocks by several threads, and gives what it gives when it is read bit by bit.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use cxtop::files::Finality;

use super::loading::{Memory, records};

/// So many bytes are read in blocks, and a part of them is not.
const LENGTH: usize = 11 * 1024 * 1024;
const PARTS: usize = 8;

/// Fills records up, so that there are not too many of them in so many bytes.
const PADDING: &str = "a text that is long enough to make the file large with few records, as the notes of people are";

#[test]
fn lines_with_mistakes_and_late_keys() {
    let mut text = String::new();
    for number in 0.. {
        let day = number % 28 + 1;
        let record = match number % 1_000 {
            7 => "{\"ts\":\"2024-03-09\",".to_string(),
            70 => String::new(),
            77 => format!("{{\"ts\":\"never\",\"n\":{number}}}"),
            100 => format!(
                "{{\"ts\":\"2024-03-{day:02}\",\"n\":{number},\"nested\":{{\"a\":[{number}]}}}}"
            ),
            200 => format!("{{\"n\":{number},\"ts\":\"2024-03-{day:02}\",\"n\":2}}"),
            300 => format!(
                "{{ \"ts\" : \"2024-03-{day:02}\" , \"n\" : -1.5e3, \"note\":\"a \\\"b\\\" \\u00fc\"}}\r"
            ),
            400 => format!(
                "{{\"ts\":\"2024-03-{day:02}\",\"late_{}\":{number}}}",
                number / 7_000
            ),
            _ => format!(
                "{{\"ts\":\"2024-03-{day:02}T10:00:00.{number:06}Z\",\"n\":{number},\"user_id\":\"ü-{number}\",\"none\":null,\"note\":\"{PADDING}{PADDING}\"}}"
            ),
        };
        text.push_str(&record);
        text.push('\n');
        if text.len() > LENGTH {
            break;
        }
    }
    // Late, and of another type than all before.
    text.push_str("{\"ts\":\"2024-03-09\",\"n\":\"many\"}\n{\"ts\":\"2024-03-09\",\"n\":");
    let mut bytes = text.into_bytes();
    let middle = bytes.len() / 2 + 40;
    bytes[middle] = 0xFF;
    check("lines.ndjson", &bytes);
}

#[test]
fn fields_with_line_ends_and_quotes_that_mean_nothing() {
    let mut text = String::from("\u{feff}ts,customer_id,n,note\r\n");
    for number in 0.. {
        let day = number % 28 + 1;
        let start = format!("2024-03-{day:02},ü-{number},{number}");
        let record = match number % 1_000 {
            7 => format!("{start},5\" pipe"),
            77 => "ts,customer_id,n,note".to_string(),
            177 => start,
            277 => format!("{start},\"\"\"quoted\"\", and {PADDING}\""),
            377 => format!("{start},\"{}\"", "a\r\n".repeat(300)),
            477 => String::new(),
            577 => format!("\"2024-03-{day:02}\",\"ü\",\"{number}\",\"plain\""),
            677 => format!("{start},\"open, and \"so\" on"),
            _ => format!("{start},\"{PADDING}\n{PADDING}\"\r"),
        };
        text.push_str(&record);
        text.push('\n');
        if text.len() > LENGTH {
            break;
        }
    }
    text.push_str("2024-03-09,u,many,end");
    check("fields.csv", text.as_bytes());
}

#[test]
fn a_quote_that_is_never_closed() {
    let mut text = String::from("ts,customer_id,note,more\n");
    for number in 0..LENGTH / 110 {
        let quote = if number == LENGTH / 200 { "\"" } else { "" };
        let _ = writeln!(text, "2024-03-09,{number},{quote}{PADDING}");
    }
    check("open.csv", text.as_bytes());
}

#[test]
fn wide_characters() {
    let mut text = String::from("\u{feff}ts,customer_id,note\r\n");
    while text.len() < LENGTH {
        let _ = write!(
            text,
            "2024-03-09,𝄞 {},\"{PADDING}\r\n{PADDING}\"\r\n",
            text.len()
        );
    }
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check("wide.csv", &bytes);
}

#[test]
fn a_packed_file_gives_what_the_plain_one_gives() {
    let mut text = String::new();
    while text.len() < LENGTH {
        let _ = writeln!(
            text,
            "{{\"ts\":\"2024-03-09\",\"at\":{},\"note\":\"{PADDING}\"}}",
            text.len()
        );
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).expect("to compress");
    let packed = load("packed.ndjson.gz", &gzip.finish().expect("to compress"));
    let plain = load("plain.ndjson", text.as_bytes());
    assert!(packed.rows() == plain.rows());
    assert_eq!(
        packed.files[0].checkpoint.lines,
        plain.files[0].checkpoint.lines
    );
}

fn load(name: &str, bytes: &[u8]) -> Memory {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("to write");
    let mut memory = Memory::default();
    memory
        .load(&records(&path), Finality::Growing)
        .expect("to load");
    assert!(!memory.rows().is_empty(), "{name}: {:?}", memory.said());
    memory
}

fn check(name: &str, bytes: &[u8]) {
    let whole = load(name, bytes);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    let mut grown = Memory {
        schema: whole.schema.clone(),
        ..Memory::default()
    };
    for part in 1..=PARTS {
        fs::write(&path, &bytes[..bytes.len() * part / PARTS]).expect("to write");
        grown
            .load(&records(&path), Finality::Growing)
            .expect("to load");
    }
    let (one, other) = (&whole.files[0], &grown.files[0]);
    let apart = one
        .rows
        .iter()
        .zip(&other.rows)
        .position(|(one, other)| one != other);
    assert_eq!(
        apart.map(|row| (row, &one.rows[row], &other.rows[row])),
        None,
        "{name}"
    );
    assert_eq!(one.rows.len(), other.rows.len(), "{name}");
    assert_eq!(one.rejects, other.rejects, "{name}");
    assert_eq!(whole.misfits, grown.misfits, "{name}");
    let numbers = |memory: &Memory| {
        let mark = &memory.files[0].checkpoint;
        (
            mark.offset,
            mark.lines,
            mark.pending,
            mark.replaced,
            mark.keys.clone(),
        )
    };
    assert_eq!(numbers(&whole), numbers(&grown), "{name}");
}
