//! Where a hit leads.

use domain::AggregateRef;
use domain::comment::{Comment, Subject};
use domain::ids::{
    AccountId, CommentId, CustomerId, DocumentId, FindingId, InstallationId, LinkId, ProjectId, RunId,
    TemplateId, TicketId, VersionId,
};
use domain::project::Project;
use serde::{Deserialize, Serialize};

/// Where a hit leads.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "ids named after what they identify")]
pub enum Target {
    /// A project.
    Project { project: ProjectId },
    /// A version.
    Version { project: ProjectId, version: VersionId },
    /// A finding.
    Finding { project: ProjectId, version: VersionId, finding: FindingId },
    /// An install link.
    Link { project: ProjectId, version: VersionId, link: LinkId },
    /// A checklist run.
    Run { project: ProjectId, version: VersionId, run: RunId },
    /// An item of a run.
    Item { project: ProjectId, version: VersionId, run: RunId, item: String },
    /// A customer.
    Customer { customer: CustomerId },
    /// An account that may install without approval.
    Account { account: AccountId },
    /// A checklist template, its newest version.
    Template { template: TemplateId },
    /// What Talkdesk answered to a round.
    Answer { project: ProjectId, version: VersionId },
    /// A comment.
    Comment { spot: Spot },
    /// A ticket opened with Talkdesk.
    Ticket { ticket: TicketId },
    /// A document between the partner and Talkdesk.
    Document { document: DocumentId },
    /// An installation.
    Installation { installation: InstallationId },
}

/// Where a comment stands: enough to go there.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Spot {
    /// In what.
    pub of: AggregateRef,
    /// Beside what.
    pub subject: Subject,
    /// The version, where it is about one: the finding's, the field's.
    pub version: Option<VersionId>,
    /// Which.
    pub comment: CommentId,
}

impl Spot {
    /// A comment's place.
    pub fn of(of: AggregateRef, project: Option<&Project>, comment: &Comment) -> Self {
        let version = match &comment.subject {
            Subject::Version { version } | Subject::Field { version, .. } => Some(*version),
            Subject::Finding { finding } => project.and_then(|project| {
                project.findings.iter().find(|known| known.id == *finding).map(|known| known.version)
            }),
            _ => None,
        };
        Self { of, subject: comment.subject.clone(), version, comment: comment.id }
    }
}
