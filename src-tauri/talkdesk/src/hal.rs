//! Lists as the gateway gives them: HAL pages of 50 with `_links.next` (OAS).

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;

use crate::wire::{Blocked, Failure};

/// The most pages that are followed, and the most items that are kept: 200 pages of 50.
pub const PAGES_LIMIT: usize = 200;

/// One page.
#[derive(Clone, PartialEq, Debug)]
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// How many items all pages have, where the server says so.
    pub total: Option<u64>,
    /// Where the next page is.
    pub next: Option<Url>,
}

/// The body is no page.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the page cannot be read at {0}")]
pub struct NotAPage(pub String);

impl<T: DeserializeOwned> Page<T> {
    /// Reads a page whose items stand in `_embedded` under `name`, or, if that has one member only, under whatever name
    /// that has. `at` is where the page came from: `next` may be relative to it.
    pub fn parse(body: &[u8], name: &str, at: &Url) -> Result<Self, NotAPage> {
        #[derive(Deserialize)]
        struct Wire {
            total: Option<u64>,
            #[serde(default, rename = "_embedded")]
            embedded: Map<String, Value>,
            #[serde(default, rename = "_links")]
            links: Map<String, Value>,
        }
        let wire: Wire = serde_json::from_slice(body)
            .map_err(|error| NotAPage(format!("line {}, column {}", error.line(), error.column())))?;
        let mut embedded = wire.embedded;
        let items = match embedded.remove(name) {
            Some(items) => items,
            None if embedded.len() == 1 => {
                embedded.into_iter().next().map(|(_, items)| items).unwrap_or_default()
            }
            None if embedded.is_empty() => Value::Array(Vec::new()),
            None => return Err(NotAPage(format!("_embedded.{name}"))),
        };
        let Value::Array(items) = items else { return Err(NotAPage(format!("_embedded.{name}"))) };
        let read = |(at, item)| T::deserialize(item).map_err(|_| NotAPage(format!("_embedded.{name}.{at}")));
        let next = match wire.links.get("next").and_then(|link| link.get("href")) {
            None | Some(Value::Null) => None,
            Some(href) => {
                let next = href.as_str().and_then(|href| at.join(href).ok());
                Some(next.ok_or_else(|| NotAPage("_links.next".to_owned()))?)
            }
        };
        Ok(Self {
            items: items.into_iter().enumerate().map(read).collect::<Result<_, _>>()?,
            total: wire.total,
            next,
        })
    }
}

/// The way through a list: which page comes next, and that it leads neither to another origin nor round in a circle.
#[derive(Debug)]
pub struct Pages<'a> {
    root: &'a Url,
    name: &'a str,
    at: Option<Url>,
    next: Option<Url>,
    seen: HashSet<Url>,
}

impl<'a> Pages<'a> {
    /// A list whose items stand under `name`, from its first page on. Only pages of the origin of `root` are gone to:
    /// they are asked for with a token.
    pub fn new(root: &'a Url, first: Url, name: &'a str) -> Self {
        Self { root, name, at: None, next: Some(first), seen: HashSet::new() }
    }

    /// The page to ask for next, if there is one.
    pub fn turn(&mut self) -> Result<Option<Url>, Failure> {
        self.at = self.next.take();
        let Some(at) = &self.at else { return Ok(None) };
        let host = at.host_str().unwrap_or_default().to_owned();
        if at.origin() != self.root.origin() {
            return Err(Failure::Blocked { host, why: Blocked::Origin });
        }
        if self.seen.len() == PAGES_LIMIT || !self.seen.insert(at.clone()) {
            return Err(Failure::TooLarge(host));
        }
        Ok(self.at.clone())
    }

    /// The items of the page that was asked for.
    pub fn read<T: DeserializeOwned>(&mut self, body: &[u8]) -> Result<Vec<T>, Failure> {
        let at = self.at.as_ref().unwrap_or(self.root);
        let page = Page::parse(body, self.name, at).map_err(|error| Failure::Unreadable {
            host: at.host_str().unwrap_or_default().to_owned(),
            place: error.0,
        })?;
        self.next = page.next;
        Ok(page.items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(body: &Value) -> Result<Page<Value>, NotAPage> {
        let at = Url::parse("https://api.talkdeskapp.eu/apps/a/installations/i/users?page=1").unwrap();
        Page::parse(&serde_json::to_vec(body).unwrap(), "users", &at)
    }

    #[test]
    fn a_page_has_its_items_and_the_way_on() {
        let next = |href: &str| json!({ "_embedded": { "users": [1, 2] }, "total": 3, "_links": { "next": { "href": href } } });
        for (href, url) in [
            ("https://api.talkdeskapp.eu/x?page=2", "https://api.talkdeskapp.eu/x?page=2"),
            ("/x?page=2", "https://api.talkdeskapp.eu/x?page=2"),
            ("?page=2", "https://api.talkdeskapp.eu/apps/a/installations/i/users?page=2"),
        ] {
            let page = parse(&next(href)).unwrap();
            assert_eq!((page.items.len(), page.total), (2, Some(3)));
            assert_eq!(page.next.unwrap().as_str(), url);
        }
        for (body, items) in [
            (json!({}), 0),
            (json!({ "_embedded": { "users": [] } }), 0),
            (json!({ "_embedded": { "other_name": [1] } }), 1),
            (json!({ "_embedded": { "users": [1], "accounts": [2, 3] }, "_links": { "next": null } }), 1),
        ] {
            let page = parse(&body).unwrap();
            assert_eq!((page.items.len(), page.next), (items, None), "{body}");
        }
    }

    #[test]
    fn what_is_no_page_says_where() {
        for (body, place) in [
            (json!({ "_embedded": { "users": {} } }), "_embedded.users"),
            (json!({ "_embedded": { "a": [], "b": [] } }), "_embedded.users"),
            (json!({ "_links": { "next": { "href": 7 } } }), "_links.next"),
            (json!({ "_links": { "next": { "href": "https://[" } } }), "_links.next"),
        ] {
            assert_eq!(parse(&body), Err(NotAPage(place.to_owned())), "{body}");
        }
        let at = Url::parse("https://api.talkdeskapp.eu/").unwrap();
        for body in [&b""[..], b"{", b"[]", b"null", "[".repeat(1_000_000).as_bytes()] {
            assert!(Page::<Value>::parse(body, "users", &at).is_err());
        }
        let body = br#"{"_embedded":{"users":["a",1]}}"#;
        assert_eq!(Page::<String>::parse(body, "users", &at), Err(NotAPage("_embedded.users.1".to_owned())));
    }
}
