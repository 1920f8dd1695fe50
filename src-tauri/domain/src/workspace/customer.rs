//! Customers and the people whom a link is sent to.

use serde::{Deserialize, Serialize};

use crate::common::{Extra, Mark};
use crate::ids::{ContactId, CustomerId};

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
#[serde(from = "Stored")]
pub struct CustomerDetails {
    /// The name.
    pub name: String,
    /// The account at Talkdesk.
    pub account: String,
    /// The region, as the workspace words it.
    pub region: String,
    /// Its people.
    pub contacts: Vec<Contact>,
    /// Notes.
    pub notes: String,
}

impl CustomerDetails {
    /// A person of the customer's.
    pub fn contact(&self, id: ContactId) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.id == id)
    }
}

/// A person at a customer's. The id is unique among the customer's contacts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Contact {
    /// Which.
    pub id: ContactId,
    /// The name.
    pub name: String,
    /// What the person does there, free text.
    pub role: String,
    /// The address for mail.
    pub email: String,
    /// The telephone number.
    pub phone: String,
    /// Whether an install link goes to this person unless someone else is chosen.
    pub gets_links: bool,
}

impl Contact {
    /// The name, or the address where there is none.
    pub fn shown(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }
}

/// The contact that a customer's one address of version 1 became.
pub const FIRST_CONTACT: ContactId = ContactId::from_u128(1);

/// As it was ever stored: version 1 of `customer.set`, and states of its time, hold one address.
#[derive(Deserialize)]
struct Stored {
    name: String,
    account: String,
    region: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    contacts: Vec<Contact>,
    notes: String,
}

impl From<Stored> for CustomerDetails {
    fn from(stored: Stored) -> Self {
        let Stored { name, account, region, email, mut contacts, notes } = stored;
        if contacts.is_empty() && !email.is_empty() {
            let (name, role, phone) = (String::new(), String::new(), String::new());
            contacts.push(Contact { id: FIRST_CONTACT, name, role, email, phone, gets_links: true });
        }
        Self { name, account, region, contacts, notes }
    }
}
