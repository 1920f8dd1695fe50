//! What the walks find in their data folders, made by the engine itself.

use std::fs;
use std::path::Path;

use anyhow::Result;
use domain::command::NewFinding;
use domain::fields::{Email, EmailKind, FieldKey, FieldValue, LicenseType, Plan, PlanKind, ScopeReason};
use domain::ids::{ContactId, CustomerId, FindingId};
use domain::project::{FindingSource, FindingText};
use domain::workspace::{Contact, CustomerDetails};
use domain::{AggregateRef, Body};
use uuid::Uuid;

use crate::files::{self, Damage};
use crate::given::Given;

/// A link to a project that nobody has.
pub fn link_to_nothing() -> String {
    format!("partner-console://project/{}", Uuid::now_v7())
}

pub async fn empty(data: &Path) -> Result<()> {
    Given::workspace(data).await?.close().await
}

/// One word longer than any column.
const WORD: &str = "Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüsselbundaufbewahrungskasten";
/// A sentence that no line holds.
const SENTENCE: &str = "Everything that an agent of a large contact centre has to know before the call, during the call and \
     after it, in one place beside the conversation, kept in step with the systems behind it";

/// So many projects that the list scrolls, and one of them with all that is long.
pub async fn long(data: &Path) -> Result<()> {
    let given = Given::workspace(data).await?;
    for n in 1..=40 {
        let project = given.project(&format!("Sample App {n:02}")).await?;
        given.version(project, "1.0.0").await?;
    }
    let name = format!("999 {SENTENCE}");
    let project = given.project_named(&name, "nine-hundred-and-ninety-nine-names-in-one-long-slug").await?;
    let of = AggregateRef::Project(project);
    let version = given.version(project, "2026.11.27-rc.1+build.20261127.412").await?;
    let number = "2026.11.27-rc.1+build.20261127.412".to_owned();
    given.change(of, Body::VersionEdit { version, number, notes: SENTENCE.repeat(4) }).await?;
    for (field, value) in values() {
        given.change(of, Body::SetField { version, field, value: Some(value), expects: None }).await?;
    }
    for n in 1..=12 {
        let text = format!("{n}. {SENTENCE}. {WORD}");
        let said =
            FindingText { text, severity: WORD.to_owned(), field: Some(FieldKey::Description), item: None };
        let finding = NewFinding { id: FindingId(Uuid::now_v7()), said, files: Vec::new() };
        let source = FindingSource::Internal;
        given.change(of, Body::FindingAdd { version, track: None, source, finding }).await?;
    }
    let run = given.run_of(project, version, 200, |n| format!("LONG-{n:03}")).await?;
    let note = Body::Note { item: "LONG-000".to_owned(), text: SENTENCE.repeat(3), knew: None };
    given.change(AggregateRef::Run(run), note).await?;
    for n in 1..=40 {
        let details = CustomerDetails {
            name: format!("{n:02} {WORD} {SENTENCE}"),
            account: format!("customer-with-a-long-account-name-{n:02}"),
            region: "US".to_owned(),
            contacts: vec![Contact {
                id: ContactId(Uuid::now_v7()),
                name: SENTENCE.to_owned(),
                role: WORD.to_owned(),
                email: format!("administrator-of-everything-{n:02}@customer-with-a-long-name.example"),
                phone: String::new(),
                gets_links: true,
            }],
            notes: SENTENCE.to_owned(),
        };
        let customer = CustomerId(Uuid::now_v7());
        given.change(given.workspace_ref()?, Body::CustomerSet { customer, details, knew: None }).await?;
    }
    given.close().await
}

fn values() -> Vec<(FieldKey, FieldValue)> {
    let text = |text: &str| FieldValue::Text(text.to_owned());
    let address = format!("https://{}.example/{}", "long-host-name".repeat(3), "path/".repeat(30));
    let scope = |n| ScopeReason { scope: format!("scope-{n}:read"), reason: SENTENCE.to_owned() };
    let plan = |n: u32| Plan {
        kind: if n == 0 { PlanKind::Trial } else { PlanKind::Paid },
        license_type: LicenseType::Individual,
        name: format!("{n} {SENTENCE}"),
        price: "1000000.00".to_owned(),
        description: SENTENCE.repeat(2),
        listing_summary: SENTENCE.to_owned(),
        min_licenses: Some(1),
        max_licenses: Some(100_000),
    };
    let email = Email { kind: EmailKind::Support, email: format!("{}@example.com", "support".repeat(8)) };
    vec![
        (FieldKey::ListingSummary, text(SENTENCE)),
        (FieldKey::Description, text(&format!("{SENTENCE}.\n\n").repeat(20))),
        (FieldKey::Emails, FieldValue::Emails(vec![email])),
        (FieldKey::EventsCallbackUrl, text(&address)),
        (FieldKey::StandaloneUrl, text(&address)),
        (FieldKey::RedirectUris, FieldValue::List((0..12).map(|n| format!("{address}{n}")).collect())),
        (FieldKey::Scopes, FieldValue::Scopes((0..20).map(scope).collect())),
        (FieldKey::Plans, FieldValue::Plans((0..4).map(plan).collect())),
    ]
}

/// A description that was changed twice, and a project whose name was taken meanwhile; a summary that both wrote
/// alike, and release notes of which the later ones stand.
pub async fn trouble(data: &Path) -> Result<()> {
    let given = Given::workspace(data).await?;
    let project = given.project("Call Notes").await?;
    let version = given.version(project, "1.0.0").await?;
    given.close().await?;
    // Somebody's file of regions, begun and not ended.
    fs::write(data.join("regions.json"), "[\n  { \"name\": \"UAE\" },\n")?;
    // What this computer knew before somebody else went on.
    let (folder, aside) = (data.join("this-computer"), data.join("aside"));
    fs::create_dir(&aside)?;
    let cache = |from: &Path, to: &Path| -> Result<()> {
        for name in ["cache.db", "cache.db-wal"] {
            if from.join(name).exists() {
                fs::copy(from.join(name), to.join(name))?;
            }
        }
        Ok(())
    };
    cache(&folder, &aside)?;
    // Both know nothing of each other.
    let change = async |given: &Given, text: &str| -> Result<()> {
        given.set_text(project, version, "description", text).await?;
        given.set_text(project, version, "listing_summary", "Notes next to the call").await?;
        let notes = format!("First version. {text}");
        let edit = Body::VersionEdit { version, number: "1.0.0".to_owned(), notes };
        given.change(AggregateRef::Project(project), edit).await?;
        given.project("Queue Lens").await.map(drop)
    };
    let theirs = Given::again(data).await;
    change(&theirs, "Notes next to the call.\n\nThey are saved to the contact when the call ends.").await?;
    theirs.close().await?;
    for name in ["cache.db", "cache.db-wal", "cache.db-shm"] {
        let file = folder.join(name);
        if file.exists() {
            fs::remove_file(file)?;
        }
    }
    cache(&aside, &folder)?;
    let yours = Given::unsent(data).await;
    change(&yours, "Notes next to the call.\n\nThey are saved to the contact while one types.").await?;
    yours.abandon().await;
    let vault = data.join("vault");
    fs::create_dir_all(&vault)?;
    for header in ["header.json", "header.copy.json"] {
        fs::write(vault.join(header), "no header")?;
    }
    Ok(())
}

pub async fn damaged(data: &Path) -> Result<()> {
    one_project(data).await?;
    files::service(data).damage(Damage::NoHeader, &[])
}

pub async fn damaged_cache(data: &Path) -> Result<()> {
    one_project(data).await?;
    files::cache(data).damage(Damage::NoHeader, &[])
}

pub async fn too_new(data: &Path) -> Result<()> {
    one_project(data).await?;
    files::cache(data).set_schema(99)
}

async fn one_project(data: &Path) -> Result<()> {
    let given = Given::workspace(data).await?;
    given.project("Call Notes").await?;
    given.close().await
}
