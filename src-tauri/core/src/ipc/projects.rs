//! Projects: the list, a project's page, search in everything.

use domain::ids::{CustomerId, FindingId, ProjectId, VersionId};
use domain::project::{Finding, FindingStatus};
use domain::status;
use serde::{Deserialize, Serialize};

use super::activity::{ActivityView, latest_of};
use super::common::{By, Counts, People, ProjectArgs, ProjectHead, RunHead, VersionHead};
use super::install::{LinkView, UseView, contact_names};
use super::{View, checklist, with_project, with_view};
use crate::engine::Engine;
use crate::error::Error;
use crate::store::{Hit, ProjectQuery};

/// What part of the list is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProjectsArgs {
    /// Words in name, slug or owner.
    pub text: String,
    /// Only versions of this status; none: all.
    pub status: Option<status::Status>,
    /// Archived ones instead of the others.
    pub archived: bool,
    /// First row.
    pub offset: u32,
    /// Rows, 1 to 500.
    pub limit: u32,
}

/// A page of the list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProjectsView {
    /// Rows that fit, all pages.
    pub total: u32,
    /// This page.
    pub rows: Vec<ProjectRow>,
    /// Rows by status of their newest version, whatever the filter.
    pub counts: Counts,
}

/// A project in the list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProjectRow {
    /// Which.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// Its owner.
    pub owner: String,
    /// The newest version that was not put away.
    pub version: Option<RowVersion>,
    /// The number that is on `AppConnect`.
    pub published: Option<String>,
    /// Findings open.
    pub open_findings: u32,
    /// Customers that have the app.
    pub installations: u32,
    /// Last change.
    pub changed: domain::Timestamp,
}

/// A version in the list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RowVersion {
    /// Which.
    pub id: VersionId,
    /// Its number.
    pub number: String,
    /// How it stands.
    pub status: status::Status,
    /// Since when.
    pub since: domain::Timestamp,
    /// General, Technical, Marketplace in percent.
    pub percents: [u32; 3],
}

/// A project's page.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProjectView {
    /// Its head.
    pub project: ProjectHead,
    /// Its versions, newest first.
    pub versions: Vec<VersionHead>,
    /// The number on `AppConnect`.
    pub published: Option<String>,
    /// Why no new version can be made: the number that is not published yet.
    pub blocked_by: Option<String>,
    /// A number to suggest for the next one.
    pub next_number: String,
    /// Its runs.
    pub runs: Vec<RunHead>,
    /// All links, newest first.
    pub links: Vec<ProjectLink>,
    /// Findings open.
    pub open_findings: Vec<OpenFinding>,
    /// Customers that have the app.
    pub installations: u32,
    /// What happened last.
    pub activity: Vec<ActivityView>,
}

/// A link on a project's page.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProjectLink {
    /// The version.
    pub version: VersionId,
    /// Its number.
    pub number: String,
    /// The link.
    pub link: LinkView,
    /// Whether another took its place.
    pub superseded: bool,
    /// Copies and sends, newest first.
    pub uses: Vec<UseView>,
}

/// An open finding.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OpenFinding {
    /// Which.
    pub id: FindingId,
    /// The version it was found in.
    pub version: VersionId,
    /// Its number.
    pub number: String,
    /// What it says.
    pub text: String,
    /// Recorded by whom.
    pub created: By,
}

/// Words to look for.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SearchArgs {
    /// The words.
    pub text: String,
    /// Most hits, 1 to 100.
    pub limit: u32,
}

pub(super) async fn projects(engine: &Engine, args: ProjectsArgs) -> Result<ProjectsView, Error> {
    with_view(engine, move |view, _| page(view, &args)).await
}

fn page(view: View<'_>, args: &ProjectsArgs) -> Result<ProjectsView, Error> {
    let found = view.project_rows(&ProjectQuery {
        text: args.text.clone(),
        status: args.status,
        archived: args.archived,
        offset: args.offset as usize,
        limit: args.limit.clamp(1, 500) as usize,
    })?;
    let ids: Vec<ProjectId> = found.rows.iter().map(|row| row.id).collect();
    let installations = view.installations_of(&ids)?;
    let row = |row: crate::store::ProjectRow| ProjectRow {
        installations: installations.get(&row.id).copied().unwrap_or(0),
        id: row.id,
        name: row.name,
        slug: row.slug,
        owner: row.owner,
        version: row.newest.map(|newest| RowVersion {
            id: newest.id,
            number: newest.number,
            status: newest.status,
            since: newest.since,
            percents: [newest.general, newest.technical, newest.marketplace],
        }),
        published: row.published,
        open_findings: row.open_findings,
        changed: row.updated_at,
    };
    Ok(ProjectsView {
        total: u32::try_from(found.total).unwrap_or(u32::MAX),
        rows: found.rows.into_iter().map(row).collect(),
        counts: view.project_counts(args.archived)?,
    })
}

pub(super) async fn search(engine: &Engine, args: SearchArgs) -> Result<Vec<Hit>, Error> {
    let limit = args.limit.clamp(1, 100) as usize;
    let (store, _) = engine.open_store()?;
    let found = store.search(args.text, limit).await?;
    Ok(found)
}

pub(super) async fn project(engine: &Engine, args: ProjectArgs) -> Result<ProjectView, Error> {
    with_project(engine, args.project, move |view, me, project| {
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let number =
            |id: VersionId| project.version(id).map(|version| version.number.clone()).unwrap_or_default();
        let mut runs = Vec::new();
        for version in &project.versions {
            runs.extend(checklist::heads_of(view, project, version)?);
        }
        runs.sort_by_key(|run| std::cmp::Reverse(run.changed));
        let customers = workspace.as_ref().map(|workspace| &workspace.customers[..]).unwrap_or_default();
        let customer = |id: CustomerId| {
            customers.iter().find(|known| known.id == id).map(|known| known.details.name.clone())
        };
        let link = |link: &domain::project::InstallLink| ProjectLink {
            version: link.version,
            number: number(link.version),
            link: LinkView {
                id: link.id,
                url: link.url.clone(),
                source: link.source,
                created: people.by(&link.created),
            },
            superseded: link.superseded_by.is_some(),
            uses: link
                .uses
                .iter()
                .rev()
                .map(|used| UseView {
                    link: link.id,
                    kind: used.kind,
                    customer: used.customer.and_then(customer),
                    contacts: contact_names(customers, used),
                    by: people.by(&used.mark),
                })
                .collect(),
        };
        let open = |finding: &&Finding| finding.status == FindingStatus::Open;
        Ok(ProjectView {
            project: project.into(),
            versions: project
                .versions
                .iter()
                .rev()
                .map(|version| VersionHead::of(project, version))
                .collect(),
            published: status::predecessor(project).map(|version| version.number.clone()),
            blocked_by: status::blocks_new_version(project).map(|version| version.number.clone()),
            next_number: status::suggested_number(project),
            runs,
            links: project.links.iter().rev().map(link).collect(),
            open_findings: project
                .findings
                .iter()
                .filter(open)
                .map(|finding| OpenFinding {
                    id: finding.id,
                    version: finding.version,
                    number: number(finding.version),
                    text: finding.said.text.clone(),
                    created: people.by(&finding.created),
                })
                .collect(),
            installations: view.installations_of(&[project.id])?.remove(&project.id).unwrap_or(0),
            activity: latest_of(view, project.id, 20, &people)?,
        })
    })
    .await
}
