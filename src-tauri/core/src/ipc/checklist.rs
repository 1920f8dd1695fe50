//! Checklists: runs, one run as a keyboard instrument, templates, import and export.

use domain::checklist::{Entry, Happening, ItemLog, ItemStatus, Run, RunSummary, Tested, Was};
use domain::files::Evidence;
use domain::ids::{CommandId, MemberId, RunId, TemplateId};
use domain::project::{Project, Version};
use domain::redact::{self, Words};
use domain::templates::{Item, Section, TemplateKind};
use serde::{Deserialize, Serialize};

use super::common::{By, Nothing, People, ProjectHead, RedactedView, RunHead, VersionHead};
use super::{View, template, with_view};
use crate::engine::Engine;
use crate::error::Error;
use crate::store::RunRow;

/// Names a run.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RunArgs {
    /// Which.
    pub run: RunId,
}

/// A run with all its items.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RunView {
    /// Which.
    pub id: RunId,
    /// Its project.
    pub project: ProjectHead,
    /// The version tested.
    pub version: VersionHead,
    /// The template.
    pub template: TemplateId,
    /// Its version.
    pub template_version: u32,
    /// A newer version of the template, where there is one.
    pub newer_template: Option<u32>,
    /// The template's kind.
    pub kind: TemplateKind,
    /// The template's name.
    pub name: String,
    /// Derived, not official.
    pub derived: bool,
    /// What is tested.
    pub tested: Tested,
    /// Started by whom.
    pub started: By,
    /// Signed by whom.
    pub signed: Option<By>,
    /// In numbers.
    pub summary: RunSummary,
    /// The items.
    pub sections: Vec<SectionView>,
    /// Items that a newer version of the list took out, with what was said of them; the last one first.
    pub removed: Vec<RemovedView>,
}

/// An item that is no longer in a run's list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RemovedView {
    /// The heading it stood under.
    pub section: String,
    /// As it was.
    pub item: ItemView,
    /// The version of the list that had it last.
    pub template_version: u32,
    /// Who took the newer one.
    pub by: By,
}

/// A section of a run.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SectionView {
    /// Which.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Items passed or not applicable.
    pub done: u32,
    /// The items.
    pub items: Vec<ItemView>,
}

/// An item of a run.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ItemView {
    /// Which.
    pub id: String,
    /// What has to be true.
    pub text: String,
    /// How to test it.
    pub help: String,
    /// Whether the list is passed without it.
    pub required: bool,
    /// What evidence is wanted.
    pub evidence: Option<String>,
    /// The pages it is derived from.
    pub source: Option<String>,
    /// Whether it stands in another list too, and counts there.
    pub shared: bool,
    /// How it stands.
    pub status: ItemStatus,
    /// How it ended in the version before.
    pub was: Option<Was>,
    /// The note that stands.
    pub note: String,
    /// The note that stood last was blanked.
    pub note_redacted: Option<RedactedView>,
    /// Who looks after it.
    pub assignee: Option<MemberId>,
    /// The evidence that stands, oldest first.
    pub attached: Vec<AttachedView>,
    /// What stands: several where the item is disputed.
    pub standing: Vec<EntryView>,
    /// What a new result says it knew.
    pub heads: Vec<CommandId>,
    /// The last redaction of its words: what a note says that it knew, and a result that has a reason.
    pub redaction: Option<CommandId>,
    /// One's own last action, which *undo* takes back.
    pub undoable: Option<CommandId>,
    /// Everything that happened, newest first.
    pub history: Vec<EntryView>,
}

/// A piece of evidence.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AttachedView {
    /// The command that attached it.
    pub id: CommandId,
    /// What.
    pub what: Evidence,
    /// Who, when.
    pub by: By,
}

/// Something that happened to an item.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EntryView {
    /// The command.
    pub id: CommandId,
    /// What.
    pub what: Happening,
    /// Who, when.
    pub by: By,
    /// Taken back.
    pub undone: bool,
    /// Its words were blanked.
    pub redacted: Option<RedactedView>,
}

/// All runs.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RunsView {
    /// Runs, last changed first.
    pub runs: Vec<RunHead>,
    /// Templates beside them.
    pub templates: Vec<TemplateHead>,
}

/// A template in a list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TemplateHead {
    /// Which.
    pub id: TemplateId,
    /// Its newest version; 0: begun here, and never saved.
    pub version: u32,
    /// What it is for.
    pub kind: TemplateKind,
    /// Its name.
    pub name: String,
    /// Derived, not official.
    pub derived: bool,
    /// Built in: it is copied, never edited.
    pub built_in: bool,
    /// Its items.
    pub items: u32,
    /// Whether it is being edited on this computer, and not saved.
    pub draft: bool,
}

pub(super) async fn run(engine: &Engine, args: RunArgs) -> Result<RunView, Error> {
    with_view(engine, move |view, me| {
        let run = view.run(args.run)?.ok_or_else(Error::not_found)?;
        let project = view.project(run.project)?.ok_or_else(Error::not_found)?;
        let version = project.version(run.version).ok_or_else(Error::not_found)?;
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let newest = workspace.as_ref().and_then(|workspace| workspace.template(run.template, None));
        Ok(RunView {
            id: run.id,
            project: (&project).into(),
            version: VersionHead::of(&project, version),
            template: run.template,
            template_version: run.template_version,
            newer_template: newest
                .map(|newest| newest.version)
                .filter(|newest| *newest > run.template_version),
            kind: run.kind,
            name: run.name.clone(),
            derived: run.derived,
            tested: run.tested.clone(),
            started: people.by(&run.started),
            signed: run.signed.as_ref().map(|mark| people.by(mark)),
            summary: run.summary(),
            sections: run.sections.iter().map(|section| section_view(&run, section, &people, me)).collect(),
            removed: run
                .removed
                .iter()
                .map(|removed| RemovedView {
                    section: removed.section.clone(),
                    item: item_view(&run, &removed.item, &people, me),
                    template_version: removed.template_version,
                    by: people.by(&removed.mark),
                })
                .collect(),
        })
    })
    .await
}

fn section_view(run: &Run, section: &Section, people: &People<'_>, me: MemberId) -> SectionView {
    let items: Vec<ItemView> = section.items.iter().map(|item| item_view(run, item, people, me)).collect();
    let done =
        items.iter().filter(|item| matches!(item.status, ItemStatus::Pass | ItemStatus::NotApplicable));
    SectionView {
        id: section.id.clone(),
        name: section.name.clone(),
        done: u32::try_from(done.count()).unwrap_or(u32::MAX),
        items,
    }
}

fn item_view(run: &Run, item: &Item, people: &People<'_>, me: MemberId) -> ItemView {
    let empty = ItemLog::default();
    let log = run.items.get(&item.id).unwrap_or(&empty);
    let redacted = |entry: &Entry| {
        let words = Words::Entry { entry: entry.mark.command };
        redact::of(&run.redactions, words).map(|redaction| people.redacted(redaction))
    };
    let entry = |entry: &Entry| EntryView {
        id: entry.mark.command,
        what: entry.what.clone(),
        by: people.by(&entry.mark),
        undone: entry.undone.is_some(),
        redacted: redacted(entry),
    };
    ItemView {
        id: item.id.clone(),
        text: item.text.clone(),
        help: item.help.clone(),
        required: item.required,
        evidence: item.evidence.clone(),
        source: item.source.clone(),
        shared: item.shown_from.is_some(),
        status: log.status(),
        was: log.was.clone(),
        note: log.note().to_owned(),
        note_redacted: log.last_note().and_then(redacted),
        assignee: log.assignee(),
        attached: log
            .evidence()
            .into_iter()
            .map(|(entry, what)| AttachedView {
                id: entry.mark.command,
                what: what.clone(),
                by: people.by(&entry.mark),
            })
            .collect(),
        standing: log.standing().into_iter().map(entry).collect(),
        heads: log.heads(),
        redaction: redact::of_item(run, &item.id).map(|last| last.mark.command),
        undoable: log.last_entry().filter(|last| last.mark.by == me).map(|last| last.mark.command),
        history: log.entries.iter().rev().map(entry).collect(),
    }
}

pub(super) async fn runs(engine: &Engine, _: Nothing) -> Result<RunsView, Error> {
    with_view(engine, |view, _| {
        let workspace = view.workspace()?;
        Ok(RunsView {
            runs: view.run_rows()?.into_iter().map(row).collect(),
            templates: workspace
                .map(|workspace| template::heads(view, &workspace))
                .transpose()?
                .unwrap_or_default(),
        })
    })
    .await
}

fn row(row: RunRow) -> RunHead {
    RunHead {
        id: row.id,
        project: row.project,
        project_name: row.project_name,
        version: row.version,
        number: row.number,
        template: row.summary.template,
        kind: row.kind,
        name: row.name,
        tested: row.tested,
        done: row.summary.done(),
        summary: row.summary,
        assigned: row.assigned,
        changed: row.updated_at,
    }
}

/// The runs against a version, as rows.
pub(super) fn heads_of(view: View<'_>, project: &Project, version: &Version) -> Result<Vec<RunHead>, Error> {
    let runs = view.runs_of(project.id, version.id)?;
    Ok(runs.iter().map(|run| head(run, project, version)).collect())
}

/// A run as a row.
pub(crate) fn head(run: &Run, project: &Project, version: &Version) -> RunHead {
    row(RunRow::of(run, project.details.name.clone(), version.number.clone()))
}
