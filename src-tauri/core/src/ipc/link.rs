//! Deep links: following one that came from outside, and copying one to where a person is.

use domain::ids::CommentId;
use domain::workspace::Workspace;
use domain::{Aggregate, AggregateRef};
use serde::{Deserialize, Serialize};

use super::common::{Done, Nothing};
use super::{View, beside};
use crate::engine::Engine;
use crate::error::Error;
use crate::link::{DeepLink, LinkProblem};
use crate::store::Spot;

/// A link that came from outside and was not followed yet.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LinkReply {
    /// Where it leads.
    pub link: Option<DeepLink>,
    /// Where the comment stands, where it leads to one.
    pub spot: Option<Spot>,
    /// Why it leads nowhere.
    pub problem: Option<LinkProblem>,
}

/// Names a place to copy a link to.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeepLinkArgs {
    /// The place.
    pub link: DeepLink,
}

pub(super) async fn take_link(engine: &Engine, _: Nothing) -> Result<LinkReply, Error> {
    Ok(match engine.take_link() {
        None => LinkReply { link: None, spot: None, problem: None },
        Some(Err(problem)) => LinkReply { link: None, spot: None, problem: Some(problem) },
        Some(Ok(DeepLink::Comment { of, comment })) => match spot(engine, of, comment).await? {
            Some(spot) => {
                LinkReply { link: Some(DeepLink::Comment { of, comment }), spot: Some(spot), problem: None }
            }
            None => LinkReply { link: None, spot: None, problem: Some(LinkProblem::NotHere) },
        },
        Some(Ok(link)) if is_here(engine, link.clone()).await? => {
            LinkReply { link: Some(link), spot: None, problem: None }
        }
        Some(Ok(_)) => LinkReply { link: None, spot: None, problem: Some(LinkProblem::NotHere) },
    })
}

/// Where a comment stands, if it is here.
async fn spot(engine: &Engine, of: AggregateRef, comment: CommentId) -> Result<Option<Spot>, Error> {
    super::with_view(engine, move |view, _| {
        let Some(state) = view.aggregate(of)? else { return Ok(None) };
        let project = if let Aggregate::Project(project) = &state { Some(&**project) } else { None };
        let said = beside::comments(&state).iter().find(|said| said.id == comment);
        Ok(said.map(|said| Spot::of(of, project, said)))
    })
    .await
}

/// Whether the open workspace has what a link names.
async fn is_here(engine: &Engine, link: DeepLink) -> Result<bool, Error> {
    super::with_view(engine, move |view, _| {
        Ok(match link {
            DeepLink::Project { project } => view.project(project)?.is_some(),
            DeepLink::Version { project, version }
            | DeepLink::Review { project, version }
            | DeepLink::Dossier { project, version } => {
                view.project(project)?.is_some_and(|project| project.version(version).is_some())
            }
            DeepLink::Finding { project, version, finding } => {
                view.project(project)?.is_some_and(|project| {
                    project.version(version).is_some() && project.findings.iter().any(|one| one.id == finding)
                })
            }
            DeepLink::Run { run, .. } => view.run(run)?.is_some(),
            DeepLink::Installation { installation } => view.installation(installation)?.is_some(),
            DeepLink::Template { template } => {
                in_workspace(view, |all| all.template(template, None).is_some())?
            }
            DeepLink::Customer { customer } => in_workspace(view, |all| all.customer(customer).is_some())?,
            DeepLink::Ticket { ticket } => in_workspace(view, |all| all.ticket(ticket).is_some())?,
            DeepLink::Document { document } => in_workspace(view, |all| all.document(document).is_some())?,
            DeepLink::Comment { of, .. } => view.aggregate(of)?.is_some(),
        })
    })
    .await
}

fn in_workspace(view: View<'_>, has: impl FnOnce(&Workspace) -> bool) -> Result<bool, Error> {
    Ok(view.workspace()?.is_some_and(|workspace| has(&workspace)))
}

pub(super) async fn copy_deep_link(engine: &Engine, args: DeepLinkArgs) -> Result<Done, Error> {
    engine.copy(&args.link.to_string()).await.map(|()| Done {})
}
