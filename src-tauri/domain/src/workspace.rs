//! The workspace: one partner organisation, its people, accounts, customers, documents, tickets and templates.

mod case;
mod customer;
mod document;
mod message;
mod ticket;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::alert::Snoozed;
use crate::comment::Comment;
use crate::common::{Extra, Mark, Role};
use crate::external::ExternalLink;
use crate::fields::FieldKey;
use crate::files::Pixels;
use crate::ids::{AccountId, CaseId, CustomerId, DocumentId, MemberId, TemplateId, TicketId, WorkspaceId};
use crate::redact::Redacted;
use crate::templates::{self, Template};

pub use case::{CaseCause, CaseDetails, CaseEnd, CaseOutcome, InstallCase, Joined};
pub use customer::{Contact, Customer, CustomerDetails, FIRST_CONTACT};
pub use document::{
    DocumentDetails, DocumentationPage, PageDetails, PartnerDocument, built_in as built_in_pages,
};
pub use message::{MessageDetails, MessageTemplate, PLACEHOLDERS, unknown_placeholder};
pub use ticket::{Letter, Side, Ticket, TicketAbout, TicketDetails};

/// One partner organisation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Whether it holds sample data only, and says so.
    pub sample: bool,
    /// Its people.
    pub members: Vec<Member>,
    /// Accounts on which a version can be installed before its technical approval.
    pub accounts: Vec<Account>,
    /// Where Talkdesk's pages are found.
    pub addresses: Addresses,
    /// What the workspace decided for itself.
    pub policies: Policies,
    /// Steps of the partner process ticked once for the workspace.
    pub steps: BTreeMap<String, Mark>,
    /// Customers, before any installation too.
    pub customers: Vec<Customer>,
    /// Imported templates, every version; the built-in ones stand in `templates`.
    #[cfg_attr(feature = "ts", ts(skip))]
    pub templates: Vec<Template>,
    /// Documents between the partner and Talkdesk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub documents: Vec<PartnerDocument>,
    /// Documentation pages of our own, and built-in ones that were read, changed or removed: see [`Self::pages`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub own_pages: Vec<DocumentationPage>,
    /// Tickets opened with Talkdesk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub tickets: Vec<Ticket>,
    /// Installs that were announced, or that fail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub cases: Vec<InstallCase>,
    /// The workspace's own messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub messages: Vec<MessageTemplate>,
    /// Comments on customers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub comments: Vec<Comment>,
    /// Links from tickets to somewhere else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub external_links: Vec<ExternalLink>,
    /// Alerts that were put off, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub snoozed: BTreeMap<String, Snoozed>,
    /// What was redacted, the last one last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub redactions: Vec<Redacted>,
    /// When and by whom it was made.
    pub created: Mark,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

impl Workspace {
    /// The newest version of every template, built-in ones first.
    pub fn newest_templates(&self) -> Vec<&Template> {
        let mut newest: Vec<&Template> = templates::built_in().iter().collect();
        for template in &self.templates {
            match newest.iter_mut().find(|known| known.id == template.id) {
                Some(known) if known.version < template.version => *known = template,
                Some(_) => {}
                None => newest.push(template),
            }
        }
        newest
    }

    /// A template by id, and by version where one is asked for.
    pub fn template(&self, id: TemplateId, version: Option<u32>) -> Option<&Template> {
        templates::built_in()
            .iter()
            .chain(&self.templates)
            .filter(|template| template.id == id && version.is_none_or(|v| v == template.version))
            .max_by_key(|template| template.version)
    }

    /// The documentation pages in their order, those that were removed left out.
    pub fn pages(&self) -> Vec<&DocumentationPage> {
        let own = |page: &DocumentationPage| self.own_pages.iter().find(|own| own.id == page.id);
        let built_in = built_in_pages().iter().map(|page| own(page).unwrap_or(page));
        let added =
            self.own_pages.iter().filter(|own| !built_in_pages().iter().any(|page| page.id == own.id));
        built_in.chain(added).filter(|page| page.removed.is_none()).collect()
    }

    /// A partner document that was not removed.
    pub fn document(&self, id: DocumentId) -> Option<&PartnerDocument> {
        self.documents.iter().find(|document| document.id == id && document.removed.is_none())
    }

    /// A ticket that was not removed.
    pub fn ticket(&self, id: TicketId) -> Option<&Ticket> {
        self.tickets.iter().find(|ticket| ticket.id == id && ticket.removed.is_none())
    }

    /// An install case that was not removed.
    pub fn case(&self, id: CaseId) -> Option<&InstallCase> {
        self.cases.iter().find(|case| case.id == id && case.removed.is_none())
    }

    /// A customer who was not removed.
    pub fn customer(&self, id: CustomerId) -> Option<&Customer> {
        self.customers.iter().find(|customer| customer.id == id && customer.removed.is_none())
    }
}

/// A person in a workspace.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Member {
    /// The person.
    pub id: MemberId,
    /// The name shown.
    pub name: String,
    /// What the person may do. The service has the last word: this is what it said when the person last came in.
    pub roles: Vec<Role>,
    /// Until when the person is away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub absence: Option<Absence>,
    /// Which mail of the team's service the person wants, where they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub mail: Option<MailWish>,
    /// That the person left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub left: Option<Mark>,
}

/// Somebody is away.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Absence {
    /// The last day, `YYYY-MM-DD`.
    pub until: String,
    /// Who acts meanwhile.
    #[serde(default)]
    pub cover: Option<MemberId>,
}

/// Which mail of the team's service somebody wants.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MailWish {
    /// Alerts, as they come.
    pub alerts: bool,
    /// What is open, once a day.
    pub digest: bool,
    /// The language: `en`, `pt` or `es`.
    pub language: String,
}

/// The languages of the service's mail: those of the window.
pub const LANGUAGES: [&str; 3] = ["en", "pt", "es"];

impl Default for MailWish {
    fn default() -> Self {
        Self { alerts: true, digest: true, language: LANGUAGES[0].to_owned() }
    }
}

impl Member {
    /// Somebody who is here.
    pub fn new(id: MemberId, name: String, roles: Vec<Role>) -> Self {
        Self { id, name, roles, absence: None, mail: None, left: None }
    }
}

/// An account that may install before approval (Talkdesk, seed page: the user's and Talkdesk accounts).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The account's name at Talkdesk.
    pub name: String,
    /// The region, as the workspace words it.
    pub region: String,
    /// Whose it is.
    pub owner: AccountOwner,
    /// What it is used for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<String>", optional))]
    pub used_for: String,
    /// Whether it is the partner developer account (seed page, *Partners* 3).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(as = "Option<bool>", optional))]
    pub developer: bool,
}

/// Whose account it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AccountOwner {
    /// The partner's own.
    Own,
    /// Talkdesk's.
    Talkdesk,
}

/// Where Talkdesk's pages are found: data, since no address of Partner Project is documented.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Addresses {
    /// Partner Project; empty until the workspace enters it.
    pub partner_project: String,
    /// The complete Partner Project guide.
    pub guide: String,
    /// The form for a ticket.
    pub ticket_form: String,
}

/// What a workspace decided for itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Policies {
    /// Working days in review after which an answer counts as overdue (ours; no turnaround is documented).
    pub overdue_days: u32,
    /// Whether own checklists and findings bar a submission.
    pub gate: bool,
    /// Working days without a word from Talkdesk after which a ticket counts as silent (ours).
    #[serde(default = "silent_days", skip_serializing_if = "is_silent_days")]
    pub silent_days: u32,
    /// Days before its end from which a partner document is told of (ours).
    #[serde(default = "expiry_days", skip_serializing_if = "is_expiry_days")]
    pub expiry_days: u32,
    /// Days before its end from which a trial is told of (ours).
    #[serde(default = "trial_days", skip_serializing_if = "is_trial_days")]
    pub trial_days: u32,
    /// Who is told beside whoever looks after it, three days and one day before a deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub escalate_to: Option<MemberId>,
    /// Days for which the team's service keeps what Talkdesk delivered as it came, where no credentials can be in it;
    /// none: for as long as there is a workspace. What was read out of it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub originals_days: Option<u32>,
    /// What images are held to.
    #[serde(default, skip_serializing_if = "ImageLimits::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<ImageLimits>", optional))]
    pub images: ImageLimits,
    /// The most characters that a text of the app information may have: Talkdesk documents no limits, so none is set
    /// until the workspace sets one, as its portal or a review tells it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, type = "{ [key in FieldKey]?: number }"))]
    pub lengths: BTreeMap<FieldKey, u32>,
}

impl Policies {
    /// The fewest days for which an original is kept: longer than Talkdesk's deadlines of seven days and what leads to
    /// them, so that an event can be sent once more while it is dealt with (ours).
    pub const ORIGINALS_LEAST: u32 = 30;
    /// The most days that can be set: ten years.
    pub const ORIGINALS_MOST: u32 = 3_650;
}

const fn silent_days() -> u32 {
    5
}
const fn expiry_days() -> u32 {
    45
}
const fn trial_days() -> u32 {
    7
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
const fn is_trial_days(days: &u32) -> bool {
    *days == trial_days()
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
const fn is_silent_days(days: &u32) -> bool {
    *days == silent_days()
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
const fn is_expiry_days(days: &u32) -> bool {
    *days == expiry_days()
}

/// What images of the app information are held to. Talkdesk documents no limits: none is set until the workspace
/// sets one, as its portal or a review tells it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImageLimits {
    /// Of the icon.
    #[serde(default)]
    pub icon: ImageLimit,
    /// Of each screenshot.
    #[serde(default)]
    pub screenshots: ImageLimit,
}

/// What an image is held to; what is not set is free.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImageLimit {
    /// The types that are taken, such as `image/png`; empty: any that can be read.
    #[serde(default)]
    pub types: Vec<String>,
    /// Smallest size in pixels, each side.
    #[serde(default)]
    pub min: Option<Pixels>,
    /// Largest size in pixels, each side.
    #[serde(default)]
    pub max: Option<Pixels>,
    /// Largest size in bytes.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub bytes: Option<u64>,
}

impl ImageLimits {
    /// Whether nothing is held to anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            overdue_days: 10,
            gate: false,
            images: ImageLimits::default(),
            lengths: BTreeMap::new(),
            silent_days: silent_days(),
            trial_days: trial_days(),
            escalate_to: None,
            originals_days: None,
            expiry_days: expiry_days(),
        }
    }
}
