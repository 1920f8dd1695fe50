//! Partner documents, and the documentation pages with who read them.
//!
//! Talkdesk's own list of partner documents was not found, so it begins empty. The pages that the workspace begins
//! with are those that the facts name; where an address is not among the facts, the workspace enters it.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::common::{Extra, Mark};
use crate::files::FileRef;
use crate::ids::{DocumentId, MemberId, PageId};

/// A document between the partner and Talkdesk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PartnerDocument {
    /// Its id.
    pub id: DocumentId,
    /// What a form holds.
    #[serde(flatten)]
    pub details: DocumentDetails,
    /// Who looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub owner: Option<MemberId>,
    /// The tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub removed: Option<Mark>,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// What is known of a document; dates as `YYYY-MM-DD`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DocumentDetails {
    /// Its name.
    pub name: String,
    /// Sent to Talkdesk.
    pub sent: Option<String>,
    /// Signed by both.
    pub signed: Option<String>,
    /// The last day on which it holds; none: without an end.
    pub valid_until: Option<String>,
    /// The papers themselves, as sent and as signed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<FileRef>>", optional))]
    pub files: Vec<FileRef>,
}

/// A page of the developer documentation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DocumentationPage {
    /// Its id.
    pub id: PageId,
    /// What a form holds.
    #[serde(flatten)]
    pub details: PageDetails,
    /// Who read it, and when: each person once.
    pub read: Vec<Mark>,
    /// The tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub removed: Option<Mark>,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// A page's title and where it is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PageDetails {
    /// Its title, as Talkdesk has it.
    pub title: String,
    /// Its https address; empty until the workspace enters it.
    pub url: String,
}

/// The pages that every workspace begins with. The titles of the process page are its own words; the others are
/// named after the page's address.
pub fn built_in() -> &'static [DocumentationPage] {
    static PAGES: LazyLock<Vec<DocumentationPage>> = LazyLock::new(|| {
        let page = |(n, (title, at)): (u128, &(&str, &str))| DocumentationPage {
            // The ids are what stored marks name: the order of the list below is never changed, only added to.
            id: PageId::from_u128(0x0189_0000_0000_7000_9000_0000_0000_0000 + n),
            details: PageDetails {
                title: (*title).to_owned(),
                url: if at.is_empty() { String::new() } else { format!("https://docs.talkdesk.com/{at}") },
            },
            read: Vec::new(),
            removed: None,
            extra: Extra::new(),
        };
        (1..).zip(BUILT_IN).map(page).collect()
    });
    &PAGES
}

/// Title, and place below docs.talkdesk.com where that is known.
const BUILT_IN: &[(&str, &str)] = &[
    ("Partner processes", ""),
    ("Complete Partner Project Guide", ""),
    ("Certification guidelines", "docs/app-requirements"),
    ("Technical and User Experience requirements", "docs/app-requirements"),
    ("QA checklist", ""),
    ("Creating and managing app versions", "docs/creating-managing-app-versions"),
    ("Managing trials and user roles", "docs/managing-trials-and-user-roles"),
    ("Events API", "docs/events-api"),
    ("app.installed event", "reference/app-installed"),
    ("Single sign-on", "docs/single-sign-on"),
    ("Authorization code", "docs/authorization-code"),
    ("Authorization code with Basic authentication", "reference/authorization-code-basic"),
    ("Client credentials with a signed JWT", "reference/cc-jwt"),
    ("Refresh token", "reference/refresh-token-basic"),
    ("List of apps", "reference/list-of-apps"),
];
