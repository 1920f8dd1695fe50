//! Work that something else overtook: a draft whose base moved on by a hotfix, and a run whose list has a newer version.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use domain::checklist::Outcome;
use domain::fields::{
    Asset, Email, EmailKind, FIELDS, FieldKey, FieldValue, LicenseType, Plan, PlanKind, ScopeReason,
    TrackName,
};
use domain::ids::{ProjectId, RoundId, TemplateId, VersionId};
use domain::project::Verdict;
use domain::templates::{self, Item};
use domain::{AggregateRef, Body};
use uuid::Uuid;

use super::{Kind, Visitor, Walk};
use crate::driver::testid;
use crate::given::Given;

/// A hotfix went live while the next version was set aside; its list was changed while it was tested.
pub async fn make(data: &Path) -> Result<()> {
    let given = Given::workspace(data).await?;
    let project = given.project("Call Notes").await?;
    let first = given.version(project, "1.0.0").await?;
    for (field, value) in complete() {
        let body = Body::SetField { version: first, field, value: Some(value), expects: None };
        given.change(AggregateRef::Project(project), body).await?;
    }
    publish(&given, project, first).await?;
    let next = given.version(project, "1.1.0").await?;
    change(&given, project, next, "Notes next to the call.\n\nThey are saved while one types.").await?;
    given.change(AggregateRef::Project(project), Body::VersionDiscard { version: next }).await?;
    let hotfix = given.version(project, "1.0.1").await?;
    change(&given, project, hotfix, "Notes next to the call.\n\nThey are saved when it ends.").await?;
    publish(&given, project, hotfix).await?;
    given.change(AggregateRef::Project(project), Body::VersionRestore { version: next }).await?;
    run(&given, project, next).await?;
    given.close().await
}

async fn change(given: &Given, project: ProjectId, version: VersionId, description: &str) -> Result<()> {
    let value = Some(FieldValue::Text(description.to_owned()));
    let expects = complete().into_iter().find(|(field, _)| *field == FieldKey::Description);
    let expects = expects.map(|(_, value)| value);
    let body = Body::SetField { version, field: FieldKey::Description, value, expects };
    given.change(AggregateRef::Project(project), body).await
}

/// All the way onto `AppConnect`.
async fn publish(given: &Given, project: ProjectId, version: VersionId) -> Result<()> {
    let fields = FIELDS.iter().map(|field| field.key).collect();
    let tracks = TrackName::ALL.to_vec();
    let rounds = tracks.iter().map(|_| RoundId(Uuid::now_v7())).collect();
    for body in [
        Body::MarkCarried { version, fields, entered: BTreeMap::new() },
        Body::MarkSubmitted { version, tracks: tracks.clone(), rounds, override_reason: None },
        Body::RecordAnswer {
            version,
            tracks,
            rounds: Vec::new(),
            outcome: Verdict::Approved,
            text: String::new(),
            findings: Vec::new(),
            files: Vec::new(),
        },
        Body::RecordGoLive { version, date: "2026-10-06".to_owned() },
        Body::ApproveGoLive { version },
        Body::ConfirmLive { version },
    ] {
        given.change(AggregateRef::Project(project), body).await?;
    }
    Ok(())
}

/// A run of a list of which one item is gone, one new and one worded anew since.
async fn run(given: &Given, project: ProjectId, version: VersionId) -> Result<()> {
    let mut list = templates::by_id(templates::QA).context("there is no QA checklist")?.clone();
    list.id = TemplateId(Uuid::now_v7());
    "Release checks".clone_into(&mut list.name);
    let add = |list: &templates::Template| Body::TemplateAdd { template: Box::new(list.clone()) };
    given.change(given.workspace_ref()?, add(&list)).await?;
    let run = given.start_run(project, version, &list).await?;
    for item in list.items().take(3) {
        let (item, reason, knew) = (item.id.clone(), String::new(), Vec::new());
        let body = Body::SetResult { item, outcome: Outcome::Pass, reason, knew };
        given.change(AggregateRef::Run(run), body).await?;
    }
    let items = &mut list.sections[0].items;
    items.remove(0);
    "It opens in the language of the agent".clone_into(&mut items[0].text);
    let new = Item { id: "GL-90".to_owned(), text: "It says what it stores".to_owned(), ..items[0].clone() };
    items.push(new);
    list.version = 2;
    given.change(given.workspace_ref()?, add(&list)).await
}

/// What lets a version be submitted on both tracks.
fn complete() -> Vec<(FieldKey, FieldValue)> {
    let text = |text: &str| FieldValue::Text(text.to_owned());
    let list = |text: &str| FieldValue::List(vec![text.to_owned()]);
    let picture = |name: &str| {
        let url = format!("https://call-notes.example/{name}.png");
        FieldValue::Assets(vec![Asset { url, description: name.to_owned(), file: None }])
    };
    let email = |kind, name: &str| Email { kind, email: format!("{name}@call-notes.example") };
    let emails = vec![email(EmailKind::Support, "support"), email(EmailKind::Developer, "developers")];
    let scope = ScopeReason { scope: "openid".to_owned(), reason: "Sign-in".to_owned() };
    let plan = |kind, name: &str, price: &str| Plan {
        kind,
        license_type: LicenseType::Individual,
        name: name.to_owned(),
        price: price.to_owned(),
        description: String::new(),
        listing_summary: String::new(),
        min_licenses: Some(1),
        max_licenses: None,
    };
    let plans = vec![plan(PlanKind::Trial, "Trial", ""), plan(PlanKind::Paid, "Standard", "12.00")];
    vec![
        (FieldKey::ListingSummary, text("Notes next to the call")),
        (FieldKey::Description, text("Notes next to the call.")),
        (FieldKey::AppType, text("standalone")),
        (FieldKey::Render, text("portal")),
        (FieldKey::Emails, FieldValue::Emails(emails)),
        (FieldKey::Icon, picture("icon")),
        (FieldKey::Screenshots, picture("overview")),
        (FieldKey::EventsCallbackUrl, text("https://hooks.call-notes.example/events")),
        (FieldKey::StandaloneUrl, text("https://app.call-notes.example")),
        (FieldKey::RedirectUris, list("https://app.call-notes.example/callback")),
        (FieldKey::Scopes, FieldValue::Scopes(vec![scope])),
        (FieldKey::Plans, FieldValue::Plans(plans)),
        (FieldKey::Categories, list("Productivity")),
        (FieldKey::PrivacyPolicy, text("https://call-notes.example/privacy")),
        (FieldKey::TermsOfService, text("https://call-notes.example/terms")),
    ]
}

impl<V: Visitor> Walk<'_, V> {
    pub(super) async fn overtaken(&mut self) -> Result<()> {
        self.version("Call Notes", "1.1.0").await?;
        self.app.wait_for(testid("rebase-offer")).await?;
        self.screen("its base moved on").await?;
        self.over("put it on top", "rebase", "rebase-dialog").await?;
        self.go("checklists").await?;
        self.app.click(testid("run-row")).await?;
        self.app.wait_for(testid("run-newer")).await?;
        self.group = "run";
        self.screen("a newer list").await?;
        self.over("take the newer list", "run-newer-show", "take-template-dialog").await?;
        self.open("run-newer-show", "take-template-dialog").await?;
        self.app.click(testid("take-template")).await?;
        self.app.wait_for(testid("run-removed")).await?;
        self.screen("an item is gone").await?;
        self.app.click("[data-testid=run-removed] button").await?;
        self.app.wait_for(testid("removed-dialog")).await?;
        self.visit("what is gone", Kind::Over).await?;
        self.leave("what is gone", "removed-dialog").await
    }
}
