//! Install cases: an install that is announced, or one that fails, from the day on which it is opened to its outcome.
//!
//! A case is there before any event: it says who is about to install what, and waits for the `app.installed` of an
//! account. Whose an installation is, a person says (ours: the account's name only suggests it); with that an
//! installation is joined to the one case that waits for it, and by hand where several do.

use serde::{Deserialize, Serialize};

use crate::common::{Extra, Mark};
use crate::ids::{CaseId, CustomerId, InstallationId, MemberId, ProjectId, VersionId};

/// An install case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InstallCase {
    /// Its id.
    pub id: CaseId,
    /// What a form holds.
    #[serde(flatten)]
    pub details: CaseDetails,
    /// The installation that came of it, or that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined: Option<Joined>,
    /// How it ended; none: it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<CaseOutcome>,
    /// The tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub removed: Option<Mark>,
    /// Opened by whom.
    pub created: Mark,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// Who is about to install what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseDetails {
    /// Whose install it is.
    pub customer: CustomerId,
    /// Of which project.
    pub project: ProjectId,
    /// The version whose link is to be used, where it was said.
    pub version: Option<VersionId>,
    /// The region of the account, as the workspace words it; may be empty.
    pub region: String,
    /// Who looks after it.
    pub owner: Option<MemberId>,
}

/// The installation of a case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Joined {
    /// Which.
    pub installation: InstallationId,
    /// By whom and when.
    #[serde(flatten)]
    pub mark: Mark,
}

/// How a case ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseOutcome {
    /// The end.
    #[serde(flatten)]
    pub end: CaseEnd,
    /// By whom and when.
    pub mark: Mark,
}

/// What is said of a case that ends. No free words: what a person did or said stands in tickets and comments, where it
/// can be redacted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseEnd {
    /// Whether the app works for the customer now; else the install was given up.
    pub works: bool,
    /// What had been wrong, where anything was.
    pub cause: Option<CaseCause>,
}

/// What can be wrong with an install: the checks of a case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CaseCause {
    /// Another link than the one in force.
    Link,
    /// Another version than the one that was meant.
    Version,
    /// The technical track was not approved, and the account not exempt.
    Approved,
    /// Who installs it was no admin of the account.
    Rights,
    /// Another region or gateway.
    Region,
    /// The callback did not answer, or its event was not believed.
    Callback,
    /// Talkdesk's own state said so.
    State,
}

impl InstallCase {
    /// Whether it has neither ended nor been removed.
    pub fn is_open(&self) -> bool {
        self.outcome.is_none() && self.removed.is_none()
    }

    /// Whether it waits for an installation.
    pub fn waits(&self) -> bool {
        self.is_open() && self.joined.is_none()
    }

    /// The one of these cases that waits for an installation of a customer and project: the only one, or, of several,
    /// the only one in that region. None where no person could tell either (ours).
    pub fn fitting<'a>(
        cases: &'a [Self],
        customer: CustomerId,
        project: ProjectId,
        region: &str,
    ) -> Option<&'a Self> {
        let waiting: Vec<&Self> = cases
            .iter()
            .filter(|case| case.waits())
            .filter(|case| case.details.customer == customer && case.details.project == project)
            .collect();
        let only = |cases: &[&'a Self]| if let [case] = cases { Some(*case) } else { None };
        only(&waiting).or_else(|| {
            let here = |case: &&&Self| case.details.region.trim().eq_ignore_ascii_case(region.trim());
            only(&waiting.iter().filter(here).copied().collect::<Vec<_>>()).filter(|_| !region.is_empty())
        })
    }
}
