//! External links: an issue, a page, a ticket somewhere else. Opened by a person; the console calls none of them.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::comment::Subject;
use crate::common::Mark;
use crate::ids::ExternalLinkId;

/// A link to somewhere else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ExternalLink {
    /// Its id.
    pub id: ExternalLinkId,
    /// What it stands beside.
    pub subject: Subject,
    /// https only.
    pub url: String,
    /// What it is called, such as `ABC-123`.
    pub key: String,
    /// Added by whom.
    pub created: Mark,
}

/// Longest key, in characters.
pub const KEY: usize = 60;

/// What a link is called unless a person says otherwise: the last part of its path, else its host.
pub fn key_of(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return String::new() };
    let last = url.path_segments().and_then(|parts| parts.rev().find(|part| !part.is_empty()));
    let key = last.or(url.host_str()).unwrap_or_default();
    key.chars().filter(|letter| !letter.is_control()).take(KEY).collect()
}

#[cfg(test)]
mod tests {
    use super::key_of;

    #[test]
    fn a_link_is_called_after_the_end_of_its_path() {
        for (url, key) in [
            ("https://issues.example/browse/ABC-123", "ABC-123"),
            ("https://issues.example/browse/ABC-123/?focused=1#c2", "ABC-123"),
            ("https://git.example/apps/notes/issues/42", "42"),
            ("https://desk.example", "desk.example"),
            ("https://desk.example/", "desk.example"),
            ("not a link", ""),
        ] {
            assert_eq!(key_of(url), key, "{url}");
        }
    }
}
