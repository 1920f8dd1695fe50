//! What outlasts the process: the tokens, whose they are, and the server's addresses, so that a start asks nobody.

use domain::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

use super::SignedIn;
use super::metadata::Metadata;
use super::person::Person;
use super::server::Tokens;
use crate::secret::Secret;

pub(super) struct Kept {
    pub client_id: String,
    pub metadata: Metadata,
    pub person: Person,
    pub tokens: Tokens,
}

/// Its form. It exists only on the way into the vault and out of it, and overwrites itself.
#[derive(Serialize, Deserialize)]
struct Form {
    client_id: String,
    metadata: Metadata,
    person: Person,
    access: String,
    refresh: Option<String>,
    expires_at: i64,
}

impl Drop for Form {
    fn drop(&mut self) {
        self.access.zeroize();
        self.refresh.zeroize();
    }
}

impl Kept {
    pub fn bytes(held: &SignedIn) -> Secret<Vec<u8>> {
        let form = Form {
            client_id: held.server.client_id().to_owned(),
            metadata: held.server.metadata.clone(),
            person: held.person.clone(),
            access: held.tokens.access.expose().clone(),
            refresh: held.tokens.refresh.as_ref().map(|token| token.expose().clone()),
            expires_at: held.tokens.expires_at.0,
        };
        Secret::new(serde_json::to_vec(&form).unwrap_or_default())
    }

    /// What was kept; none where it is of a form that this version does not know.
    pub fn read(bytes: &Secret<Vec<u8>>) -> Option<Self> {
        let form: Form = serde_json::from_slice(bytes.expose()).ok()?;
        Some(Self {
            client_id: form.client_id.clone(),
            metadata: form.metadata.clone(),
            person: form.person.clone(),
            tokens: Tokens {
                access: Secret::new(form.access.clone()),
                refresh: form.refresh.clone().map(Secret::new),
                expires_at: Timestamp(form.expires_at),
            },
        })
    }
}
