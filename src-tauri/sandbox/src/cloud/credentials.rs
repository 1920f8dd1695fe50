//! Sets of credentials, as `app.installed` and `app.credentials_rotated` bring them.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::keys::{Algorithm, pair};
use crate::state::{new_id, random};

/// What an installation's client is known by. The private key is kept so that *Replay* can bring it again, as Talkdesk's
/// is documented to do; nothing else shows it.
#[derive(Serialize)]
pub(crate) struct CredentialSet {
    pub client_id: String,
    #[serde(skip)]
    pub client_secret: String,
    #[serde(skip)]
    private_key: String,
    pub public_key: String,
    pub key_id: String,
    #[serde(serialize_with = "named")]
    pub algorithm: Algorithm,
    /// When it ends; a set that was not rotated has no end.
    pub until: Option<Timestamp>,
    /// Whether the partner said that it is in use.
    pub acknowledged: bool,
}

impl std::fmt::Debug for CredentialSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CredentialSet").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn named<S: serde::Serializer>(algorithm: &Algorithm, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(algorithm.name())
}

impl CredentialSet {
    pub fn new(algorithm: Algorithm) -> Result<Self, getrandom::Error> {
        let (private_key, public_key) = pair(algorithm)?;
        Ok(Self {
            client_id: new_id()?,
            client_secret: random()?,
            private_key,
            public_key,
            key_id: new_id()?,
            algorithm,
            until: None,
            acknowledged: false,
        })
    }

    /// The members that it has in an event.
    pub fn told(&self) -> Map<String, Value> {
        let told = json!({
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "private_key": self.private_key,
            "public_key": self.public_key,
            "key_id": self.key_id,
            "key_algorithm": self.algorithm.name(),
        });
        match told {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}
