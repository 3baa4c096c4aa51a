//! A file that is read at any moment of its growth gives the same rows as one that is read when it is done.

use std::fs::{self, OpenOptions};
use std::io::Write;

use cxtop::files::Finality;

use super::loading::{Memory, records};

const GROWING: &[(&str, &[u8])] = &[
    ("plain.csv", b"ts,customer_id,note\n2024-03-09T10:00:00Z,u-1,one\n2024-03-09T10:00:01Z,u-2,two\n"),
    (
        "quotes.csv",
        "\u{feff}ts,customer_id,note\r\n2024-03-09,u-1,\"a\r\nb \"\"c\"\"\"\r\nnothing,u-2,x\r\n\r\n2024-03-10,u-3,\"größer\"\r\n".as_bytes(),
    ),
    (
        "lines.ndjson",
        "{\"ts\":\"2024-03-09\",\"user_id\":\"ü\",\"properties\":{\"n\":1}}\n{\"ts\":1}x\n\n{\"ts\":1709978400,\"n\":2}\n".as_bytes(),
    ),
    ("latin.csv", b"ts,customer_id,note\n2024-03-09,u-1,plain\n2024-03-09,u-2,Se\xF1or \x80\n2024-03-09,u-3,end\n"),
    ("semicolon.csv", b"ts;customer_id;amount\n2024-03-09;u-1;1,5\n2024-03-09;u-2;2,5\n2024-03-09;u-3\n"),
    ("objects.json", b"{\n\"ts\":\"2024-03-09\",\n\"note\":\"}{\"\n}\n{\n\"ts\":\"2024-03-10\",\"a\":[{}]\n}\n"),
    ("array.json", b"[{\"ts\":\"2024-03-09\",\"n\":1},\n {\"ts\":\"2024-03-10\",\"n\":2}, 3]\n"),
];

#[test]
fn every_byte_position_is_a_good_moment_to_read() {
    for (name, bytes) in GROWING {
        check(name, bytes);
    }
}

#[test]
fn every_byte_position_of_utf_16_is_a_good_moment_to_read() {
    let text = "ts,customer_id,note\r\n2024-03-09,ü,𝄞\r\n2024-03-10,u,end\r\n";
    let bytes: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    check("wide.csv", &bytes);
}

#[test]
fn every_byte_position_of_a_gzip_is_a_good_moment_to_read() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer
        .write_all(b"ts,n\n2024-03-09,1\n2024-03-10,2\n")
        .expect("to compress");
    check("packed.csv.gz", &packer.finish().expect("to compress"));
}

fn check(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    let source = records(&path);
    fs::write(&path, bytes).expect("to write");
    let mut whole = Memory::default();
    whole.load(&source, Finality::Growing).expect("to load");
    assert!(!whole.rows().is_empty(), "{name}: {:?}", whole.said());
    for split in 0..=bytes.len() {
        fs::write(&path, &bytes[..split]).expect("to write");
        let mut memory = Memory {
            schema: whole.schema.clone(),
            ..Memory::default()
        };
        memory.load(&source, Finality::Growing).expect("to load");
        let mut file = OpenOptions::new()
            .append(true)
            .open(&path)
            .expect("to open");
        file.write_all(&bytes[split..]).expect("to append");
        memory.load(&source, Finality::Growing).expect("to load");
        assert_eq!(
            memory.rows(),
            whole.rows(),
            "{name} split at {split}: {:?}",
            memory.said()
        );
        assert_eq!(
            memory.rejected_lines(),
            whole.rejected_lines(),
            "{name} split at {split}"
        );
        let (one, other) = (&memory.files[0].checkpoint, &whole.files[0].checkpoint);
        assert_eq!(
            (one.offset, one.lines),
            (other.offset, other.lines),
            "{name} split at {split}"
        );
    }
}
