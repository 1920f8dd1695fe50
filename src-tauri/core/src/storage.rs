//! What lies in the data folder, by what it is for; and the removal of what nothing needs any more.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::engine::ARRIVING;
use crate::vault;

/// What a file in the data folder is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The work: cache, outbox, the embedded service.
    Work,
    /// Files that people attached.
    Files,
    /// The daily copies.
    Backups,
    /// Sample data.
    Sample,
    /// Logs.
    Logs,
    /// What the web engine keeps for itself.
    Browser,
    /// What a recovery, a restore or a start that was cut short set aside: the console does not need it.
    Spare,
    /// A vault that was set aside as damaged: its secrets may yet be rescued, so no clean-up removes it.
    OldVault,
    /// Anything else.
    Other,
}

/// How much is kept of something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Usage {
    /// What for.
    pub kind: Kind,
    /// In bytes.
    pub bytes: u64,
}

/// How much of the data folder is for what, the largest first.
pub fn usage(data: &Path) -> io::Result<Vec<Usage>> {
    let mut sums: BTreeMap<Kind, u64> = BTreeMap::new();
    each(data, &mut |kind, _, bytes| *sums.entry(kind).or_default() += bytes)?;
    let mut usage: Vec<Usage> = sums.into_iter().map(|(kind, bytes)| Usage { kind, bytes }).collect();
    usage.sort_by_key(|usage| std::cmp::Reverse(usage.bytes));
    Ok(usage)
}

/// Removes everything of a kind; says how many bytes went.
pub fn remove(data: &Path, what: Kind) -> io::Result<u64> {
    let mut found = Vec::new();
    each(data, &mut |kind, path, bytes| {
        if kind == what {
            found.push((path.to_owned(), bytes));
        }
    })?;
    let mut freed = 0;
    for (path, bytes) in found {
        fs::remove_file(&path)?;
        freed += bytes;
        // A folder that was set aside as a whole goes with its last file.
        let folders =
            path.ancestors().skip(1).take_while(|folder| folder.starts_with(data) && *folder != data);
        for folder in folders {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
    Ok(freed)
}

/// Tells of each file: what it is for, where it is, how large. Links are not followed.
fn each(data: &Path, tell: &mut impl FnMut(Kind, &Path, u64)) -> io::Result<()> {
    let mut folders = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            // What goes while it is looked at, as a log of the store does, is not there.
            let Ok(meta) = fs::symlink_metadata(&path) else { continue };
            if meta.is_dir() {
                folders.push(path);
            } else if meta.is_file() {
                tell(kind_of(data, &path), &path, meta.len());
            }
        }
    }
    Ok(())
}

fn kind_of(data: &Path, path: &Path) -> Kind {
    let below: PathBuf = path.strip_prefix(data).unwrap_or(path).to_owned();
    let names: Vec<&str> = below.iter().filter_map(|name| name.to_str()).collect();
    let (Some(top), Some(file)) = (names.first(), names.last()) else { return Kind::Other };
    // What stands in a vault that was set aside may yet be opened by a recovery code: only a person removes it.
    if top.starts_with(&format!("{}.left-", vault::FOLDER)) {
        return Kind::OldVault;
    }
    if top.contains(".left-") || top.starts_with(ARRIVING) || is_set_aside(file) {
        return Kind::Spare;
    }
    // Further workspaces lie beside the first one.
    let top = if top.starts_with("local-") { "this-computer" } else { *top };
    match (top, names.get(1)) {
        ("logs", _) => Kind::Logs,
        ("webview", _) => Kind::Browser,
        ("sample", _) => Kind::Sample,
        ("this-computer", Some(&crate::store::backup::FOLDER)) => Kind::Backups,
        ("this-computer", Some(&"blobs")) | ("blobs", _) => Kind::Files,
        ("vault" | "this-computer", _) => Kind::Work,
        _ => Kind::Other,
    }
}

/// A database that was replaced, and what belongs to it: `cache.damaged-1700000000000.db-wal`.
fn is_set_aside(file: &str) -> bool {
    [".damaged-", ".replaced-"].iter().any(|mark| {
        let moment = file.split_once(mark).map(|(_, rest)| rest);
        moment.is_some_and(|rest| {
            rest.starts_with(|digit: char| digit.is_ascii_digit()) && rest.contains(".db")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_for_something_and_only_what_is_spare_goes() {
        let data = tempfile::tempdir().unwrap();
        let files: [(&str, Kind); 14] = [
            ("profile.json", Kind::Other),
            ("logs/console.2026-11-24.log", Kind::Logs),
            ("webview/storage/x", Kind::Browser),
            ("sample/cache.db", Kind::Sample),
            ("sample.left-1700000000000/cache.db", Kind::Spare),
            ("this-computer/cache.db", Kind::Work),
            ("this-computer/cache.db-wal", Kind::Work),
            ("this-computer/cache.damaged-1700000000000.db", Kind::Spare),
            ("this-computer/cache.damaged-1700000000000.db-wal", Kind::Spare),
            ("this-computer/service.replaced-1700000000000-1.db", Kind::Spare),
            ("this-computer/backups/2026-11-24-service.db", Kind::Backups),
            ("this-computer/blobs/notes.damaged-by-hand.txt", Kind::Files),
            ("vault/records/tokens.sealed", Kind::Work),
            ("vault.left-1700000000000/records/tokens.sealed", Kind::OldVault),
        ];
        for (at, (file, _)) in files.iter().enumerate() {
            let path = data.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, vec![0; at + 1]).unwrap();
        }
        for (file, kind) in files {
            assert_eq!(kind_of(data.path(), &data.path().join(file)), kind, "{file}");
        }
        let sum = |usage: &[Usage]| usage.iter().map(|usage| usage.bytes).sum::<u64>();
        assert_eq!(sum(&usage(data.path()).unwrap()), (1..=14).sum::<u64>());

        assert_eq!(remove(data.path(), Kind::Spare).unwrap(), 5 + 8 + 9 + 10);
        for (file, kind) in files {
            assert_eq!(data.path().join(file).exists(), kind != Kind::Spare, "{file}");
        }
        assert!(!data.path().join("sample.left-1700000000000").exists());
        assert_eq!(remove(data.path(), Kind::Spare).unwrap(), 0, "nothing is left to remove");
    }
}
