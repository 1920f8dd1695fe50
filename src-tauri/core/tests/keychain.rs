//! The vault with a real keychain: a Secret Service on a bus of its own, as a Linux desktop has it, open and locked; and
//! with no bus at all.
//!
//! Each case runs in a process of its own, since a process asks for the system's keychain once: the test starts its own
//! program again, with the name of the case.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use domain::Timestamp;
use partner_core::vault::{Keychain as _, Kind, Name, State, SystemKeychain, Vault, VaultError};
use uuid::Uuid;

/// The data folder of a case.
const DATA: &str = "PARTNER_TEST_DATA";
const TOKENS: Name = Name { kind: Kind::Tokens, id: Uuid::from_u128(1) };

fn vault() -> Vault {
    let data = std::env::var_os(DATA).expect("a case is started by the test");
    Vault::new(Path::new(&data), Arc::new(SystemKeychain), Arc::new(|| Timestamp(0)), || {})
}

/// Runs a case in a process of its own, with nothing of this one's session.
fn case(name: &str, data: &Path, keyring: Option<&str>) -> Output {
    let own = std::env::current_exe().unwrap();
    let run = ["--exact", name, "--ignored", "--nocapture"];
    let mut command = match keyring {
        None => {
            let mut command = Command::new(own);
            command.args(run);
            command
        }
        Some(start) => {
            let mut command = Command::new("dbus-run-session");
            command.args(["--", "sh", "-c", &format!("{start} && exec \"$@\""), "sh"]).arg(own).args(run);
            command
        }
    };
    command
        .env(DATA, data)
        .env("HOME", data)
        .env("XDG_RUNTIME_DIR", data)
        .env("XDG_DATA_HOME", data.join("share"))
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .output()
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[track_caller]
fn passes(name: &str, data: &Path, keyring: Option<&str>) {
    let output = case(name, data, keyring);
    let told = String::from_utf8_lossy(&output.stdout);
    let erred = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("1 passed"), "{name}: {told}\n{erred}");
}

/// The daemon takes its password from its standard input: an empty line is an empty one.
const OPEN: &str = "echo | gnome-keyring-daemon --unlock --components=secrets >/dev/null";
const LOCKED: &str = "gnome-keyring-daemon --start --components=secrets >/dev/null";

#[test]
fn a_secret_service_opens_the_vault_while_it_is_open_itself() {
    if Command::new("gnome-keyring-daemon").arg("--version").output().is_err() {
        // `cargo xtask test` installs it first.
        assert!(std::env::var_os("CI").is_none(), "gnome-keyring is missing");
        #[expect(clippy::print_stderr, reason = "whoever runs the tests has to see it")]
        {
            eprintln!("NOT CHECKED: gnome-keyring is missing");
        }
        return;
    }
    let data = tempfile::tempdir().unwrap();
    passes("case_open", data.path(), Some(OPEN));
    passes("case_opened_again", data.path(), Some(OPEN));
    passes("case_locked", data.path(), Some(LOCKED));
    passes("case_opened_again", data.path(), Some(OPEN));
}

#[test]
fn without_a_bus_there_is_no_keychain_and_nothing_waits() {
    let data = tempfile::tempdir().unwrap();
    let start = std::time::Instant::now();
    passes("case_no_bus", data.path(), None);
    assert!(start.elapsed() < std::time::Duration::from_secs(20));
}

#[test]
#[ignore = "a case of the tests above"]
fn case_open() {
    let vault = vault();
    assert_eq!(vault.open_by_keychain(), State::Empty);
    assert!(vault.has_keychain());
    vault.seal(TOKENS, b"a token").unwrap();
    assert_eq!(vault.state(), State::Open);
}

#[test]
#[ignore = "a case of the tests above"]
fn case_opened_again() {
    let vault = vault();
    assert_eq!(vault.open_by_keychain(), State::Open);
    assert_eq!(vault.open(TOKENS).unwrap().unwrap().expose(), b"a token");
}

#[test]
#[ignore = "a case of the tests above"]
fn case_locked() {
    let vault = vault();
    assert_eq!(vault.open_by_keychain(), State::KeychainEmpty);
    assert_eq!(vault.seal(TOKENS, b"another"), Err(VaultError::Closed(State::KeychainEmpty)));
    // A vault that would be new finds that this keychain keeps nothing.
    let data = tempfile::tempdir().unwrap();
    let new = Vault::new(data.path(), Arc::new(SystemKeychain), Arc::new(|| Timestamp(0)), || {});
    assert_eq!(new.seal(TOKENS, b"a token"), Err(VaultError::Closed(State::Empty)));
    assert_eq!(new.state(), State::Empty);
}

#[test]
#[ignore = "a case of the tests above"]
fn case_no_bus() {
    assert!(SystemKeychain.status().is_err());
    let vault = vault();
    assert_eq!(vault.open_by_keychain(), State::Empty);
    assert_eq!(vault.seal(TOKENS, b"a token"), Err(VaultError::Closed(State::Empty)));
}
