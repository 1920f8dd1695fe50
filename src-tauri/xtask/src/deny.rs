//! Dependencies: licences, sources and bans by cargo-deny; security advisories where their databases can be
//! reached, and *not checked*, said aloud, where they cannot.

use std::process::Command;

use anyhow::Result;

use crate::node::Node;
use crate::place::Place;
use crate::process;
use crate::suite::Outcome;
use crate::tools::CARGO_DENY;

/// cargo-deny's checks that need no database; and that the fuzzers' own lock file fits what they are built of, which
/// nothing else here would notice.
pub fn deny(place: &Place) -> Result<Outcome> {
    let mut locked = process::cargo(place);
    locked.args(["update", "--workspace", "--locked", "--manifest-path", "tests/fuzz/Cargo.toml"]);
    process::quiet(place, "cargo update --locked, fuzzers", &locked)?;
    let mut deny = cargo_deny(place)?;
    deny.args(["check", "bans", "licenses", "sources"]);
    process::quiet(place, "cargo deny: bans, licences, sources", &deny)?;
    Ok(Outcome::passed())
}

/// Advisories about crates.
pub fn rust_advisories(place: &Place) -> Result<Outcome> {
    let mut fetch = cargo_deny(place)?;
    fetch.args(["fetch", "db"]);
    let fetched = process::record(place, "cargo deny: fetching the advisories", &fetch)?;
    if !fetched.status.success() {
        return Ok(Outcome::NotChecked("the RustSec database cannot be reached".to_owned()));
    }
    let mut check = cargo_deny(place)?;
    check.args(["check", "--disable-fetch", "advisories"]);
    process::quiet(place, "cargo deny: advisories", &check)?;
    Ok(Outcome::passed())
}

/// npm's advisories, for all that is installed.
pub fn npm_advisories(place: &Place) -> Result<Outcome> {
    let mut audit = Node::find(place)?.npm(place);
    audit.args(["audit", "--json", "--audit-level=high", "--fetch-retries=1", "--fetch-timeout=30000"]);
    let audited = process::record(place, "npm audit", &audit)?;
    if !is_npm_report(&audited.output) {
        return Ok(Outcome::NotChecked("npm's advisories cannot be reached".to_owned()));
    }
    if audited.status.success() {
        return Ok(Outcome::passed());
    }
    println!("{}", audited.output);
    anyhow::bail!("npm audit found advisories of level high or critical");
}

/// Whether npm's answer is a report: without a connection it is an error instead, with the same exit status
/// as findings have.
fn is_npm_report(output: &str) -> bool {
    output.contains("\"auditReportVersion\"")
}

fn cargo_deny(place: &Place) -> Result<Command> {
    let program = if cfg!(target_os = "linux") { CARGO_DENY.program(place)? } else { "cargo-deny".into() };
    let mut command = Command::new(program);
    command.current_dir(&place.root);
    process::without_cargos_own(&mut command);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::is_npm_report;

    #[test]
    fn an_error_of_npm_is_no_report() {
        assert!(is_npm_report(r#"{ "auditReportVersion": 2, "vulnerabilities": {} }"#));
        assert!(!is_npm_report(r#"{ "error": { "code": "ENOAUDIT", "summary": "", "detail": "" } }"#));
        assert!(!is_npm_report(""));
    }
}
