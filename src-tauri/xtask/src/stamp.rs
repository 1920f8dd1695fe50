//! Stamps: a number for the content of files, kept where the work was done, so that the same work is not
//! done twice. A stamp that is lost or unreadable only costs doing it again.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::Hasher;
use std::io;
use std::path::{Path, PathBuf};

/// A stamp over the names and contents of files (folders are walked) and some words besides.
pub fn stamp(base: &Path, files: &[PathBuf], words: &[&str]) -> io::Result<String> {
    // The hasher has fixed keys; should its algorithm change with a toolchain, the work is done once more.
    let mut hasher = DefaultHasher::new();
    let mut all = Vec::new();
    for file in files {
        walk(file, &mut all)?;
    }
    all.sort();
    for file in &all {
        let name = file.strip_prefix(base).unwrap_or(file);
        add(&mut hasher, name.to_string_lossy().as_bytes());
        add(&mut hasher, &fs::read(file)?);
    }
    for word in words {
        add(&mut hasher, word.as_bytes());
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Whether the stamp kept at a place is this one.
pub fn is_at(place: &Path, stamp: &str) -> bool {
    fs::read_to_string(place).is_ok_and(|kept| kept == stamp)
}

/// Keeps a stamp.
pub fn put(place: &Path, stamp: &str) -> io::Result<()> {
    if let Some(dir) = place.parent() {
        fs::create_dir_all(dir)?;
    }
    fs::write(place, stamp)
}

fn add(hasher: &mut DefaultHasher, bytes: &[u8]) {
    // The length keeps "ab" + "c" apart from "a" + "bc".
    hasher.write_usize(bytes.len());
    hasher.write(bytes);
}

fn walk(path: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            walk(&entry?.path(), into)?;
        }
    } else if path.is_file() {
        into.push(path.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Protects the second start: the same files give the same stamp, any change another one.
    #[test]
    fn a_stamp_follows_names_contents_and_words() {
        let dir = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        let write = |name: &str, text: &str| {
            let path = dir.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let of = |dir: &Path, words: &[&str]| stamp(dir, &[dir.to_owned()], words).unwrap();
        write("a.txt", "one");
        write("sub/b.txt", "two");
        let first = of(&dir, &["node 24"]);
        assert_eq!(of(&dir, &["node 24"]), first);
        assert_ne!(of(&dir, &["node 25"]), first);
        write("sub/b.txt", "twoo");
        let second = of(&dir, &["node 24"]);
        assert_ne!(second, first);
        fs::rename(dir.join("a.txt"), dir.join("c.txt")).unwrap();
        assert_ne!(of(&dir, &["node 24"]), second);

        let kept = dir.join("kept/stamp");
        assert!(!is_at(&kept, &first));
        put(&kept, &first).unwrap();
        assert!(is_at(&kept, &first));
        assert!(!is_at(&kept, &second));
        fs::remove_dir_all(dir).unwrap();
    }
}
