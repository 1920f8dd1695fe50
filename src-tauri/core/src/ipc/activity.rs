//! The activity: everything that anyone did, page by page.

use domain::Timestamp;
use domain::command::Envelope;
use domain::ids::{CommandId, MemberId, ProjectId, VersionId};
use domain::project::Project;
use domain::redact;
use serde::{Deserialize, Serialize};

use super::common::{By, People, RedactedView};
use super::with_view;
use crate::engine::Engine;
use crate::error::Error;
use crate::store::{ActivityFilter, ActivityRow, ActivityWord, ProjectQuery, Stretch, View};

/// Longest page: an export reads page by page, too.
const MAX_ROWS: u32 = 1_000;
/// Most words of a filter.
const MAX_WORDS: usize = 16;
/// Most projects that a word may stand for.
const MAX_PROJECTS: usize = 500;

/// Which activity; what is empty asks for everything.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ActivityWanted {
    /// Only of this project and its runs.
    pub project: Option<ProjectId>,
    /// Only by this person.
    pub person: Option<MemberId>,
    /// Only commands of these kinds.
    pub kinds: Vec<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
    /// Every word has to stand somewhere: in what was typed, in a person's or a project's name, in the sentence that
    /// the window tells a kind with.
    pub words: Vec<WordWanted>,
}

/// A word of the filter.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WordWanted {
    /// The word, and what else it may be called in a command: the key of a field.
    pub texts: Vec<String>,
    /// Kinds of commands whose sentence holds it.
    pub kinds: Vec<String>,
    /// People whose name holds it.
    pub people: Vec<MemberId>,
}

/// A page of the activity.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ActivityArgs {
    /// Which.
    pub wanted: ActivityWanted,
    /// How many to skip.
    pub offset: u32,
    /// Rows, 1 to 1,000.
    pub limit: u32,
}

/// When something was done.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ActivityTimesArgs {
    /// Which.
    pub wanted: ActivityWanted,
}

/// A page of what happened.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ActivityPage {
    /// The rows, newest first.
    pub rows: Vec<ActivityView>,
    /// How many there are in all.
    pub total: usize,
}

/// Something that someone did.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ActivityView {
    /// The command.
    pub id: CommandId,
    /// Its number, once the service took it.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub number: Option<u64>,
    /// Who, when.
    pub by: By,
    /// What, as it was sent. An unknown kind is *by a newer version*.
    pub command: Envelope,
    /// Words of it were blanked; the last time.
    pub redacted: Option<RedactedView>,
    /// Whether this version knows the kind.
    pub known: bool,
    /// The project it is about, by name.
    pub project: Option<String>,
    /// The version it is about, by number.
    pub version: Option<String>,
}

pub(super) async fn activity(engine: &Engine, args: ActivityArgs) -> Result<ActivityPage, Error> {
    with_view(engine, move |view, me| {
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let filter = filter(view, args.wanted)?;
        let limit = args.limit.clamp(1, MAX_ROWS);
        page(view, &filter, args.offset as usize, limit as usize, &people)
    })
    .await
}

pub(super) async fn activity_times(engine: &Engine, args: ActivityTimesArgs) -> Result<Vec<Stretch>, Error> {
    with_view(engine, move |view, _| Ok(view.activity_times(&filter(view, args.wanted)?)?)).await
}

/// What happened last in a project, newest first.
pub(super) fn latest_of(
    view: View<'_>,
    project: ProjectId,
    limit: usize,
    people: &People<'_>,
) -> Result<Vec<ActivityView>, Error> {
    let filter = ActivityFilter { project: Some(project), ..ActivityFilter::default() };
    Ok(page(view, &filter, 0, limit, people)?.rows)
}

/// Everything of these kinds that was done with a version, newest first.
pub(super) fn of_kinds(
    view: View<'_>,
    project: ProjectId,
    version: VersionId,
    kinds: &[&str],
    people: &People<'_>,
) -> Result<Vec<ActivityView>, Error> {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let filter = ActivityFilter { project: Some(project), kinds, ..ActivityFilter::default() };
    let id = version.to_string();
    let mut rows = page(view, &filter, 0, usize::MAX, people)?.rows;
    rows.retain(|row| row.command.args.get("version").and_then(|id| id.as_str()) == Some(&id));
    Ok(rows)
}

fn page(
    view: View<'_>,
    filter: &ActivityFilter,
    offset: usize,
    limit: usize,
    people: &People<'_>,
) -> Result<ActivityPage, Error> {
    let found = view.activity(filter, offset, limit)?;
    Ok(ActivityPage { rows: views(view, found.rows, people)?, total: found.total })
}

/// What somebody did, with the names that it needs.
pub(super) fn views(
    view: View<'_>,
    found: Vec<ActivityRow>,
    people: &People<'_>,
) -> Result<Vec<ActivityView>, Error> {
    // A page is about few projects, and a project is long to read.
    let mut projects: Vec<(ProjectId, Option<Project>)> = Vec::new();
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        if let Some(id) = row.project
            && !projects.iter().any(|(known, _)| *known == id)
        {
            projects.push((id, view.project(id)?));
        }
        let project = projects
            .iter()
            .find(|(known, _)| Some(*known) == row.project)
            .and_then(|(_, found)| found.as_ref());
        let version =
            row.envelope.args.get("version").and_then(|id| id.as_str()).and_then(|id| id.parse().ok());
        let number = version.and_then(|id| project?.version(id)).map(|version| version.number.clone());
        rows.push(ActivityView {
            id: row.envelope.id,
            number: row.number,
            by: people.who(row.actor, row.at),
            redacted: redact::redacted(&row.envelope).last().map(|last| people.redacted(&last.redaction)),
            known: row.envelope.command().is_ok(),
            project: project.map(|project| project.details.name.clone()),
            version: number,
            command: row.envelope,
        });
    }
    Ok(rows)
}

fn filter(view: View<'_>, wanted: ActivityWanted) -> Result<ActivityFilter, Error> {
    let mut words = Vec::new();
    for word in wanted.words.into_iter().take(MAX_WORDS) {
        let texts: Vec<String> = word.texts.iter().map(|text| text.to_lowercase()).collect();
        let Some(first) = texts.first() else { continue };
        let query = ProjectQuery { text: first.clone(), limit: MAX_PROJECTS, ..ProjectQuery::default() };
        words.push(ActivityWord {
            actors: word.people,
            projects: view.project_rows(&query)?.rows.into_iter().map(|row| row.id).collect(),
            kinds: word.kinds,
            texts,
        });
    }
    Ok(ActivityFilter {
        project: wanted.project,
        actor: wanted.person,
        kinds: wanted.kinds,
        from: wanted.from,
        to: wanted.to,
        words,
    })
}
