//! What reads bytes from outside, one entry each: no panic, and what comes out is within its bounds, whatever goes in.
//!
//! The fuzzers in `targets` run these, and so does the product's own test of the corpus.

use domain::ids::TemplateId;
use domain::table::{self, ImportError};
use http::{HeaderMap, HeaderValue};
use intake::{Incoming, SHOWN_LIMIT};
use partner_core::archive::{self, ArchiveError, Entry};
use partner_core::manifest;
use serde_json::Value;
use talkdesk::event::{BODY_LIMIT, Event};
use talkdesk::hal::{Page, Pages};
use talkdesk::keys::read_key;
use talkdesk::problem::Problem;
use talkdesk::region::Regions;
use talkdesk::signature::{Claim, KEY_ID_HEADER, Key, SIGNATURE_HEADER};
use url::Url;

/// The body of a delivery.
pub fn event(bytes: &[u8]) {
    let incoming = Incoming::read(bytes);
    let shown = incoming.shown();
    assert!(shown.len() <= SHOWN_LIMIT.max(4 * bytes.len()), "{} of {}", shown.len(), bytes.len());
    assert!(bytes.len() <= BODY_LIMIT || incoming.event().is_none());
    if let Some(event) = incoming.event() {
        assert!((1..=200).contains(&event.id.len()) && (1..=200).contains(&event.kind.len()));
        if shown.len() > BODY_LIMIT {
            return;
        }
        // What is shown can be read again, and is about the same.
        let again = Event::parse(shown.as_bytes()).expect("what is shown of an event is one");
        assert_eq!((&again.id, &again.kind), (&event.id, &event.kind));
        assert_eq!(again.installation_id(), event.installation_id());
    }
    if let Ok(taken) = intake::fetched(&Regions::default(), &incoming) {
        assert!(taken.installation.is_some() || taken.facts.installation.is_empty());
        serde_json::to_string(&taken.facts).expect("facts are written");
    }
    let _ = intake::secrets(bytes);
}

/// The two headers of a delivery, a line each; the key in a line, as a gateway gives it; the body.
pub fn signature(bytes: &[u8]) {
    let mut parts = bytes.splitn(4, |byte| *byte == b'\n');
    let mut part = || parts.next().unwrap_or_default();
    let (hex, id, key, body) = (part(), part(), part(), part());
    let mut headers = HeaderMap::new();
    for (name, value) in [(SIGNATURE_HEADER, hex), (KEY_ID_HEADER, id)] {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(name, value);
        }
    }
    let key = std::str::from_utf8(key).ok().and_then(|text| Key::read(text).ok());
    if let Ok(claim) = Claim::of(&headers) {
        let _ = read_key(body, &claim.key_id);
        if let Some(key) = key {
            let _ = claim.verify(&key, body);
        }
    }
}

/// A page of a list, or an error, as a gateway answers.
pub fn hal(bytes: &[u8]) {
    let Ok(root) = Url::parse("https://api.talkdeskapp.eu/apps/a/installations") else { return };
    let _ = Problem::read(bytes);
    let _ = Problem::is_oauth(bytes);
    let page = Page::<Value>::parse(bytes, "users", &root);
    let mut pages = Pages::new(&root, root.clone(), "users");
    while let Ok(Some(_)) = pages.turn() {
        // The same page again and again, as a server may that does not mean well: it comes to an end.
        let items = pages.read::<Value>(bytes);
        assert_eq!(items.is_ok(), page.is_ok());
        if items.is_err() {
            break;
        }
    }
}

/// A `partner.toml`.
pub fn manifest(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = manifest::read(text);
    }
}

/// A file that a workspace is in.
pub fn import(bytes: &[u8]) {
    let mut held = 0;
    let read = archive::read_from(bytes, |entry| {
        held += match entry {
            Entry::Changes(text) | Entry::States(text) => text.len(),
            Entry::File(_, bytes) => bytes.len(),
        };
        // A few bytes can be made to hold much, one entry after another: enough of that.
        if held > 64 * 1024 * 1024 { Err(ArchiveError::Foreign) } else { Ok(()) }
    });
    if let Ok(header) = read {
        assert!(header.format <= 1);
    }
}

/// A list that somebody pasted: a table, Markdown, or a template's JSON.
pub fn list(bytes: &[u8]) {
    let Ok(text) = table::decode(bytes) else { return };
    if let Ok(read) = table::read(&text) {
        let mapping = table::guess(&read);
        let kind = domain::templates::TemplateKind::Own;
        let made = table::into_template(&read, &mapping, "List", kind, TemplateId::from_u128(1), 1);
        if let Ok(template) = made {
            // What was taken in can be given away, and taken in there.
            let csv = table::export_template_csv(&template);
            table::read(&csv).expect("what is exported is a table");
        }
        let _ = read.clone().with_header(true);
        let _ = read.with_header(false);
    }
    match table::template_from_json(&text, TemplateId::from_u128(1), 1) {
        Ok(template) => assert!(table::problems(&template).is_empty()),
        Err(ImportError::Rows(problems)) => assert!(!problems.is_empty()),
        Err(ImportError::Text(_)) => {}
    }
}
