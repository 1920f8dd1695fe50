//! Tickets opened with Talkdesk by its form. The console opens none: a person does, and records it here.

use serde::{Deserialize, Serialize};

use crate::common::{Extra, Mark};
use crate::ids::{CustomerId, FindingId, MemberId, ProjectId, TicketId, VersionId};

/// A ticket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Ticket {
    /// Its id here.
    pub id: TicketId,
    /// What a form holds.
    #[serde(flatten)]
    pub details: TicketDetails,
    /// Who wrote when, in the order in which it was recorded.
    pub letters: Vec<Letter>,
    /// Closed.
    pub closed: Option<Mark>,
    /// Who looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub owner: Option<MemberId>,
    /// The tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub removed: Option<Mark>,
    /// Recorded by whom.
    pub created: Mark,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// What a ticket is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TicketDetails {
    /// Its number at Talkdesk; empty until it is known.
    pub number: String,
    /// Its subject.
    pub subject: String,
    /// What it is about.
    pub about: TicketAbout,
    /// The day on which it was opened, `YYYY-MM-DD`.
    pub opened: String,
    /// Notes.
    pub notes: String,
}

/// What a ticket is about: any of these, or the workspace as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct TicketAbout {
    /// A project.
    pub project: Option<ProjectId>,
    /// A version of it.
    pub version: Option<VersionId>,
    /// A finding of it.
    pub finding: Option<FindingId>,
    /// A customer.
    pub customer: Option<CustomerId>,
}

/// One of the two who write to each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The partner.
    Us,
    /// Talkdesk.
    Talkdesk,
}

/// That someone wrote.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Letter {
    /// Who wrote.
    pub from: Side,
    /// On which day, `YYYY-MM-DD`.
    pub on: String,
    /// For whom the ticket waits since.
    pub waits_for: Side,
    /// Recorded by whom.
    #[serde(flatten)]
    pub mark: Mark,
}

impl Ticket {
    /// What was written last: by its day; of one day, what was recorded later.
    pub fn last(&self) -> Option<&Letter> {
        self.letters.iter().max_by(|a, b| a.on.cmp(&b.on))
    }

    /// For whom it waits: after it was opened for Talkdesk.
    pub fn waits_for(&self) -> Side {
        self.last().map_or(Side::Talkdesk, |last| last.waits_for)
    }

    /// The last day on which Talkdesk wrote.
    pub fn last_answer(&self) -> Option<&str> {
        let theirs = self.letters.iter().filter(|letter| letter.from == Side::Talkdesk);
        theirs.map(|letter| letter.on.as_str()).max()
    }

    /// The day since which nobody has written.
    pub fn silent_since(&self) -> &str {
        self.last().map_or(self.details.opened.as_str(), |last| last.on.as_str())
    }

    /// Whether it is neither closed nor removed.
    pub fn is_open(&self) -> bool {
        self.closed.is_none() && self.removed.is_none()
    }
}
