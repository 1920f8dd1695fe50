//! What the fuzzers run, without a fuzzer: every entry over its corpus, and over what is too large to be kept in one.

#![expect(clippy::print_stdout, reason = "a panic says little without the input that led to it")]

#[path = "../fuzz/src/lib.rs"]
mod entries;

use std::fs;
use std::path::{Path, PathBuf};

/// What reads, by the name of its corpus.
type Entry = (&'static str, fn(&[u8]));

const ENTRIES: &[Entry] = &[
    ("event", entries::event),
    ("signature", entries::signature),
    ("hal", entries::hal),
    ("manifest", entries::manifest),
    ("import", entries::import),
    ("list", entries::list),
];

fn fuzz(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(part)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Protects what fuzzing found once: it stays in the corpus.
#[test]
fn every_entry_withstands_its_corpus() {
    let mut expected: Vec<_> = ENTRIES.iter().map(|(name, _)| (*name).to_owned()).collect();
    expected.sort();
    assert_eq!(names(&fuzz("corpus")), expected, "an entry has a corpus, and a corpus an entry");
    let targets: Vec<_> = names(&fuzz("targets")).iter().map(|name| name.replace(".rs", "")).collect();
    assert_eq!(targets, expected, "and each of them a fuzzer");
    for (name, entry) in ENTRIES {
        let folder = fuzz("corpus").join(name);
        let files = names(&folder);
        assert!(files.len() > 5, "{name}");
        for file in files {
            let bytes = fs::read(folder.join(&file)).unwrap();
            println!("{name}/{file}");
            entry(&bytes);
        }
    }
}

/// Protects the stack and the memory: what nests or goes on without end is refused before it is held.
#[test]
fn what_goes_on_without_end_is_refused() {
    const MANY: usize = 1_000_000;
    let many = |text: &str| text.repeat(MANY);
    let cases = [
        many("["),
        many("{\"a\":"),
        many("[["),
        format!("[{}1]", many("1,")),
        format!("{}{}", many("["), many("]")),
        format!("{{\"id\":\"a\",\"type\":\"b\",\"created_at\":\"\",\"data\":{}", many("{\"a\":")),
        format!("format = 1\n{}b = 1\n", many("a.")),
        format!("format = 1\n[{}b]\n", many("a.")),
        format!("format = 1\nb = {}\n", many("[")),
        format!("format = 1\nb = {}\n", many("{a=")),
        many("[[a]]\n"),
        many("a\n"),
        many(","),
        many("\""),
        many(">"),
        many("- "),
        many("| "),
        many("*_"),
        many("[x]("),
    ];
    for case in cases {
        for (name, entry) in ENTRIES {
            println!("{name}: {}…", case.chars().take(20).collect::<String>());
            entry(case.as_bytes());
        }
    }
}
