//! Deep links: `partner-console://…` names a place in the console, for a mail, a ticket or a chat.
//!
//! A link comes from outside: it is parsed into a type or refused, it only ever shows something, and it holds ids
//! alone, so that nothing of the work can be read from it.

use std::fmt;
use std::str::FromStr;

use domain::AggregateRef;
use domain::ids::{
    CommentId, CustomerId, DocumentId, FindingId, InstallationId, ProjectId, RunId, TemplateId, TicketId,
    VersionId,
};
use serde::{Deserialize, Serialize};

/// The scheme, as the bundle registers it (`tauri.conf.json`).
pub const SCHEME: &str = "partner-console";
/// Longest link that is read: an item's id is the longest part.
const MOST: usize = 500;

/// A place in the console.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeepLink {
    /// A project's page.
    Project {
        /// Which.
        project: ProjectId,
    },
    /// A version's page.
    Version {
        /// Of which project.
        project: ProjectId,
        /// Which.
        version: VersionId,
    },
    /// A version's review.
    Review {
        /// Of which project.
        project: ProjectId,
        /// Which.
        version: VersionId,
    },
    /// A finding in a version's review.
    Finding {
        /// Of which project.
        project: ProjectId,
        /// In the review of which version.
        version: VersionId,
        /// Which.
        finding: FindingId,
    },
    /// A version's dossier.
    Dossier {
        /// Of which project.
        project: ProjectId,
        /// Which version's.
        version: VersionId,
    },
    /// A checklist run, and an item in it.
    Run {
        /// Which.
        run: RunId,
        /// The item's id, where one is meant.
        item: Option<String>,
    },
    /// A checklist template, in its newest version.
    Template {
        /// Which.
        template: TemplateId,
    },
    /// An installation's page.
    Installation {
        /// Which.
        installation: InstallationId,
    },
    /// A customer.
    Customer {
        /// Which.
        customer: CustomerId,
    },
    /// A ticket with Talkdesk.
    Ticket {
        /// Which.
        ticket: TicketId,
    },
    /// A partner document.
    Document {
        /// Which.
        document: DocumentId,
    },
    /// A comment.
    Comment {
        /// In which project, run or workspace.
        of: AggregateRef,
        /// Which.
        comment: CommentId,
    },
}

/// Why a link leads nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LinkProblem {
    /// It is none that this version of the console knows.
    Unknown,
    /// What it names is not in the open workspace.
    NotHere,
}

impl fmt::Display for DeepLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}://")?;
        match self {
            Self::Project { project } => write!(f, "project/{project}"),
            Self::Version { project, version } => write!(f, "version/{project}/{version}"),
            Self::Review { project, version } => write!(f, "review/{project}/{version}"),
            Self::Finding { project, version, finding } => {
                write!(f, "finding/{project}/{version}/{finding}")
            }
            Self::Dossier { project, version } => write!(f, "dossier/{project}/{version}"),
            Self::Template { template } => write!(f, "template/{template}"),
            Self::Installation { installation } => write!(f, "installation/{installation}"),
            Self::Customer { customer } => write!(f, "customer/{customer}"),
            Self::Ticket { ticket } => write!(f, "ticket/{ticket}"),
            Self::Document { document } => write!(f, "document/{document}"),
            Self::Comment { of, comment } => match of {
                AggregateRef::Workspace(id) => write!(f, "comment/workspace/{id}/{comment}"),
                AggregateRef::Project(id) => write!(f, "comment/project/{id}/{comment}"),
                AggregateRef::Run(id) => write!(f, "comment/run/{id}/{comment}"),
                AggregateRef::Installation(id) => write!(f, "comment/installation/{id}/{comment}"),
            },
            Self::Run { run, item: None } => write!(f, "run/{run}"),
            Self::Run { run, item: Some(item) } => {
                let item: String = url::form_urlencoded::byte_serialize(item.as_bytes()).collect();
                write!(f, "run/{run}/{item}")
            }
        }
    }
}

impl FromStr for DeepLink {
    type Err = LinkProblem;

    fn from_str(link: &str) -> Result<Self, LinkProblem> {
        parse(link).ok_or(LinkProblem::Unknown)
    }
}

/// Whether a word of the command line is meant as a link at all.
pub fn is_link(word: &str) -> bool {
    word.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
}

fn parse(link: &str) -> Option<DeepLink> {
    let link = link.trim();
    let (scheme, rest) = link.split_once("://").filter(|_| link.len() <= MOST)?;
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return None;
    }
    // Some systems put a slash behind what they pass on.
    let mut parts = rest.strip_suffix('/').unwrap_or(rest).split('/');
    let (kind, first) = (parts.next()?, parts.next()?);
    let (second, third) = (parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    if let (Some(second), Some(third)) = (second, third) {
        return if kind == "finding" {
            let (project, version, finding) =
                (first.parse().ok()?, second.parse().ok()?, third.parse().ok()?);
            Some(DeepLink::Finding { project, version, finding })
        } else {
            comment(kind, first, second, third)
        };
    }
    Some(match (kind, second) {
        ("project", None) => DeepLink::Project { project: first.parse().ok()? },
        ("version", Some(second)) => {
            DeepLink::Version { project: first.parse().ok()?, version: second.parse().ok()? }
        }
        ("review", Some(second)) => {
            DeepLink::Review { project: first.parse().ok()?, version: second.parse().ok()? }
        }
        ("dossier", Some(second)) => {
            DeepLink::Dossier { project: first.parse().ok()?, version: second.parse().ok()? }
        }
        ("template", None) => DeepLink::Template { template: first.parse().ok()? },
        ("installation", None) => DeepLink::Installation { installation: first.parse().ok()? },
        ("customer", None) => DeepLink::Customer { customer: first.parse().ok()? },
        ("ticket", None) => DeepLink::Ticket { ticket: first.parse().ok()? },
        ("document", None) => DeepLink::Document { document: first.parse().ok()? },
        ("run", item) => DeepLink::Run { run: first.parse().ok()?, item: optional(item)? },
        _ => return None,
    })
}

fn comment(kind: &str, of: &str, id: &str, comment: &str) -> Option<DeepLink> {
    let of = match (kind, of) {
        ("comment", "workspace") => AggregateRef::Workspace(id.parse().ok()?),
        ("comment", "project") => AggregateRef::Project(id.parse().ok()?),
        ("comment", "run") => AggregateRef::Run(id.parse().ok()?),
        ("comment", "installation") => AggregateRef::Installation(id.parse().ok()?),
        _ => return None,
    };
    Some(DeepLink::Comment { of, comment: comment.parse().ok()? })
}

/// An item's id, as it is written in a link: nothing, where none is named; none, where it cannot be one.
#[expect(clippy::option_option, reason = "no item is as good as one; a wrong one is neither")]
fn optional(item: Option<&str>) -> Option<Option<String>> {
    let Some(item) = item else { return Some(None) };
    let mut pairs = url::form_urlencoded::parse(item.as_bytes());
    match (pairs.next(), pairs.next()) {
        (Some((item, value)), None) if value.is_empty() && !item.chars().any(char::is_control) => {
            Some(Some(item.into_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::WorkspaceId;
    use uuid::Uuid;

    use super::*;

    const P: &str = "01890000-0000-7000-8000-000000000002";
    const V: &str = "01890000-0000-7000-8000-000000000003";

    #[test]
    fn what_is_copied_is_read_again() {
        let (project, version) = (ProjectId(P.parse().unwrap()), VersionId(V.parse().unwrap()));
        let run = RunId(Uuid::from_u128(4));
        let item = |item: &str| DeepLink::Run { run, item: Some(item.to_owned()) };
        let links = [
            DeepLink::Project { project },
            DeepLink::Version { project, version },
            DeepLink::Review { project, version },
            DeepLink::Finding { project, version, finding: FindingId(Uuid::from_u128(12)) },
            DeepLink::Dossier { project, version },
            DeepLink::Run { run, item: None },
            item("TE-08"),
            item("a/b c=d&e%f+g?#é"),
            DeepLink::Template { template: TemplateId(Uuid::from_u128(7)) },
            DeepLink::Installation { installation: InstallationId(Uuid::from_u128(8)) },
            DeepLink::Customer { customer: CustomerId(Uuid::from_u128(9)) },
            DeepLink::Ticket { ticket: TicketId(Uuid::from_u128(10)) },
            DeepLink::Document { document: DocumentId(Uuid::from_u128(11)) },
            DeepLink::Comment { of: AggregateRef::Project(project), comment: CommentId(Uuid::from_u128(5)) },
            DeepLink::Comment { of: AggregateRef::Run(run), comment: CommentId(Uuid::from_u128(5)) },
            DeepLink::Comment {
                of: AggregateRef::Workspace(WorkspaceId(Uuid::from_u128(6))),
                comment: CommentId(Uuid::from_u128(5)),
            },
        ];
        for link in links {
            assert_eq!(link.to_string().parse(), Ok(link.clone()), "{link}");
            assert!(is_link(&link.to_string()));
        }
        assert_eq!(
            format!("PARTNER-CONSOLE://project/{P}/").parse(),
            Ok(DeepLink::Project { project }),
            "as systems pass it on"
        );
    }

    #[test]
    fn what_is_no_link_leads_nowhere() {
        let cases = [
            String::new(),
            "partner-console://".to_owned(),
            "partner-console:project".to_owned(),
            format!("https://project/{P}"),
            format!("partner-console://settings/{P}"),
            format!("partner-console://project/{P}/{V}"),
            format!("partner-console://version/{P}"),
            format!("partner-console://version/{P}/{V}/more"),
            format!("partner-console://dossier/{P}"),
            format!("partner-console://finding/{P}/{V}"),
            format!("partner-console://finding/{P}/{V}/more"),
            format!("partner-console://installation/{P}/{V}"),
            "partner-console://ticket/40213".to_owned(),
            format!("partner-console://comment/{P}/{V}"),
            format!("partner-console://comment/finding/{P}/{V}"),
            format!("partner-console://comment/project/{P}/more"),
            format!("partner-console://comment/project/{P}/{V}/more"),
            "partner-console://project/1".to_owned(),
            "partner-console://project/../../etc".to_owned(),
            format!("partner-console://run/{P}/%00"),
            format!("partner-console://run/{P}/{}", "x".repeat(600)),
        ];
        for link in cases {
            assert_eq!(link.parse::<DeepLink>(), Err(LinkProblem::Unknown), "{link}");
        }
    }
}
