//! The workspace: one partner organisation, its people, accounts, customers and checklist templates.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::common::{Extra, Mark, Role};
use crate::ids::{AccountId, CustomerId, MemberId, TemplateId, WorkspaceId};
use crate::templates::{self, Template};

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
    /// What the person may do.
    pub roles: Vec<Role>,
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
}

impl Default for Policies {
    fn default() -> Self {
        Self { overdue_days: 10, gate: false }
    }
}

/// A customer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// What a form holds.
    #[serde(flatten)]
    pub details: CustomerDetails,
    /// The tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub removed: Option<Mark>,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// What is known of a customer.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CustomerDetails {
    /// The name.
    pub name: String,
    /// The account at Talkdesk.
    pub account: String,
    /// The region, as the workspace words it.
    pub region: String,
    /// A contact's address, for the mail draft.
    pub email: String,
    /// Notes.
    pub notes: String,
}
