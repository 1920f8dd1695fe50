//! The arrows between rooms, as `docs/decisions.md` and the README draw them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Who may import whom. A wire mistake must not agree with itself: the sandbox imports none of ours.
const ARROWS: &[(&str, &[&str])] = &[
    ("partner-console", &["partner-domain", "partner-core", "partner-service"]),
    ("partner-core", &["partner-domain", "partner-talkdesk", "partner-intake"]),
    ("partner-service", &["partner-domain", "partner-talkdesk", "partner-intake"]),
    ("partner-intake", &["partner-domain", "partner-talkdesk"]),
    ("partner-talkdesk", &[]),
    ("partner-sandbox", &[]),
    ("partner-domain", &[]),
    ("local-postgres", &[]),
    (
        "partner-bench",
        &["partner-domain", "partner-talkdesk", "partner-core", "partner-service", "local-postgres"],
    ),
    ("xtask", &[]),
];

#[test]
fn rooms_import_only_whom_they_may() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    let rooms: BTreeSet<String> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    for package in &metadata.packages {
        let may = allowed.get(package.name.as_str());
        let may =
            may.unwrap_or_else(|| panic!("{} has no arrows here: a new room is a decision", package.name));
        for dependency in &package.dependencies {
            // The root package's tests put the engine before the real servers, the service's start a PostgreSQL.
            let tests = dependency.kind == DependencyKind::Development;
            let test_only =
                tests && (package.name == "partner-console" || dependency.name == "local-postgres");
            if rooms.contains(&dependency.name) && !test_only {
                assert!(
                    may.contains(&dependency.name.as_str()),
                    "{} imports {}",
                    package.name,
                    dependency.name
                );
            }
        }
    }
    assert_eq!(rooms.len(), ARROWS.len(), "a room that is listed is gone");
}

#[test]
fn the_domain_is_pure() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    let domain =
        metadata.packages.iter().find(|package| package.name == "partner-domain").expect("the domain");
    let asynchronous_or_outside = ["tokio", "reqwest", "rusqlite", "tauri", "axum", "chrono", "rand"];
    for dependency in
        domain.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal)
    {
        assert!(!asynchronous_or_outside.contains(&dependency.name.as_str()), "{}", dependency.name);
    }
    // Days are counted with jiff, which could tell the time as well: that comes from outside.
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/domain/src");
    for path in
        files(&sources).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
    {
        let text = fs::read_to_string(&path).expect("a source");
        for clock in ["::now(", "::now_v7(", "SystemTime", "Instant"] {
            assert!(!text.contains(clock), "{} looks at a clock: {clock}", path.display());
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let entries = entries.map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
