//! The workspace's own page, the outbox's conflicts, and the generic write.

use domain::ids::{CommandId, TemplateId};
use domain::table::{self, Mapping, RowProblem, TableError};
use domain::templates::TemplateKind;
use domain::workspace::{Account, Addresses, Customer, Policies};
use domain::{AggregateRef, Body, Envelope, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use super::checklist::{TemplateHead, template_heads};
use super::common::{Done, Nothing};
use super::{View, with_view};
use crate::engine::Engine;
use crate::error::{Error, ErrorCode};
use crate::store::outbox::OutboxState;

/// The workspace.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WorkspaceView {
    /// Its name.
    pub name: String,
    /// Accounts that may install without approval.
    pub accounts: Vec<Account>,
    /// Where Talkdesk's pages are.
    pub addresses: Addresses,
    /// What it decided for itself.
    pub policies: Policies,
    /// Customers.
    pub customers: Vec<Customer>,
    /// Checklist templates.
    pub templates: Vec<TemplateHead>,
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
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Changed {
    /// Its id.
    pub command: CommandId,
}

/// Names a command of the outbox.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CommandArgs {
    /// Which.
    pub command: CommandId,
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
    /// The value that stands now, where it met another change of a field.
    pub theirs: Option<domain::fields::FieldValue>,
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

/// A list as a person pasted it.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImportPreviewArgs {
    /// CSV, a pasted table, Markdown.
    pub text: String,
    /// Whether its first row is a header; none: guess.
    pub header: Option<bool>,
}

/// What was read.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImportPreview {
    /// The header's words, empty where there are none.
    pub header: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    /// All rows.
    pub total: u32,
    /// Columns.
    pub columns: u32,
    /// Which column seems to be what.
    pub mapping: Mapping,
}

/// A list to be made a template.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImportArgs {
    /// As in the preview.
    pub text: String,
    /// As in the preview.
    pub header: Option<bool>,
    /// Which column is what.
    pub mapping: Mapping,
    /// The template's name.
    pub name: String,
    /// What it is for.
    pub kind: TemplateKind,
    /// The template that it is a new version of.
    pub replaces: Option<TemplateId>,
}

/// What became of an import.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Imported {
    /// A template, or its next version.
    Added {
        /// Which.
        template: TemplateId,
        /// Its version.
        version: u32,
    },
    /// Rows at fault; nothing was added.
    Problems {
        /// Each with row and column.
        problems: Vec<RowProblem>,
    },
}

pub(super) async fn workspace(engine: &Engine, _: Nothing) -> Result<WorkspaceView, Error> {
    with_view(engine, |view, _| {
        let workspace = view.workspace()?.ok_or_else(Error::not_found)?;
        Ok(WorkspaceView {
            templates: template_heads(&workspace),
            name: workspace.name,
            accounts: workspace.accounts,
            addresses: workspace.addresses,
            policies: workspace.policies,
            customers: workspace
                .customers
                .into_iter()
                .filter(|customer| customer.removed.is_none())
                .collect(),
        })
    })
    .await
}

/// The one write behind every form and key: applied here at once, durable when it answers, then sent.
pub(super) async fn change(engine: &Engine, args: ChangeArgs) -> Result<Changed, Error> {
    engine.change(args.aggregate, args.body).await.map(|command| Changed { command })
}

pub(super) async fn pending(engine: &Engine, _: Nothing) -> Result<Vec<PendingView>, Error> {
    with_view(engine, |view, _| pending_views(view)).await
}

fn pending_views(view: View<'_>) -> Result<Vec<PendingView>, Error> {
    let mut shown = Vec::new();
    for row in view.outbox()? {
        let command = row.envelope.command().ok();
        let project = match row.envelope.aggregate {
            AggregateRef::Project(id) => view.project(id)?,
            AggregateRef::Run(id) => {
                view.run(id)?.map(|run| view.project(run.project)).transpose()?.flatten()
            }
            AggregateRef::Workspace(_) => None,
        };
        let theirs = match (&project, command.map(|command| command.body)) {
            (Some(project), Some(Body::SetField { version, field, .. })) => {
                project.version(version).and_then(|version| version.information.get(field))
            }
            _ => None,
        };
        shown.push(PendingView {
            state: match row.state {
                OutboxState::InFlight => PendingState::InFlight,
                OutboxState::Conflicted => PendingState::Conflicted,
                OutboxState::Refused => PendingState::Refused,
                OutboxState::Queued | OutboxState::Done => PendingState::Queued,
            },
            refusal: row.refusal,
            waits_for: row.waits_for,
            made_at: row.made_at,
            project: project.map(|project| project.details.name),
            theirs,
            command: row.envelope,
        });
    }
    Ok(shown)
}

pub(super) async fn retry_command(engine: &Engine, args: CommandArgs) -> Result<Done, Error> {
    engine.retry(args.command).await.map(|()| Done {})
}

pub(super) async fn discard_command(engine: &Engine, args: CommandArgs) -> Result<Done, Error> {
    engine.discard(args.command).await.map(|()| Done {})
}

fn table_error(error: &TableError) -> Error {
    let words = serde_json::to_value(error).unwrap_or_default();
    let mut told = Error::new(ErrorCode::Invalid).at(domain::Place::input("text"));
    if let Some(words) = words.as_object() {
        for (name, value) in words {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            told = told.with(if name == "code" { "reason" } else { name }, text);
        }
    }
    told
}

fn table(text: &str, header: Option<bool>) -> Result<table::Table, Error> {
    let read = table::read(text).map_err(|error| table_error(&error))?;
    Ok(match header {
        Some(header) => read.with_header(header),
        None => read,
    })
}

pub(super) async fn import_preview(_: &Engine, args: ImportPreviewArgs) -> Result<ImportPreview, Error> {
    let read = table(&args.text, args.header)?;
    Ok(ImportPreview {
        mapping: table::guess(&read),
        header: read.header.clone().unwrap_or_default(),
        rows: read.rows.iter().take(20).map(|row| row.cells.clone()).collect(),
        total: u32::try_from(read.rows.len()).unwrap_or(u32::MAX),
        columns: u32::try_from(read.columns).unwrap_or(u32::MAX),
    })
}

pub(super) async fn import_template(engine: &Engine, args: ImportArgs) -> Result<Imported, Error> {
    let read = table(&args.text, args.header)?;
    let (id, version) = engine.next_template(args.replaces).await?;
    match table::into_template(&read, &args.mapping, &args.name, args.kind, id, version) {
        Err(problems) => Ok(Imported::Problems { problems }),
        Ok(template) => {
            let body = Body::TemplateAdd { template: Box::new(template) };
            engine.change(AggregateRef::Workspace(engine.workspace_id()?), body).await?;
            Ok(Imported::Added { template: id, version })
        }
    }
}
