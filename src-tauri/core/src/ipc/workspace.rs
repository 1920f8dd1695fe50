//! The workspace's own page, the outbox's conflicts, and the generic write.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use domain::fields::FieldValue;
use domain::ids::{CommandId, MemberId};
use domain::process::{self, Guide, ProcessFacts, StepScope};
use domain::project::{Project, ProjectDetails};
use domain::redact::{self, Words};
use domain::workspace::{Account, Addresses, Customer, MessageTemplate, Policies, Workspace};
use domain::{AggregateRef, Body, Envelope, Refusal, Timestamp, Undo};
use serde::{Deserialize, Serialize};

use super::checklist::TemplateHead;
use super::common::{Done, Nothing, People, RedactedView};
use super::meeting::{MeetingView, meeting};
use super::partner::{self, DocumentView, PageView, TicketView};
use super::{View, template, with_view};
use crate::engine::Engine;
use crate::error::Error;
use crate::store::outbox::OutboxState;

/// So many of what only waits for its turn are shown: after a long time away there are thousands.
const MOST_WAITING: usize = 200;

/// Numbers of days, called as the policies call them.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Days {
    /// Working days in review until an answer is overdue.
    pub overdue_days: u32,
    /// Working days without a word until a ticket is silent.
    pub silent_days: u32,
    /// Days before its end from which a document is told of.
    pub expiry_days: u32,
    /// Days before its end from which a trial is told of.
    pub trial_days: u32,
}

/// The workspace.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WorkspaceView {
    /// Its name.
    pub name: String,
    /// Accounts that may install without approval.
    pub accounts: Vec<AccountView>,
    /// Where Talkdesk's pages are.
    pub addresses: Addresses,
    /// What it decided for itself.
    pub policies: Policies,
    /// The numbers of days that hold, also where it decided none.
    pub days: Days,
    /// Customers.
    pub customers: Vec<CustomerView>,
    /// Partner documents.
    pub documents: Vec<DocumentView>,
    /// Pages of the developer documentation.
    pub pages: Vec<PageView>,
    /// The page that tells of each step, by its id: of the process, and of an installation.
    pub guides: BTreeMap<&'static str, Guide>,
    /// Tickets opened with Talkdesk.
    pub tickets: Vec<TicketView>,
    /// The workspace's own messages.
    pub messages: Vec<MessageTemplate>,
    /// Steps of the partner that are done, of those that are done once a workspace.
    pub steps_done: u32,
    /// How many of these there are.
    pub steps: u32,
    /// Checklist templates.
    pub templates: Vec<TemplateHead>,
}

/// A customer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CustomerView {
    /// What is known of it.
    #[serde(flatten)]
    pub customer: Customer,
    /// Words of it were blanked; the last time.
    pub redacted: Option<RedactedView>,
}

/// An account that may install without approval.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AccountView {
    /// What is known of it.
    #[serde(flatten)]
    pub account: Account,
    /// Words of it were blanked; the last time.
    pub redacted: Option<RedactedView>,
}

/// A change, as the window makes it.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChangeArgs {
    /// What it changes.
    pub aggregate: AggregateRef,
    /// What it does.
    pub body: Body,
}

/// A change that was written.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Changed {
    /// Its id.
    pub command: CommandId,
    /// The way back; none where it cannot be taken back so.
    pub undo: Option<Undo>,
}

/// A change to be taken back, or made again.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UndoArgs {
    /// What it changed.
    pub aggregate: AggregateRef,
    /// The way back, as the change answered it.
    pub undo: Undo,
}

/// Names a command of the outbox.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CommandArgs {
    /// Which.
    pub command: CommandId,
}

/// Commands that are not settled: all that need somebody or wait for another, and of the others those that are sent next.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PendingList {
    /// In the order of making.
    pub rows: Vec<PendingView>,
    /// How many more wait behind them.
    pub more: u32,
}

/// A command that is not settled.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PendingView {
    /// The command.
    pub command: Envelope,
    /// How it stands.
    pub state: PendingState,
    /// Why it was refused, or what changed.
    pub refusal: Option<Refusal>,
    /// What it waits for.
    pub waits_for: Option<CommandId>,
    /// When it was made.
    pub made_at: Timestamp,
    /// The project it is about.
    pub project: Option<String>,
    /// What stands now, where it met another change or may meet one.
    pub theirs: Option<Standing>,
    /// How it came to meet another change, where it did.
    pub meeting: Option<MeetingView>,
}

/// What stands in the place of what a command would set.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "of", content = "value", rename_all = "snake_case")]
pub enum Standing {
    /// A version's field; none: it is empty.
    Field(Option<FieldValue>),
    /// The reply to a finding.
    Reply(String),
    /// A project's name, slug and owner.
    Details(ProjectDetails),
}

/// A refused or conflicted command, and what takes its place.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AmendArgs {
    /// Which.
    pub command: CommandId,
    /// What it does from now on.
    pub body: Body,
}

/// How a command of the outbox stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PendingState {
    /// Waits to be sent.
    Queued,
    /// Being sent.
    InFlight,
    /// Met another change.
    Conflicted,
    /// Refused.
    Refused,
}

pub(super) async fn workspace(engine: &Engine, _: Nothing) -> Result<WorkspaceView, Error> {
    let now = engine.now();
    with_view(engine, move |view, me| {
        let workspace = view.workspace()?.ok_or_else(Error::not_found)?;
        let people = People::new(Some(&workspace), me);
        let (steps, steps_done) = partner_steps(&workspace);
        let redacted =
            |words| redact::beside(&workspace.redactions, words).map(|redaction| people.redacted(redaction));
        let account = |account: &Account| AccountView {
            redacted: redacted(Words::Account { account: account.id }),
            account: account.clone(),
        };
        let customer = |customer: &Customer| CustomerView {
            redacted: redacted(Words::CustomerNotes { customer: customer.id }),
            customer: customer.clone(),
        };
        Ok(WorkspaceView {
            steps,
            steps_done,
            documents: partner::documents(&workspace, now),
            pages: partner::pages(&workspace, &people),
            guides: process::guides(&workspace),
            tickets: partner::tickets(view, &workspace, &people, now)?,
            messages: workspace
                .messages
                .iter()
                .filter(|message| message.removed.is_none())
                .cloned()
                .collect(),
            templates: template::heads(view, &workspace)?,
            name: workspace.name.clone(),
            accounts: workspace.accounts.iter().map(account).collect(),
            addresses: workspace.addresses.clone(),
            days: Days {
                overdue_days: workspace.policies.overdue_days,
                silent_days: workspace.policies.silent_days,
                expiry_days: workspace.policies.expiry_days,
                trial_days: workspace.policies.trial_days,
            },
            policies: workspace.policies.clone(),
            customers: workspace
                .customers
                .iter()
                .filter(|known| known.removed.is_none())
                .map(customer)
                .collect(),
        })
    })
    .await
}

/// Steps that are done once a workspace, and how many of them are done.
fn partner_steps(workspace: &Workspace) -> (u32, u32) {
    let seen = partner::proofs(workspace).into_iter().filter(|(_, seen)| *seen).map(|(proof, _)| proof);
    let states = process::progress(&ProcessFacts {
        workspace_ticks: &workspace.steps,
        project_ticks: None,
        version_ticks: None,
        seen: seen.collect(),
    });
    let ours = process::STEPS.iter().zip(states).filter(|(step, _)| step.scope == StepScope::Workspace);
    ours.fold((0, 0), |(all, done), (_, state)| (all + 1, done + u32::from(state.done)))
}

/// The one write behind every form and key: applied here at once, durable when it answers, then sent.
pub(super) async fn change(engine: &Engine, args: ChangeArgs) -> Result<Changed, Error> {
    engine.change(args.aggregate, args.body).await.map(|done| Changed { command: done.id, undo: done.undo })
}

/// Takes a change back by a command of its own, where what it set still stands.
pub(super) async fn undo(engine: &Engine, args: UndoArgs) -> Result<Changed, Error> {
    engine.undo(args.aggregate, args.undo).await.map(|done| Changed { command: done.id, undo: done.undo })
}

pub(super) async fn pending(engine: &Engine, _: Nothing) -> Result<PendingList, Error> {
    with_view(engine, pending_list).await
}

fn pending_list(view: View<'_>, me: MemberId) -> Result<PendingList, Error> {
    let workspace = view.workspace()?;
    let people = People::new(workspace.as_ref(), me);
    let mut shown = Vec::new();
    let mut waiting = 0;
    // Long queues are of a few things: each is read once.
    let mut projects = HashMap::new();
    for row in view.outbox_shown(MOST_WAITING)? {
        let command = row.envelope.command().ok();
        let project = match projects.entry(row.envelope.aggregate) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(project_of(view, row.envelope.aggregate)?),
        };
        let meeting =
            (row.state == OutboxState::Conflicted).then(|| meeting(view, &row, &people)).transpose()?;
        let theirs =
            project.as_ref().zip(command).and_then(|(project, command)| standing(project, &command.body));
        let state = match row.state {
            OutboxState::InFlight => PendingState::InFlight,
            OutboxState::Conflicted => PendingState::Conflicted,
            OutboxState::Refused => PendingState::Refused,
            OutboxState::Queued | OutboxState::Done => PendingState::Queued,
        };
        waiting += usize::from(matches!(state, PendingState::Queued | PendingState::InFlight));
        shown.push(PendingView {
            state,
            refusal: row.refusal,
            waits_for: row.waits_for,
            made_at: row.made_at,
            project: project.as_ref().map(|project| project.details.name.clone()),
            theirs,
            meeting,
            command: row.envelope,
        });
    }
    let more = view.counts()?.queued.saturating_sub(waiting);
    Ok(PendingList { rows: shown, more: u32::try_from(more).unwrap_or(u32::MAX) })
}

/// The project that something is about.
pub(super) fn project_of(view: View<'_>, of: AggregateRef) -> Result<Option<Project>, Error> {
    let project = match of {
        AggregateRef::Project(id) => Some(id),
        AggregateRef::Run(id) => view.run(id)?.map(|run| run.project),
        AggregateRef::Installation(id) => view.installation(id)?.and_then(|known| known.project),
        AggregateRef::Workspace(_) => None,
    };
    Ok(project.map(|id| view.project(id)).transpose()?.flatten())
}

/// What stands where a command expects something to stand.
fn standing(project: &Project, body: &Body) -> Option<Standing> {
    match body {
        Body::SetField { version, field, .. } => {
            project.version(*version).map(|version| Standing::Field(version.information.get(*field)))
        }
        Body::FindingReply { finding, .. } => {
            let known = project.findings.iter().find(|known| known.id == *finding);
            known.map(|known| Standing::Reply(known.reply.clone()))
        }
        Body::ProjectEdit { .. } => Some(Standing::Details(project.details.clone())),
        _ => None,
    }
}

/// Puts another change in the place of one that was refused or met another, so that what waits for it goes on.
pub(super) async fn amend_command(engine: &Engine, args: AmendArgs) -> Result<Done, Error> {
    engine.amend(args.command, args.body).await.map(|()| Done {})
}

pub(super) async fn retry_command(engine: &Engine, args: CommandArgs) -> Result<Done, Error> {
    engine.retry(args.command).await.map(|()| Done {})
}

pub(super) async fn discard_command(engine: &Engine, args: CommandArgs) -> Result<Done, Error> {
    engine.discard(args.command).await.map(|()| Done {})
}
