//! What a delivery of Talkdesk's becomes: verified, then told apart into the facts that a command carries, the secrets
//! that a vault keeps, and a body to show in which no secret stands.
//!
//! The desktop takes deliveries by hand, the service takes those that Talkdesk sends: both read them once, as
//! [`Incoming`], and take them by the one function [`take`]. Deliberately absent: where facts and secrets are kept.

#![cfg_attr(test, allow(clippy::unwrap_used, missing_docs))]

pub mod calls;
pub mod original;

use std::io;

use domain::ids::InstallationId;
use domain::installation::{
    CredentialSet, DeliveryFault, DeliveryStep, EventFacts, Happened, NotVerified, Received, SubscribedPlan,
};
use domain::{Timestamp, text};
use http::HeaderMap;
use serde_json::Value;
use sha2::{Digest, Sha256};
use talkdesk::event::{self, BODY_LIMIT, Credentials, Data, Other, Unreadable};
use talkdesk::keys::{Refused, Verifier};
use talkdesk::region::Regions;
use talkdesk::signature::{HeaderFault, KEY_ID_HEADER, KeyFault, Step, Unverified};
use talkdesk::{Event, Secret, sealed};
use url::Url;
use uuid::{Builder, Uuid};

/// The id that an installation has here, wherever its event is taken: made of Talkdesk's own.
pub fn installation_id(talkdesk_id: &str) -> InstallationId {
    InstallationId(derived(&["installation", talkdesk_id]))
}

/// The id under which a vault keeps the secrets of a set of credentials.
pub fn credentials_id(installation: InstallationId, client_id: &str) -> Uuid {
    derived(&["credentials", &installation.to_string(), client_id])
}

/// The same parts make the same id, and none else that anyone finds.
fn derived(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// A delivery that is to be believed.
#[derive(Debug)]
pub struct Taken {
    /// The installation that it is about, here; none where the event names none.
    pub installation: Option<InstallationId>,
    /// What it says. Its body is to be kept first, and named in it.
    pub facts: EventFacts,
    /// The secrets of the set that it brings.
    pub secrets: Option<SetSecrets>,
}

/// The secrets of a set of credentials.
#[derive(Debug)]
pub struct SetSecrets {
    /// The id to keep them under.
    pub id: Uuid,
    /// For HTTP Basic.
    pub client_secret: Option<Secret<String>>,
    /// For `private_key_jwt`.
    pub private_key: Option<Secret<String>>,
}

/// A body as it was received, read: what it claims, of which nothing is believed before it is verified.
#[derive(Debug)]
pub struct Incoming<'a> {
    body: &'a [u8],
    event: Result<Event, Unreadable>,
    /// Its JSON without the secrets, event or not.
    rest: Option<Value>,
    /// Whether secrets were in it, or may have been: of what is no JSON nobody can tell.
    may_hold_secrets: bool,
}

impl<'a> Incoming<'a> {
    /// Reads a body.
    pub fn read(body: &'a [u8]) -> Self {
        let (event, json) = match Event::with_json(body) {
            Ok((event, json)) => (Ok(event), Some(json)),
            Err(why) => (Err(why), event::json(body).ok()),
        };
        let cut = json.map(sealed::cut);
        let may_hold_secrets = cut.as_ref().is_none_or(|cut| !cut.secrets.is_empty());
        Self { body, event, rest: cut.map(|cut| cut.rest), may_hold_secrets }
    }

    /// The event that it claims to be.
    pub fn event(&self) -> Option<&Event> {
        self.event.as_ref().ok()
    }

    /// The installation that it claims to be about.
    pub fn installation(&self) -> Option<InstallationId> {
        self.event()?.installation_id().map(installation_id)
    }

    /// Whether secrets are in it, or may be, for all that can be read.
    pub fn may_hold_secrets(&self) -> bool {
        self.may_hold_secrets
    }

    /// It as it may be shown: indented, its secrets hidden; empty where it is no JSON. Where indenting would make it
    /// longer than [`SHOWN_LIMIT`], it is one line.
    pub fn shown(&self) -> String {
        let Some(rest) = &self.rest else { return String::new() };
        let mut indented = Bounded(Vec::new());
        let whole = serde_json::to_writer_pretty(&mut indented, rest).ok();
        whole.and_then(|()| String::from_utf8(indented.0).ok()).unwrap_or_else(|| rest.to_string())
    }
}

/// The most bytes that are indented: whoever nests a body deeply would have it kept at a hundred times its length.
pub const SHOWN_LIMIT: usize = 4 * BODY_LIMIT;

/// Takes so many bytes and no more.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > SHOWN_LIMIT {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Verifies a delivery and tells it apart. `known` is the gateway of the installation that it claims to be about, where
/// that is known from an event before.
pub async fn take(
    verifier: &Verifier,
    regions: &Regions,
    known: Option<&Url>,
    headers: &HeaderMap,
    incoming: &Incoming<'_>,
    received: Received,
) -> Result<Taken, Refused> {
    let event = incoming.event.as_ref().map_err(Clone::clone)?;
    verifier.verify(headers, incoming.body, event, known).await?;
    let key_id = headers.get(KEY_ID_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(told(event.clone(), regions, key_id.trim(), received)?)
}

/// Tells an event apart that was fetched from the gateway of its installation, with the installation's own credentials:
/// whose it is was known before it came.
pub fn fetched(regions: &Regions, incoming: &Incoming<'_>) -> Result<Taken, Unreadable> {
    told(incoming.event.clone()?, regions, "", Received::Fetched)
}

/// The secrets of the set that a body brings, and the account that it is for. Only for a body that was verified when it
/// came.
pub fn secrets(body: &[u8]) -> Option<(SetSecrets, String)> {
    let event = Event::parse(body).ok()?;
    let installation = installation_id(event.installation_id()?);
    let (Data::Installed(data) | Data::CredentialsRotated(data)) = event.data else { return None };
    let account = data.account_name.filter(|name| !name.is_empty());
    Some((set_secrets(installation, data.credentials)?, account.unwrap_or(data.account_id)))
}

/// What the file with an event's body is called.
pub fn body_name(event: &EventFacts) -> String {
    format!("{}-{}.json", event.what.kind(), event.id)
}

/// Why a delivery is refused, in words that a desktop knows.
pub fn why(refused: &Refused) -> NotVerified {
    let (step, reason, detail) = match refused {
        Refused::Unreadable(why) => {
            let (reason, detail) = match why {
                Unreadable::TooLarge => (DeliveryFault::TooLarge, BODY_LIMIT.to_string()),
                Unreadable::NotJson { line, column } => (DeliveryFault::NotJson, format!("{line}:{column}")),
                Unreadable::Member { place } => (DeliveryFault::Member, (*place).to_owned()),
            };
            (DeliveryStep::Body, reason, detail)
        }
        Refused::Unverified(why) => {
            let step = match why.step() {
                Step::Header => DeliveryStep::Header,
                Step::Key => DeliveryStep::Key,
                Step::Encoding => DeliveryStep::Encoding,
                Step::Match => DeliveryStep::Match,
            };
            let (reason, detail) = match why {
                Unverified::Header(HeaderFault::Missing(name)) => (DeliveryFault::HeaderMissing, *name),
                Unverified::Header(HeaderFault::Repeated(name) | HeaderFault::Malformed(name)) => {
                    (DeliveryFault::HeaderMalformed, *name)
                }
                Unverified::Key(KeyFault::NoGateway) => (DeliveryFault::NoGateway, ""),
                Unverified::Key(KeyFault::Untrusted(origin)) => {
                    (DeliveryFault::GatewayUntrusted, origin.as_str())
                }
                Unverified::Key(KeyFault::Unknown) => (DeliveryFault::KeyUnknown, ""),
                Unverified::Key(KeyFault::Expired) => (DeliveryFault::KeyExpired, ""),
                Unverified::Key(KeyFault::Unreadable) => (DeliveryFault::KeyUnreadable, ""),
                Unverified::Key(KeyFault::Unavailable(_)) => (DeliveryFault::KeyUnavailable, ""),
                Unverified::Encoding => (DeliveryFault::Encoding, ""),
                Unverified::Match => (DeliveryFault::Mismatch, ""),
            };
            (step, reason, detail.to_owned())
        }
    };
    NotVerified { step, reason, detail }
}

/// Whether the same delivery may verify later: its key could not be had now.
pub fn is_passing(refused: &Refused) -> bool {
    matches!(refused, Refused::Unverified(Unverified::Key(fault)) if fault.is_passing())
}

fn told(event: Event, regions: &Regions, key_id: &str, received: Received) -> Result<Taken, Unreadable> {
    let happened_at = moment(&event.created_at).ok_or(Unreadable::Member { place: "created_at" })?;
    let link = |relation| event.links.get(relation).map(String::from).unwrap_or_default();
    let root = event.links.root();
    let region = root.as_ref().and_then(|root| regions.of_gateway(root)).map(|known| known.name.clone());
    let installation = event.installation_id().map(str::to_owned);
    let id = installation.as_deref().map(installation_id);
    let account_name = match &event.data {
        Data::Installed(data) | Data::CredentialsRotated(data) => data.account_name.clone(),
        Data::Updated(data) => data.account_name.clone(),
        Data::Uninstalled(data) => data.account_name.clone(),
        _ => None,
    };
    let account = event.account_id().unwrap_or_default().to_owned();
    let (root, tokens, authorization) =
        (root.map(String::from).unwrap_or_default(), link("tokens"), link("authorization"));
    let (what, credentials) = happened(event.data, event.kind);
    let secrets = credentials.zip(id).and_then(|(set, installation)| set_secrets(installation, set));
    let facts = EventFacts {
        id: event.id,
        happened_at,
        what,
        installation: installation.unwrap_or_default(),
        account,
        account_name: account_name.unwrap_or_default(),
        app: event.app_id.unwrap_or_default(),
        version: event.app_version_id.unwrap_or_default(),
        version_name: event.app_version_name.unwrap_or_default(),
        root,
        region: region.unwrap_or_default(),
        tokens,
        authorization,
        key_id: key_id.to_owned(),
        received,
        body: None,
    };
    Ok(Taken { installation: id, facts, secrets })
}

fn set_secrets(installation: InstallationId, set: Credentials) -> Option<SetSecrets> {
    let client = set.client_id.as_deref().filter(|client| !client.is_empty())?;
    let id = credentials_id(installation, client);
    Some(SetSecrets { id, client_secret: set.client_secret, private_key: set.private_key })
}

fn happened(data: Data, kind: String) -> (Happened, Option<Credentials>) {
    let bare = |happened| (happened, None);
    match data {
        Data::Installed(data) => {
            (Happened::Installed { set: set_of(&data.credentials) }, Some(data.credentials))
        }
        Data::CredentialsRotated(data) => {
            (Happened::CredentialsRotated { set: set_of(&data.credentials) }, Some(data.credentials))
        }
        Data::Updated(data) => {
            let users = data.users.unwrap_or_default();
            let plan = data.subscription.and_then(|change| change.adding);
            let plan = plan.map(|plan| SubscribedPlan {
                name: plan.name,
                seats: plan.licenses.map(|seats| u32::try_from(seats).unwrap_or(u32::MAX)),
            });
            bare(Happened::Updated { adding: users.adding, removing: users.removing, plan })
        }
        Data::Uninstalled(data) => {
            let (kind, message) = data.reason.map(|reason| (reason.kind, reason.message)).unwrap_or_default();
            let message = message.unwrap_or_default().chars().take(text::TEXT).collect();
            bare(Happened::Uninstalled { reason: kind.unwrap_or_default(), message })
        }
        Data::TrialStarted(trial) => {
            bare(Happened::TrialStarted { ends_at: trial.expires_at.as_deref().and_then(moment) })
        }
        Data::TrialExtended(Other(members)) => {
            let ends_at = members.get("expires_at").and_then(Value::as_str).and_then(moment);
            bare(Happened::TrialExtended { ends_at })
        }
        Data::TrialEnded(trial) => bare(Happened::TrialEnded {
            ended_at: trial.ended_at.as_deref().and_then(moment),
            reason: trial.ended_reason.unwrap_or_default(),
            by: trial.ended_by.unwrap_or_default(),
        }),
        Data::UserLogout(logout) => bare(Happened::UserLogout { user: logout.user_id }),
        Data::Unknown(_) => bare(Happened::Other { kind }),
    }
}

fn set_of(credentials: &Credentials) -> CredentialSet {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let came =
        |secret: &Option<Secret<String>>| secret.as_ref().is_some_and(|text| !text.expose().is_empty());
    CredentialSet {
        client_id: text(&credentials.client_id),
        key_id: text(&credentials.key_id),
        key_algorithm: text(&credentials.key_algorithm),
        // Lines of PEM would be as good; the domain keeps a line.
        public_key: text(&credentials.public_key).split_whitespace().collect(),
        has_secret: came(&credentials.client_secret),
        has_private_key: came(&credentials.private_key),
    }
}

/// A moment as Talkdesk writes it, ISO 8601.
pub fn moment(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>().ok().map(|at| Timestamp(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(kind: &str, data: &Value) -> Taken {
        let body = json!({
            "id": "e1", "created_at": "2026-11-27T10:00:00.250Z", "api_version": "1", "type": kind,
            "app_id": "app", "app_version_id": "ver", "app_version_name": "1.0.0", "data": data,
            "_links": {
                "root": { "href": "https://api.talkdeskapp.eu" },
                "tokens": { "href": "https://a.talkdeskid.eu/oauth/token" },
            },
        });
        let event = Event::parse(&serde_json::to_vec(&body).unwrap()).unwrap();
        told(event, &Regions::default(), "key", Received::ByHand).unwrap()
    }

    #[test]
    fn each_type_becomes_its_facts() {
        let at = |text: &str| Some(moment(text).unwrap());
        let end = "2026-12-27T10:00:00Z";
        let cases = [
            (
                "app.updated",
                json!({ "users": { "adding": ["u1"], "removing": ["u2"] }, "subscription": { "adding": { "name": "Plan", "licenses": 5 } } }),
                Happened::Updated {
                    adding: vec!["u1".into()],
                    removing: vec!["u2".into()],
                    plan: Some(SubscribedPlan { name: "Plan".into(), seats: Some(5) }),
                },
            ),
            ("app.updated", json!({}), Happened::Updated { adding: vec![], removing: vec![], plan: None }),
            (
                "app.uninstalled",
                json!({ "reason": { "type": "other", "message": "No." } }),
                Happened::Uninstalled { reason: "other".into(), message: "No.".into() },
            ),
            (
                "app.uninstalled",
                json!({}),
                Happened::Uninstalled { reason: String::new(), message: String::new() },
            ),
            ("app.trial_started", json!({ "expires_at": end }), Happened::TrialStarted { ends_at: at(end) }),
            ("app.trial_extended", json!({ "anything": 1 }), Happened::TrialExtended { ends_at: None }),
            (
                "app.trial_extended",
                json!({ "expires_at": end }),
                Happened::TrialExtended { ends_at: at(end) },
            ),
            (
                "app.trial_ended",
                json!({ "ended_at": end, "ended_reason": "trial_expired", "ended_by": "system" }),
                Happened::TrialEnded {
                    ended_at: at(end),
                    reason: "trial_expired".into(),
                    by: "system".into(),
                },
            ),
            (
                "user.logout",
                json!({ "user_id": "u1", "user_email": "a@customer.example" }),
                Happened::UserLogout { user: "u1".into() },
            ),
            ("app.paused", json!({}), Happened::Other { kind: "app.paused".into() }),
        ];
        for (kind, mut data, expected) in cases {
            data["installation_id"] = json!("i1");
            data["account_id"] = json!("a1");
            let taken = event(kind, &data);
            assert_eq!(taken.facts.what, expected, "{kind}");
            assert_eq!(taken.facts.what.kind(), kind);
            assert_eq!(taken.installation, Some(installation_id("i1")), "{kind}");
            assert_eq!(taken.facts.happened_at.0 % 1_000, 250);
            assert_eq!((&*taken.facts.region, &*taken.facts.account), ("EU", "a1"));
            assert!(taken.secrets.is_none());
        }
    }

    #[test]
    fn secrets_go_beside_the_facts_and_never_into_them() {
        for kind in ["app.installed", "app.credentials_rotated"] {
            let data = json!({
                "installation_id": "i1", "account_id": "a1", "account_name": "A", "client_id": "c1",
                "client_secret": "hush-1", "private_key": "hush-2", "public_key": "MF\nkw", "key_id": "k",
                "key_algorithm": "ES256",
            });
            let taken = event(kind, &data);
            let secrets = taken.secrets.unwrap();
            assert_eq!(secrets.id, credentials_id(installation_id("i1"), "c1"));
            assert_eq!(secrets.client_secret.unwrap().expose(), "hush-1");
            assert_eq!(secrets.private_key.unwrap().expose(), "hush-2");
            let set = taken.facts.what.set().unwrap();
            assert!(set.has_secret && set.has_private_key && set.public_key == "MFkw");
            let written = serde_json::to_string(&taken.facts).unwrap();
            assert!(!written.contains("hush"), "{written}");
            // A copy may come stripped of its secrets, or of all that belongs to them.
            let data = json!({ "installation_id": "i1", "account_id": "a1" });
            let stripped = event(kind, &data);
            assert!(stripped.secrets.is_none() && !stripped.facts.what.set().unwrap().has_secret);
        }
    }

    #[test]
    fn ids_are_the_same_everywhere_and_differ_where_their_parts_do() {
        assert_eq!(installation_id("a"), installation_id("a"));
        assert_ne!(installation_id("a"), installation_id("b"));
        let (a, b) = (installation_id("a"), installation_id("b"));
        assert_ne!(credentials_id(a, "c"), credentials_id(b, "c"));
        assert_ne!(derived(&["ab", "c"]), derived(&["a", "bc"]));
        // Written down: it must never change, or a second taking would make a second installation.
        assert_eq!(a.to_string(), "c166469c-26d5-8d00-bf22-ffea2738f1d6");
    }

    /// Protects the tables: everything of a body is kept as it is shown, whoever sent it.
    #[test]
    fn what_is_nested_deeply_is_not_kept_at_a_hundred_times_its_length() {
        let (open, close) = ("[".repeat(120), "]".repeat(120));
        let body = format!("{open}{}1{close}", "1,".repeat(BODY_LIMIT / 2 - 200));
        let shown = Incoming::read(body.as_bytes()).shown();
        assert_eq!(shown, body, "one line");
        assert_eq!(Incoming::read(b"[1]").shown(), "[\n  1\n]");
        assert_eq!(Incoming::read(b"[1").shown(), "");
        for (body, may) in [("[1]", false), ("[1", true), (r#"{"password":"x"}"#, true)] {
            assert_eq!(Incoming::read(body.as_bytes()).may_hold_secrets(), may, "{body}");
        }
        let secret = Incoming::read(br#"{"a":{"client_secret":"hush"}}"#).shown();
        assert!(secret.contains(sealed::MARK) && !secret.contains("hush"), "{secret}");
    }

    #[test]
    fn an_event_without_a_time_is_refused() {
        let body = json!({ "id": "e1", "created_at": "yesterday", "type": "app.updated", "data": { "installation_id": "i", "account_id": "a" } });
        let event = Event::parse(&serde_json::to_vec(&body).unwrap()).unwrap();
        let refused = told(event, &Regions::default(), "key", Received::ByHand).unwrap_err();
        assert_eq!(refused, Unreadable::Member { place: "created_at" });
    }
}
