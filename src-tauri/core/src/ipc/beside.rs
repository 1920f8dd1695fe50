//! What stands beside things: comments and links to somewhere else, and the places that they lead to.

use domain::checklist::Run;
use domain::comment::{self, Comment, Subject};
use domain::external::ExternalLink;
use domain::ids::{CommentId, MemberId, VersionId};
use domain::project::Project;
use domain::workspace::Workspace;
use domain::{Aggregate, AggregateRef};
use serde::{Deserialize, Serialize};

use super::common::{By, People, RedactedView};
use super::{View, with_view};
use crate::engine::Engine;
use crate::error::Error;
use crate::store::Spot;

/// Whose comments and links.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BesideArgs {
    /// The project, the run or the workspace.
    pub of: AggregateRef,
}

/// Everything that stands beside the things of an aggregate.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BesideView {
    /// Comments, oldest first.
    pub comments: Vec<CommentView>,
    /// Links to somewhere else.
    pub links: Vec<ExternalLink>,
    /// Whether it can be written to.
    pub open: bool,
}

/// A comment.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CommentView {
    /// Which.
    pub id: CommentId,
    /// What it stands beside.
    pub subject: Subject,
    /// The first comment of its thread; none: it is the first.
    pub reply_to: Option<CommentId>,
    /// Its words; empty where they are gone.
    pub text: String,
    /// Whom it mentions.
    pub mentions: Vec<MemberId>,
    /// Said by whom.
    pub by: By,
    /// Changed since.
    pub edited: Option<By>,
    /// Deleted by its author.
    pub deleted: Option<By>,
    /// Blanked for good.
    pub redacted: Option<RedactedView>,
    /// Its thread is settled; with the first comment.
    pub resolved: Option<By>,
    /// It mentions the person at this computer, who has not seen it.
    pub unseen: bool,
}

/// A comment that mentions the person at this computer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Mention {
    /// Where it stands.
    pub spot: Spot,
    /// Said by whom.
    pub by: By,
    /// Its words.
    pub text: String,
    /// The project's or the customer's name, and the version's number.
    pub about: String,
}

/// Most mentions that home lists.
const MENTIONS: usize = 50;

/// What mentions a person and was not seen, newest first.
pub(super) fn mentions(view: View<'_>, people: &People<'_>, me: MemberId) -> Result<Vec<Mention>, Error> {
    let mut mentions = Vec::new();
    for (of, id) in view.mentions(me, MENTIONS)? {
        let Some(state) = view.aggregate(of)? else { continue };
        let Some(said) = comments(&state).iter().find(|said| said.id == id) else { continue };
        let project = match &state {
            Aggregate::Project(project) => Some((**project).clone()),
            Aggregate::Run(run) => view.project(run.project)?,
            Aggregate::Workspace(_) | Aggregate::Installation(_) => None,
        };
        let spot = Spot::of(of, project.as_ref(), said);
        let about = match (&state, &project) {
            (Aggregate::Workspace(workspace), _) => customer_name(workspace, &said.subject),
            (Aggregate::Run(run), Some(project)) => named(project, Some(run.version)),
            (_, Some(project)) => named(project, spot.version),
            (_, None) => String::new(),
        };
        mentions.push(Mention { spot, by: people.by(&said.created), text: said.text.clone(), about });
    }
    Ok(mentions)
}

fn named(project: &Project, version: Option<VersionId>) -> String {
    match version.and_then(|id| project.version(id)) {
        Some(version) => format!("{} {}", project.details.name, version.number),
        None => project.details.name.clone(),
    }
}

fn customer_name(workspace: &Workspace, subject: &Subject) -> String {
    match subject {
        Subject::Customer { customer } => {
            workspace.customer(*customer).map(|customer| customer.details.name.clone()).unwrap_or_default()
        }
        _ => String::new(),
    }
}

pub(crate) fn comments(state: &Aggregate) -> &[Comment] {
    match state {
        Aggregate::Workspace(state) => &state.comments,
        Aggregate::Project(state) => &state.comments,
        Aggregate::Run(state) => &state.comments,
        // Nothing stands beside one yet.
        Aggregate::Installation(_) => &[],
    }
}

pub(super) async fn beside(engine: &Engine, args: BesideArgs) -> Result<BesideView, Error> {
    with_view(engine, move |view, me| {
        let state = view.aggregate(args.of)?.ok_or_else(Error::not_found)?;
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let said = comments(&state);
        let (links, open) = match &state {
            Aggregate::Workspace(state) => (&state.external_links, true),
            Aggregate::Project(state) => (&state.external_links, state.archived.is_none()),
            Aggregate::Run(state) => (&state.external_links, is_open(view, state)?),
            Aggregate::Installation(_) => (&Vec::new(), false),
        };
        Ok(BesideView {
            comments: said.iter().map(|comment| comment_view(said, comment, &people, me)).collect(),
            links: links.clone(),
            open,
        })
    })
    .await
}

/// A signed run stays as it was.
fn is_open(view: View<'_>, run: &Run) -> Result<bool, Error> {
    let archived = view.project(run.project)?.is_some_and(|project| project.archived.is_some());
    Ok(run.signed.is_none() && !archived)
}

fn comment_view(all: &[Comment], comment: &Comment, people: &People<'_>, me: MemberId) -> CommentView {
    let by = |mark: &Option<domain::Mark>| mark.as_ref().map(|mark| people.by(mark));
    CommentView {
        id: comment.id,
        subject: comment.subject.clone(),
        reply_to: comment.reply_to,
        text: comment.text.clone(),
        mentions: comment.mentions.clone(),
        by: people.by(&comment.created),
        edited: by(&comment.edited),
        deleted: by(&comment.deleted),
        redacted: comment.redacted.as_ref().map(|redaction| people.redacted(redaction)),
        resolved: by(&comment.resolved),
        unseen: comment::waits_for(all, comment, me),
    }
}
