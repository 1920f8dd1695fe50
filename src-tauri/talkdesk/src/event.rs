//! Events: what Talkdesk posts to a version's events callback URL (D/events-api, R/app-installed and its siblings).
//!
//! The eight documented types are typed; their unknown members are kept, and a type that is not known is an event like
//! any other. Ids are opaque: Talkdesk's have 32 hexadecimal digits, and nothing here depends on it.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use url::Url;

use crate::secret::Secret;

/// The largest body that is read as an event, in bytes. Ours: Talkdesk documents none, and its events have some KiB.
pub const BODY_LIMIT: usize = 1024 * 1024;
/// The longest id or type, in bytes.
const NAME_LIMIT: usize = 200;

/// One event. Only a verified one is worth believing: see [`crate::signature`].
#[derive(Clone, Debug)]
pub struct Event {
    /// The key to de-duplicate by: Talkdesk delivers at least once.
    pub id: String,
    /// When it happened, ISO 8601, as Talkdesk wrote it.
    pub created_at: String,
    /// "1", so far.
    pub api_version: Option<String>,
    /// The type as Talkdesk wrote it, known here or not.
    pub kind: String,
    /// The app.
    pub app_id: Option<String>,
    /// The version; trial and logout events have none.
    pub app_version_id: Option<String>,
    /// The version's name; trial and logout events have none.
    pub app_version_name: Option<String>,
    /// What happened.
    pub data: Data,
    /// Where to go on.
    pub links: Links,
    /// Members that are not known here.
    pub other: Other,
}

/// What happened, by type.
#[derive(Clone, Debug)]
pub enum Data {
    /// `app.installed`
    Installed(Installed),
    /// `app.updated`
    Updated(Updated),
    /// `app.uninstalled`
    Uninstalled(Uninstalled),
    /// `app.trial_started`
    TrialStarted(Trial),
    /// `app.trial_extended`. Its payload was not found in the documentation, so all of it is kept as it came.
    TrialExtended(Other),
    /// `app.trial_ended`
    TrialEnded(Trial),
    /// `app.credentials_rotated`
    CredentialsRotated(Installed),
    /// `user.logout`
    UserLogout(UserLogout),
    /// A type that is not known here.
    Unknown(Other),
}

/// Members that are not known here. They may be anything, a new secret included, so `Debug` tells their names only.
#[derive(Clone, PartialEq, Default, Deserialize)]
#[serde(transparent)]
pub struct Other(pub Map<String, Value>);

impl fmt::Debug for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// An installation with a set of credentials: of `app.installed`, and a whole new set in `app.credentials_rotated`.
#[derive(Clone, Debug, Deserialize)]
pub struct Installed {
    /// The installation.
    pub installation_id: String,
    /// The customer's account.
    pub account_id: String,
    /// Its name.
    pub account_name: Option<String>,
    /// The credentials.
    #[serde(flatten)]
    pub credentials: Credentials,
    /// What else came.
    #[serde(flatten)]
    pub other: Other,
}

/// A set of credentials. A copy of an event may have been stripped of them, so each may be absent.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Credentials {
    /// The OAuth client.
    pub client_id: Option<String>,
    /// For HTTP Basic.
    pub client_secret: Option<Secret<String>>,
    /// For `private_key_jwt`: base64 PKCS#8 without the PEM lines.
    pub private_key: Option<Secret<String>>,
    /// The private key's other half, base64.
    pub public_key: Option<String>,
    /// The `kid` of assertions that are signed with the private key.
    pub key_id: Option<String>,
    /// ES256, ES384, ES512, PS256, PS384 or PS512.
    pub key_algorithm: Option<String>,
}

/// `app.updated`: only the members that changed are there.
#[derive(Clone, Debug, Deserialize)]
pub struct Updated {
    /// The installation.
    pub installation_id: String,
    /// The customer's account.
    pub account_id: String,
    /// Its name.
    pub account_name: Option<String>,
    /// Who may use the app now, and who no longer.
    pub users: Option<UserChange>,
    /// The plan that is in force now.
    pub subscription: Option<SubscriptionChange>,
    /// What else came.
    #[serde(flatten)]
    pub other: Other,
}

/// Users that come and go, by id.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
pub struct UserChange {
    /// They come.
    #[serde(default)]
    pub adding: Vec<String>,
    /// They go.
    #[serde(default)]
    pub removing: Vec<String>,
    /// What else came.
    #[serde(flatten)]
    pub other: Other,
}

/// A plan that changes.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
pub struct SubscriptionChange {
    /// The new plan.
    pub adding: Option<Plan>,
    /// What else came.
    #[serde(flatten)]
    pub other: Other,
}

/// A plan and its seats.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// Its seats.
    pub licenses: Option<u64>,
    /// What else came.
    #[serde(flatten)]
    pub other: Other,
}

/// `app.uninstalled`
#[derive(Clone, Debug, Deserialize)]
pub struct Uninstalled {
    /// The installation.
    pub installation_id: String,
    /// The customer's account.
    pub account_id: String,
    /// Its name.
    pub account_name: Option<String>,
    /// Why.
    pub reason: Option<Reason>,
    /// What else came.
    #[serde(flatten)]
    pub other: Other,
}

/// A customer's reason to uninstall.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Reason {
    /// The kind of reason, Talkdesk's word.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The customer's words.
    pub message: Option<String>,
}

/// `app.trial_started`, and `app.trial_ended` with its last three members.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Trial {
    /// The installation.
    pub installation_id: String,
    /// The customer's account.
    pub account_id: String,
    /// When it ends, ISO 8601, as Talkdesk wrote it.
    pub expires_at: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// `trial_expired`, `app_uninstalled`, `plan_upgraded`, or another word.
    pub ended_reason: Option<String>,
    /// `system`, `user`, or another word.
    pub ended_by: Option<String>,
    /// What else came.
    #[serde(flatten)]
    pub other: Other,
}

/// `user.logout`
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct UserLogout {
    /// The customer's account.
    pub account_id: String,
    /// The user.
    pub user_id: String,
    /// The user's address: personal data.
    pub user_email: Option<String>,
    /// The installation.
    pub installation_id: Option<String>,
    /// What else came.
    #[serde(flatten)]
    pub other: Other,
}

/// The event's links, by relation: `root` is the gateway of the customer's region, `tokens` and `authorization` are
/// the account's Talkdesk ID; others are `self`, `installation`, `userinfo`.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Links(Map<String, Value>);

impl Links {
    /// Where a relation leads, if it is there and a URL. Whether one may go there is [`crate::wire`]'s to say.
    pub fn get(&self, relation: &str) -> Option<Url> {
        Url::parse(self.0.get(relation)?.get("href")?.as_str()?).ok()
    }

    /// The API gateway of the customer's region.
    pub fn root(&self) -> Option<Url> {
        self.get("root")
    }
}

/// Why a body is no event.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is larger than [`BODY_LIMIT`].
    #[error("the body is larger than any event")]
    TooLarge,
    /// It is no JSON, cut short, or nested without end.
    #[error("the body is no JSON from line {line}, column {column} on")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// A member is missing or of another kind.
    #[error("{place} is missing or not what it should be")]
    Member {
        /// The member, or the object that holds it.
        place: &'static str,
    },
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    created_at: String,
    api_version: Option<Value>,
    #[serde(rename = "type")]
    kind: String,
    app_id: Option<String>,
    app_version_id: Option<String>,
    app_version_name: Option<String>,
    #[serde(default)]
    data: Value,
    #[serde(default, rename = "_links")]
    links: Links,
    #[serde(flatten)]
    other: Other,
}

/// The members of an object, each named once: of two that are called alike every reader would believe another.
struct Once(Map<String, Value>);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Once;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Once, A::Error> {
                let mut read = Map::new();
                while let Some((name, value)) = members.next_entry::<String, Value>()? {
                    if read.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member stands there twice"));
                    }
                }
                Ok(Once(read))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

fn parsed<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Unreadable> {
    if body.len() > BODY_LIMIT {
        return Err(Unreadable::TooLarge);
    }
    serde_json::from_slice(body).map_err(|error| {
        if error.is_data() {
            Unreadable::Member { place: "event" }
        } else {
            Unreadable::NotJson { line: error.line(), column: error.column() }
        }
    })
}

/// The JSON of a body as it was received, an event or not: bounded in its size, and by the reader in its depth.
pub fn json(body: &[u8]) -> Result<Value, Unreadable> {
    parsed(body)
}

impl Event {
    /// Reads a body as it was received.
    pub fn parse(body: &[u8]) -> Result<Self, Unreadable> {
        Self::with_json(body).map(|(event, _)| event)
    }

    /// Reads a body as it was received; gives beside it the JSON that it was read from, for whoever shows that.
    pub fn with_json(body: &[u8]) -> Result<(Self, Value), Unreadable> {
        let Once(members) = parsed(body)?;
        let json = Value::Object(members);
        Ok((Self::read(&json)?, json))
    }

    fn read(json: &Value) -> Result<Self, Unreadable> {
        let envelope = Envelope::deserialize(json).map_err(|_| Unreadable::Member { place: "event" })?;
        for (place, name) in [("id", &envelope.id), ("type", &envelope.kind)] {
            let plain = name.bytes().all(|byte| byte.is_ascii_graphic());
            if name.is_empty() || name.len() > NAME_LIMIT || !plain {
                return Err(Unreadable::Member { place });
            }
        }
        Ok(Self {
            data: Data::read(&envelope.kind, envelope.data)?,
            id: envelope.id,
            created_at: envelope.created_at,
            api_version: envelope.api_version.map(|version| match version {
                Value::String(text) => text,
                other => other.to_string(),
            }),
            kind: envelope.kind,
            app_id: envelope.app_id,
            app_version_id: envelope.app_version_id,
            app_version_name: envelope.app_version_name,
            links: envelope.links,
            other: envelope.other,
        })
    }

    /// The installation that it is about.
    pub fn installation_id(&self) -> Option<&str> {
        match &self.data {
            Data::Installed(data) | Data::CredentialsRotated(data) => Some(&data.installation_id),
            Data::Updated(data) => Some(&data.installation_id),
            Data::Uninstalled(data) => Some(&data.installation_id),
            Data::TrialStarted(data) | Data::TrialEnded(data) => Some(&data.installation_id),
            Data::UserLogout(data) => data.installation_id.as_deref(),
            Data::TrialExtended(other) | Data::Unknown(other) => other.0.get("installation_id")?.as_str(),
        }
    }

    /// The customer's account that it is about.
    pub fn account_id(&self) -> Option<&str> {
        match &self.data {
            Data::Installed(data) | Data::CredentialsRotated(data) => Some(&data.account_id),
            Data::Updated(data) => Some(&data.account_id),
            Data::Uninstalled(data) => Some(&data.account_id),
            Data::TrialStarted(data) | Data::TrialEnded(data) => Some(&data.account_id),
            Data::UserLogout(data) => Some(&data.account_id),
            Data::TrialExtended(other) | Data::Unknown(other) => other.0.get("account_id")?.as_str(),
        }
    }
}

impl Data {
    fn read(kind: &str, data: Value) -> Result<Self, Unreadable> {
        fn typed<'de, T: Deserialize<'de>>(data: Value) -> Result<T, Unreadable> {
            T::deserialize(data).map_err(|_| Unreadable::Member { place: "data" })
        }
        Ok(match kind {
            "app.installed" => Self::Installed(typed(data)?),
            "app.updated" => Self::Updated(typed(data)?),
            "app.uninstalled" => Self::Uninstalled(typed(data)?),
            "app.trial_started" => Self::TrialStarted(typed(data)?),
            "app.trial_ended" => Self::TrialEnded(typed(data)?),
            "app.credentials_rotated" => Self::CredentialsRotated(typed(data)?),
            "user.logout" => Self::UserLogout(typed(data)?),
            _ => {
                let other = match data {
                    Value::Null => Other::default(),
                    data => typed(data)?,
                };
                if kind == "app.trial_extended" { Self::TrialExtended(other) } else { Self::Unknown(other) }
            }
        })
    }
}

#[cfg(test)]
#[path = "event/tests.rs"]
mod tests;
