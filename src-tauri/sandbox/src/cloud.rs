//! The Talkdesk cloud as an installed app meets it: events and their deliveries, credentials, the regions' gateways,
//! each account's Talkdesk ID, and the apps that live there.
//!
//! Deliberately absent: everything that only a call centre does. Users, plans and trials are what a test says they are.

mod apps;
mod control;
mod credentials;
mod deliver;
mod event;
mod gateway;
mod id;
mod keys;
mod receiver;
mod test_events;

use std::collections::{BTreeMap, HashMap};

use axum::Router;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

pub(crate) use credentials::CredentialSet;
pub(crate) use deliver::{callback, documented_retries};
pub(crate) use event::installed;
pub(crate) use id::{Proof, certificates, client_token, introspection, signed};
pub use keys::{Algorithm, Curve};

use crate::model::Installation;
use crate::problem::Problem;
use crate::state::SandboxState;

/// What a partner has to answer an install, an update or an uninstall, and how long both sets of credentials hold.
const SEVEN_DAYS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the cloud knows.
pub(crate) struct Cloud {
    /// Signs the deliveries.
    signature_key: keys::SignatureKey,
    /// Signed them before; they stay known.
    old_signature_keys: Vec<keys::SignatureKey>,
    /// Signs the access tokens of installations.
    token_key: keys::TokenKey,
    /// What else is known of an installation, by its id.
    lives: BTreeMap<String, Life>,
    /// All that ever happened, oldest first.
    events: Vec<event::Kept>,
    deliveries: Vec<deliver::Delivery>,
    received: Vec<receiver::Received>,
    access: HashMap<[u8; 32], id::Granted>,
    /// Assertions that were shown, by `jti` until they end, so that none is taken twice.
    shown: HashMap<String, i64>,
    /// Apps as they live at Talkdesk, by id.
    apps: BTreeMap<String, Map<String, Value>>,
    /// Deliveries under way; they end with the sandbox.
    tasks: JoinSet<()>,
}

/// An installation beside what Partner Project knows of it.
#[derive(Debug, Serialize)]
pub(crate) struct Life {
    account_id: String,
    sets: Vec<CredentialSet>,
    /// Since when the partner owes an answer.
    pending_since: Option<Timestamp>,
    answer: Option<Answer>,
    /// What the gateways say of its state, where that was set: see [`control`].
    set_state: Option<SetState>,
    uninstalled: bool,
    users: Vec<String>,
    plan: Option<Value>,
    trial: Option<Value>,
    /// Its events are told to whoever asks for them, who delivers them: see [`test_events`].
    told_on_demand: bool,
}

/// What the partner answered last.
#[derive(Debug, Clone, Serialize)]
struct Answer {
    state: &'static str,
    reason: Option<String>,
    updated_at: Timestamp,
}

/// Talkdesk's word for how an installation stands, whatever it is: more than the documented ones have to be taken.
#[derive(Debug, Clone, Serialize)]
struct SetState {
    /// None, and no state is told at all.
    state: Option<String>,
    reason: Option<String>,
    updated_at: Timestamp,
}

impl Cloud {
    pub fn new(curve: Curve, now: Timestamp) -> Result<Self, getrandom::Error> {
        Ok(Self {
            signature_key: keys::SignatureKey::new(curve, now)?,
            old_signature_keys: Vec::new(),
            token_key: keys::TokenKey::new()?,
            lives: BTreeMap::new(),
            events: Vec::new(),
            deliveries: Vec::new(),
            received: Vec::new(),
            access: HashMap::new(),
            shown: HashMap::new(),
            apps: BTreeMap::new(),
            tasks: JoinSet::new(),
        })
    }

    /// The set with this client, and the installation that it is for.
    pub fn set(&self, client_id: &str) -> Option<(&str, &CredentialSet)> {
        let mut all =
            self.lives.iter().flat_map(|(id, life)| life.sets.iter().map(move |set| (id.as_str(), set)));
        all.find(|(_, set)| set.client_id == client_id)
    }

    fn life(&self, installation: &str) -> Result<&Life, Problem> {
        self.lives.get(installation).ok_or_else(unknown_installation)
    }

    fn life_mut(&mut self, installation: &str) -> Result<&mut Life, Problem> {
        self.lives.get_mut(installation).ok_or_else(unknown_installation)
    }
}

fn unknown_installation() -> Problem {
    Problem::not_found("There is no such installation, or it was made without events.")
}

impl Life {
    fn new(account_id: String, set: CredentialSet) -> Self {
        let sets = vec![set];
        Self {
            account_id,
            sets,
            pending_since: None,
            answer: None,
            set_state: None,
            uninstalled: false,
            users: Vec::new(),
            plan: None,
            trial: None,
            told_on_demand: false,
        }
    }

    /// How the installation stands, in the documented words. An uninstall that nobody answers is carried out anyway.
    fn state(&self, now: Timestamp) -> Answer {
        let own = |state, since| Answer { state, reason: None, updated_at: since };
        match (self.pending_since, &self.answer) {
            (Some(since), _) if now < since + SEVEN_DAYS => own("pending", since),
            (Some(since), _) => own(if self.uninstalled { "revoked" } else { "timeout" }, since + SEVEN_DAYS),
            (None, Some(answer)) => answer.clone(),
            (None, None) => own("installing", now),
        }
    }

    /// The state as the gateways tell it, if they tell any.
    fn told_state(&self, now: Timestamp) -> Option<Value> {
        match &self.set_state {
            Some(set) => set.state.is_some().then(|| json!(set)),
            None => Some(json!(self.state(now))),
        }
    }

    /// Whether these credentials still let anyone in.
    fn holds(&self, set: &CredentialSet, now: Timestamp) -> bool {
        let gone = self.uninstalled && self.state(now).state == "revoked";
        !gone && set.until.is_none_or(|until| now < until)
    }
}

/// The last part of an account's hosts: small letters, digits and dashes.
pub(crate) fn label(account: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    account.chars().map(letter).collect()
}

impl SandboxState {
    /// The gateway of a region.
    fn gateway(&self, region: &str) -> String {
        format!("{}/gateway/{region}", self.url())
    }

    /// Talkdesk ID of an account.
    fn talkdesk_id(&self, account: &str) -> String {
        format!("{}/id/{}", self.url(), label(account))
    }
}

/// The installation with this id.
fn installation<'a>(all: &'a [Installation], id: &str) -> Result<&'a Installation, Problem> {
    all.iter().find(|installation| installation.id == id).ok_or_else(unknown_installation)
}

pub(crate) fn routes() -> Router<SandboxState> {
    Router::new()
        .merge(gateway::routes())
        .merge(apps::routes())
        .merge(control::routes())
        .merge(receiver::routes())
        .merge(test_events::routes())
}
