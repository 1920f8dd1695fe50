//! Comments: what people say to each other beside a field, an item, a finding; and where such things hang.

use serde::{Deserialize, Serialize};

use crate::common::{Extra, Mark};
use crate::fields::FieldKey;
use crate::ids::{CommentId, CustomerId, FindingId, MemberId, TicketId, VersionId};
use crate::redact::Redaction;

/// What a comment or an external link stands beside, within its aggregate.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "on", rename_all = "snake_case")]
#[expect(missing_docs, reason = "ids named after what they identify")]
pub enum Subject {
    /// The project itself.
    Project,
    /// A version.
    Version { version: VersionId },
    /// A field of a version.
    Field { version: VersionId, field: FieldKey },
    /// A finding.
    Finding { finding: FindingId },
    /// An item of a checklist run.
    Item { item: String },
    /// A customer.
    Customer { customer: CustomerId },
    /// A ticket.
    Ticket { ticket: TicketId },
}

/// A comment. Those with `reply_to` belong to the thread of that one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// What it stands beside.
    pub subject: Subject,
    /// The first comment of its thread; none: it is the first.
    pub reply_to: Option<CommentId>,
    /// Its words; empty once it was deleted or redacted.
    pub text: String,
    /// Whom it mentions.
    pub mentions: Vec<MemberId>,
    /// Those of them who have seen it.
    pub seen: Vec<MemberId>,
    /// By whom, when.
    pub created: Mark,
    /// Changed by its author.
    pub edited: Option<Mark>,
    /// Deleted by its author: the tombstone.
    pub deleted: Option<Mark>,
    /// Blanked by a partner manager.
    pub redacted: Option<Redaction>,
    /// Its thread is settled; stands with the first comment.
    pub resolved: Option<Mark>,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

impl Comment {
    /// The first comment of its thread.
    pub fn thread(&self) -> CommentId {
        self.reply_to.unwrap_or(self.id)
    }

    /// Whether its words are gone.
    pub fn is_blank(&self) -> bool {
        self.deleted.is_some() || self.redacted.is_some()
    }
}

/// Whether the thread of a comment is settled.
pub fn is_resolved(comments: &[Comment], comment: &Comment) -> bool {
    let first = comments.iter().find(|first| first.id == comment.thread());
    first.is_some_and(|first| first.resolved.is_some())
}

/// Whether a person was mentioned in a comment, has not seen it, and its thread is open.
pub fn waits_for(comments: &[Comment], comment: &Comment, member: MemberId) -> bool {
    !comment.is_blank()
        && comment.mentions.contains(&member)
        && !comment.seen.contains(&member)
        && !is_resolved(comments, comment)
}
