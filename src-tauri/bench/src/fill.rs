//! A data folder with as many projects as are wanted, made as it would come about: the service takes every command by
//! the one reducer, the engine follows its feed. The names are drawn from a fixed row of numbers: two fills are alike.
//!
//! Of twenty projects nineteen are drafts with a few fields; the twentieth is filled and has gone part of the way
//! through review. Beside them stand customers and QA runs; [`lengthen`] adds one run of five thousand items, the
//! longest list that can be imported.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use domain::checklist::{Outcome, Tested};
use domain::command::{Envelope, NewFinding};
use domain::fields::{
    Asset, Email, EmailKind, FIELDS, FieldKey as K, FieldValue as V, LicenseType, Plan, PlanKind,
    ScopeReason, TrackName,
};
use domain::ids::{
    CommandId, CustomerId, FindingId, LinkId, ProjectId, RoundId, RunId, TemplateId, VersionId,
};
use domain::project::{FindingText, LinkSource, ProjectDetails, Verdict};
use domain::protocol::BATCH;
use domain::templates::{self, Item, Section, Template};
use domain::workspace::CustomerDetails;
use domain::{AggregateRef, Body, Command, Timestamp};
use partner_core::ipc;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::desk::{Answers, Desk, now};

/// How long a desktop may take to read everything.
const AT_MOST: Duration = Duration::from_mins(30);
/// Items of the long run.
const LONG: usize = 5_000;
/// Most runs of the QA list.
const RUNS: usize = 100;
/// Customers.
const CUSTOMERS: usize = 50;
/// The name of the run of many items; the bench of the window finds it by this.
const LONG_NAME: &str = "A long list";

const FIRST: &[&str] = &[
    "Call",
    "Queue",
    "Shift",
    "Survey",
    "Contact",
    "Agent",
    "Voice",
    "Ticket",
    "Routing",
    "Order",
    "Claims",
    "Billing",
    "Voucher",
    "Audit",
    "Campaign",
    "Coach",
    "Quality",
    "Forecast",
    "Customer",
    "Screen",
    "Speech",
    "Sentiment",
    "Número",
    "Überblick",
    "Señal",
    "Atendimento",
];
const SECOND: &[&str] = &[
    "Lens", "Sync", "Planner", "Notes", "Sense", "Desk", "Board", "Finder", "Bridge", "Guard", "Pilot",
    "Mirror", "Deck", "Pulse", "Scout", "Timer", "Radar", "Relay", "Kit",
];
const SUMMARIES: &[&str] = &[
    "Notes next to the call, saved to the contact",
    "Shifts planned from the week's call volume",
    "What waits in each queue, at a glance",
    "Contacts kept the same on both sides",
    "Asks customers how the call went, and shows the answer to the team",
];
const OWNERS: &[&str] = &["Partner manager", "Product", "Engineering", "Atención"];

/// Fills a data folder; an empty one.
pub async fn fill(data: &Path, projects: usize) -> Result<()> {
    std::fs::create_dir_all(data)?;
    let desk = Desk::open(data, Answers::Yes).await;
    desk.engine.start_here("Sample Apps", "Partner manager").await.map_err(failed)?;
    settled(&desk).await?;
    let workspace = AggregateRef::Workspace(desk.engine.workspace_id().map_err(failed)?);

    let mut made = Made::new(&desk);
    for n in 0..CUSTOMERS.min(projects) {
        let details = CustomerDetails {
            name: format!("Sample Customer {n:03}"),
            account: format!("sample-customer-{n}"),
            region: "US".to_owned(),
            contacts: Vec::new(),
            notes: String::new(),
        };
        made.change(
            workspace,
            Body::CustomerSet { customer: CustomerId(Uuid::now_v7()), details, knew: None },
        )
        .await?;
    }
    let mut dice = Dice(20_261_124);
    for n in 0..projects {
        let (project, version) = made.project(&mut dice, n).await?;
        if n % 20 == 0 {
            made.reviewed(project, version, n / 20).await?;
        }
        if n < RUNS.min(projects / 2) {
            let qa = templates::by_id(templates::QA).context("there is no QA list")?;
            made.run(project, version, qa, if n % 2 == 0 { 20 } else { 0 }).await?;
        }
    }
    made.send().await?;
    // The desktop learns of it with its next own command.
    let renamed = Body::WorkspaceRename { name: "Sample Apps".to_owned() };
    desk.engine.change(workspace, renamed).await.map_err(failed)?;
    all_shown(&desk, projects).await?;
    desk.engine.close().await;
    Ok(())
}

/// Adds a run of five thousand items to a data folder that was filled.
pub async fn lengthen(data: &Path) -> Result<()> {
    let desk = Desk::open(data, Answers::Yes).await;
    let workspace = AggregateRef::Workspace(desk.engine.workspace_id().map_err(failed)?);
    let one = json!({ "text": "", "status": "draft", "archived": false, "offset": 0, "limit": 1 });
    let shown = ask(&desk, "projects", one).await?;
    let id = |at: &str| shown.pointer(at).and_then(Value::as_str).context("there is no project");
    let (project, version) = (id("/rows/0/id")?.parse()?, id("/rows/0/version/id")?.parse()?);
    let long = long_template();
    let added = Body::TemplateAdd { template: Box::new(long.clone()) };
    desk.engine.change(workspace, added).await.map_err(failed)?;
    let start = start(project, version, &long);
    desk.engine.change(AggregateRef::Run(RunId(Uuid::now_v7())), start).await.map_err(failed)?;
    settled(&desk).await?;
    desk.engine.close().await;
    Ok(())
}

/// Waits until the desktop has read the feed to its end and shows what is in it.
async fn all_shown(desk: &Desk, projects: usize) -> Result<()> {
    let page = json!({ "text": "", "status": null, "archived": false, "offset": 0, "limit": 1 });
    let began = Instant::now();
    while ask(desk, "projects", page.clone()).await?["total"] != projects {
        ensure!(began.elapsed() < AT_MOST, "not every project came to the desktop");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    settled(desk).await
}

/// Waits until everything was sent.
async fn settled(desk: &Desk) -> Result<()> {
    loop {
        let pending = ask(desk, "pending", Value::Null).await?;
        if pending["rows"].as_array().context("there is no list of what is pending")?.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Makes a call of the window's.
pub async fn ask(desk: &Desk, name: &str, args: Value) -> Result<Value> {
    Ok(serde_json::from_str(&ipc::call(&desk.engine, name, args).await.map_err(failed)?)?)
}

/// The engine's errors are codes: what they say is for the window to word.
#[expect(clippy::needless_pass_by_value, reason = "handed over by `map_err`")]
pub fn failed(error: partner_core::error::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

/// Numbers that are always the same (the generator of Numerical Recipes).
struct Dice(u32);

impl Dice {
    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        words[(self.0 >> 8) as usize % words.len()]
    }
}

/// Commands on their way to the service, a batch at a time.
struct Made<'a> {
    desk: &'a Desk,
    at: Timestamp,
    batch: Vec<Envelope>,
}

impl<'a> Made<'a> {
    fn new(desk: &'a Desk) -> Self {
        Self { desk, at: now(), batch: Vec::new() }
    }

    async fn change(&mut self, aggregate: AggregateRef, body: Body) -> Result<()> {
        let command = Command { id: CommandId(Uuid::now_v7()), aggregate, body };
        self.batch.push(Envelope::new(&command, self.at, Vec::new()));
        if self.batch.len() == BATCH { self.send().await } else { Ok(()) }
    }

    async fn send(&mut self) -> Result<()> {
        let batch = std::mem::take(&mut self.batch);
        self.desk.send(&batch).await
    }

    async fn project(&mut self, dice: &mut Dice, n: usize) -> Result<(ProjectId, VersionId)> {
        let (project, version) = (ProjectId(Uuid::now_v7()), VersionId(Uuid::now_v7()));
        let of = AggregateRef::Project(project);
        let name = format!("{} {} {n:06}", dice.of(FIRST), dice.of(SECOND));
        let slug = name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let slug = slug.trim_matches('-').to_owned();
        let details = ProjectDetails { name, slug, owner: dice.of(OWNERS).to_owned() };
        self.change(of, Body::ProjectCreate { details }).await?;
        self.change(of, Body::VersionCreate { version, number: "1.0.0".to_owned() }).await?;
        let summary = dice.of(SUMMARIES);
        let description = format!("{summary}.\n\nAgents see it beside the call; nothing has to be opened.");
        self.set(of, version, K::ListingSummary, V::Text(summary.to_owned())).await?;
        self.set(of, version, K::Description, V::Text(description)).await?;
        Ok((project, version))
    }

    async fn set(&mut self, of: AggregateRef, version: VersionId, field: K, value: V) -> Result<()> {
        self.change(of, Body::SetField { version, field, value: Some(value), expects: None }).await
    }

    /// Fills the rest, submits, and goes on from there in one of four ways.
    async fn reviewed(&mut self, project: ProjectId, version: VersionId, n: usize) -> Result<()> {
        let of = AggregateRef::Project(project);
        for (field, value) in rest(n) {
            self.set(of, version, field, value).await?;
        }
        let fields = FIELDS.iter().map(|field| field.key).collect();
        self.change(of, Body::MarkCarried { version, fields, entered: BTreeMap::new() }).await?;
        let tracks = TrackName::ALL.to_vec();
        let rounds = tracks.iter().map(|_| RoundId(Uuid::now_v7())).collect();
        let submitted =
            Body::MarkSubmitted { version, tracks: tracks.clone(), rounds, override_reason: None };
        self.change(of, submitted).await?;
        if n.is_multiple_of(4) {
            return Ok(());
        }
        let outcome = if n % 4 == 1 { Verdict::Rejected } else { Verdict::Approved };
        let said = |text: &str| NewFinding {
            id: FindingId(Uuid::now_v7()),
            said: FindingText {
                text: text.to_owned(),
                severity: "Blocking".to_owned(),
                field: Some(K::PrivacyPolicy),
                item: None,
            },
            files: Vec::new(),
        };
        let findings =
            if n % 4 == 1 { vec![said("The policy page could not be opened.")] } else { Vec::new() };
        let answer = Body::RecordAnswer {
            version,
            tracks,
            rounds: Vec::new(),
            outcome,
            text: String::new(),
            findings,
            files: Vec::new(),
        };
        self.change(of, answer).await?;
        if n % 4 == 1 {
            return Ok(());
        }
        self.change(of, Body::RecordGoLive { version, date: "2026-12-02".to_owned() }).await?;
        if n % 4 == 2 {
            return Ok(());
        }
        self.change(of, Body::ApproveGoLive { version }).await?;
        self.change(of, Body::ConfirmLive { version }).await?;
        let link = LinkId(Uuid::now_v7());
        let url = format!("https://partner-project.example/i/{}", &link.0.simple().to_string()[20..]);
        self.change(of, Body::LinkRecord { version, link, url, source: LinkSource::Pasted }).await
    }

    async fn run(
        &mut self,
        project: ProjectId,
        version: VersionId,
        template: &Template,
        ticked: usize,
    ) -> Result<()> {
        let run = AggregateRef::Run(RunId(Uuid::now_v7()));
        self.change(run, start(project, version, template)).await?;
        for item in template.items().take(ticked) {
            let result = Body::SetResult {
                item: item.id.clone(),
                outcome: Outcome::Pass,
                reason: String::new(),
                knew: Vec::new(),
            };
            self.change(run, result).await?;
        }
        Ok(())
    }
}

fn start(project: ProjectId, version: VersionId, template: &Template) -> Body {
    Body::RunStart {
        project,
        version,
        template: template.id,
        template_version: template.version,
        previous: None,
        tested: Tested { build: "118".to_owned(), ..Tested::default() },
    }
}

/// A list as long as one can be, in sections of fifty.
fn long_template() -> Template {
    let item = |n: usize| Item {
        id: format!("LL-{n:04}"),
        text: format!("What has to be true, number {n}: {}", SUMMARIES[n % SUMMARIES.len()]),
        help: "Open the app in the agent's workspace, take a call, and look.".to_owned(),
        required: true,
        evidence: None,
        touches: Vec::new(),
        source: None,
        shown_from: None,
        extra: domain::common::Extra::new(),
    };
    let section = |s: usize| Section {
        id: format!("S{s:03}"),
        name: format!("Section {s}"),
        items: (s * 50..(s + 1) * 50).map(item).collect(),
        extra: domain::common::Extra::new(),
    };
    Template {
        id: TemplateId(Uuid::now_v7()),
        version: 1,
        kind: templates::TemplateKind::Qa,
        name: LONG_NAME.to_owned(),
        derived: false,
        saved: None,
        sections: (0..LONG / 50).map(section).collect(),
        extra: domain::common::Extra::new(),
    }
}

/// What a version needs beside name, summary and description.
fn rest(n: usize) -> Vec<(K, V)> {
    let text = |text: &str| V::Text(text.to_owned());
    let page = |page: &str| V::Text(format!("https://sample-apps.example/{n}/{page}"));
    let picture = |name: &str| {
        let url = format!("https://sample-apps.example/{n}/{name}.png");
        V::Assets(vec![Asset { url, description: "What it shows".to_owned(), file: None }])
    };
    let email = |kind, name: &str| Email { kind, email: format!("{name}@sample-apps.example") };
    let scope =
        |scope: &str, reason: &str| ScopeReason { scope: scope.to_owned(), reason: reason.to_owned() };
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
    vec![
        (K::AppType, text("standalone")),
        (K::Render, text("portal")),
        (
            K::Emails,
            V::Emails(vec![email(EmailKind::Support, "support"), email(EmailKind::Developer, "developers")]),
        ),
        (K::Icon, picture("icon")),
        (K::Screenshots, picture("overview")),
        (K::EventsCallbackUrl, page("events")),
        (K::StandaloneUrl, page("app")),
        (K::RedirectUris, V::List(vec![format!("https://app.sample-apps.example/{n}/callback")])),
        (K::Scopes, V::Scopes(vec![scope("openid", "Sign-in"), scope("contacts:read", "Finds the contact")])),
        (
            K::Plans,
            V::Plans(vec![plan(PlanKind::Trial, "Trial", ""), plan(PlanKind::Paid, "Standard", "12.00")]),
        ),
        (K::Categories, V::List(vec!["Productivity".to_owned()])),
        (K::PrivacyPolicy, page("privacy")),
        (K::TermsOfService, page("terms")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects the bench from waiting for ever: what the engine answers is what filling waits for.
    #[tokio::test]
    async fn a_folder_is_filled_and_lengthened() {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path(), 3).await.unwrap();
        lengthen(folder.path()).await.unwrap();

        let desk = Desk::open(folder.path(), Answers::Yes).await;
        let page = json!({ "text": "", "status": null, "archived": false, "offset": 0, "limit": 1 });
        assert_eq!(ask(&desk, "projects", page).await.unwrap()["total"], 3);
        let runs = ask(&desk, "runs", Value::Null).await.unwrap().to_string();
        assert!(runs.contains(LONG_NAME), "the long run is not there: {runs}");
        desk.engine.close().await;
    }
}
