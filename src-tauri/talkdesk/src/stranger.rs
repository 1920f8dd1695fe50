//! Deliveries that Talkdesk never sent, signed by a key that no gateway knows: a correct app refuses each (D/events-api).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::SignedDuration;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use crate::ambient::{Ambient, NoRandomness};
use crate::signature::{KEY_ID_HEADER, SIGNATURE_HEADER, hex};

/// Where its events say that they come from: no gateway has this name, and nobody is asked for its key.
const ROOT: &str = "https://api.talkdesk.invalid";

/// Somebody who signs like Talkdesk, and whom nobody knows. All that it tells of is one installation, of ids that nobody
/// has.
pub struct Stranger<'a> {
    ambient: &'a Ambient,
    key: SigningKey,
    key_id: String,
    app: String,
    installation: String,
    account: String,
}

impl std::fmt::Debug for Stranger<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stranger").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

impl<'a> Stranger<'a> {
    /// A new one, with a key and ids of its own.
    pub fn new(ambient: &'a Ambient) -> Result<Self, NoRandomness> {
        let id = || ambient.random_id();
        let (key_id, app, installation, account) = (id()?, id()?, id()?, id()?);
        Ok(Self { ambient, key: new_key(ambient)?, key_id, app, installation, account })
    }

    /// An event of this type: in order but for its key. A type that is not documented has no data of its own.
    pub fn tell(&self, kind: &str) -> Result<(HeaderMap, Vec<u8>), NoRandomness> {
        let id = || self.ambient.random_id();
        let (event, now) = (id()?, self.ambient.now());
        let mut data = json!({ "installation_id": self.installation, "account_id": self.account });
        let own = match kind {
            "app.installed" | "app.credentials_rotated" => self.credentials()?,
            "app.updated" => json!({ "users": { "adding": [id()?], "removing": [] } }),
            "app.uninstalled" => json!({ "reason": { "type": "other", "message": "" } }),
            "app.trial_started" => {
                json!({ "expires_at": (now + SignedDuration::from_hours(30 * 24)).to_string() })
            }
            "app.trial_ended" => json!({
                "expires_at": now.to_string(), "ended_at": now.to_string(), "ended_reason": "trial_expired", "ended_by": "system",
            }),
            "user.logout" => json!({ "user_id": id()?, "user_email": "nobody@talkdesk.invalid" }),
            _ => json!({}),
        };
        merge(&mut data, own);
        let of_trial = kind.starts_with("app.trial");
        if !of_trial && kind != "user.logout" {
            merge(&mut data, json!({ "account_name": "nobody" }));
        }
        let mut body = json!({
            "id": event, "created_at": now.to_string(), "api_version": "1", "type": kind, "app_id": self.app, "data": data,
            "_links": {
                "root": { "href": ROOT }, "self": { "href": format!("{ROOT}/apps/{}/events/{event}", self.app) },
                "tokens": { "href": "https://nobody.talkdesk.invalid/oauth/token" },
                "authorization": { "href": "https://nobody.talkdesk.invalid/oauth/authorize" },
                "installation": { "href": format!("{ROOT}/apps/{}/installations/{}", self.app, self.installation) },
                "userinfo": { "href": format!("{ROOT}/users/me") },
            },
        });
        // Trial and logout events name no version.
        if !of_trial && kind != "user.logout" {
            merge(&mut body, json!({ "app_version_id": id()?, "app_version_name": "0.0.0" }));
        }
        let body = body.to_string().into_bytes();
        Ok((self.headers(&body), body))
    }

    /// A set that opens nothing.
    fn credentials(&self) -> Result<Value, NoRandomness> {
        let pair = new_key(self.ambient)?;
        // Encoding a key that was just made cannot fail.
        let private = pair.to_pkcs8_der().map(|der| STANDARD.encode(der.as_bytes())).unwrap_or_default();
        let public = pair.verifying_key().to_public_key_der().map(|der| STANDARD.encode(der.as_bytes()));
        Ok(json!({
            "client_id": self.ambient.random_id()?, "client_secret": self.ambient.random_id()?,
            "private_key": private, "public_key": public.unwrap_or_default(),
            "key_id": self.ambient.random_id()?, "key_algorithm": "ES256",
        }))
    }

    fn headers(&self, body: &[u8]) -> HeaderMap {
        // A whole hash is never too short to sign.
        let signed: Result<Signature, _> = self.key.sign_prehash(&Sha512::digest(body));
        let signature = signed.map(|signature| hex(signature.to_der().as_bytes())).unwrap_or_default();
        signed_by(&signature, &self.key_id)
    }
}

/// The headers of a delivery. A value that cannot stand in one is left out.
pub fn signed_by(signature: &str, key_id: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [(SIGNATURE_HEADER, signature), (KEY_ID_HEADER, key_id)] {
        headers.extend(HeaderValue::from_str(value).ok().map(|value| (HeaderName::from_static(name), value)));
    }
    headers
}

/// One delivery of somebody whom nobody knows: a sign-out, so that whoever takes it loses nothing by it.
pub fn delivery(ambient: &Ambient) -> Result<(HeaderMap, Vec<u8>), NoRandomness> {
    Stranger::new(ambient)?.tell("user.logout")
}

fn new_key(ambient: &Ambient) -> Result<SigningKey, NoRandomness> {
    loop {
        // Nearly every number is a key: the loop hardly ever turns.
        if let Ok(key) = SigningKey::from_slice(&ambient.random_bytes::<32>()?) {
            return Ok(key);
        }
    }
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Data, Event};
    use crate::signature::{Claim, Key};

    const KINDS: [&str; 8] = [
        "app.installed",
        "app.updated",
        "app.uninstalled",
        "app.trial_started",
        "app.trial_extended",
        "app.trial_ended",
        "app.credentials_rotated",
        "user.logout",
    ];

    #[test]
    fn each_type_is_in_order_but_for_its_key_and_no_two_are_alike() {
        let ambient = Ambient::system();
        let stranger = Stranger::new(&ambient).unwrap();
        let public = stranger.key.verifying_key().to_public_key_der().unwrap();
        let key = Key::read(&STANDARD.encode(public.as_bytes())).unwrap();
        for kind in KINDS {
            let (headers, body) = stranger.tell(kind).unwrap();
            assert_ne!(body, stranger.tell(kind).unwrap().1);
            let event = Event::parse(&body).unwrap();
            assert_eq!(event.kind, kind);
            assert_eq!(event.installation_id(), Some(stranger.installation.as_str()), "{kind}");
            assert!(!matches!(event.data, Data::Unknown(_)), "{kind}");
            Claim::of(&headers).unwrap().verify(&key, &body).unwrap();
        }
        let other = Stranger::new(&ambient).unwrap();
        assert_ne!((&stranger.key_id, &stranger.installation), (&other.key_id, &other.installation));
    }

    #[test]
    fn nothing_shows_its_key() {
        let ambient = Ambient::system();
        let stranger = Stranger::new(&ambient).unwrap();
        assert!(!format!("{stranger:?}").to_lowercase().contains("signing"), "{stranger:?}");
    }
}
