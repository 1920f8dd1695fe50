//! Messages that go out with an install link: the workspace's own wording, with placeholders.

use serde::{Deserialize, Serialize};

use crate::common::{Extra, Mark};
use crate::ids::MessageId;

/// A message template. Those that the console brings stand in the window's catalogue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MessageTemplate {
    /// Its id.
    pub id: MessageId,
    /// What a form holds.
    #[serde(flatten)]
    pub details: MessageDetails,
    /// The tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub removed: Option<Mark>,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// A message in one language.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MessageDetails {
    /// What the workspace calls it.
    pub name: String,
    /// The language that it is written in, as a BCP 47 tag.
    pub language: String,
    /// The mail's subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// What is put in for `{…}`: the app's name, the version's number, the link, the customer's name, the names of the
/// contacts that it goes to.
pub const PLACEHOLDERS: [&str; 5] = ["app", "version", "link", "customer", "contact"];

/// The first `{word}` that nothing is put in for: small letters and `_` between braces. Other braces are text.
pub fn unknown_placeholder(text: &str) -> Option<&str> {
    let words = text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(word, _)| word));
    let mut words = words.filter(|word| {
        !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
    });
    words.find(|word| !PLACEHOLDERS.contains(word))
}
