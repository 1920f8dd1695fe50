//! Talkdesk ID of an account, for the installations' own clients: client credentials, assertions, introspection, keys.
//!
//! The routes are those of [`crate::oauth`]; this is what they know of installations.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::keys::{Algorithm, verifies};
use super::{Cloud, label};
use crate::oauth::Client;
use crate::state::{SandboxState, World, digest, new_id};

/// What an access token of an installation is good for (D/events-api: about 10 minutes).
const ACCESS_LIVES: SignedDuration = SignedDuration::from_mins(10);
/// The longest life of an assertion (R/cc-jwt).
const ASSERTION_LIVES: i64 = 300;
/// What a client gets that asks for nothing.
const DEFAULT_SCOPES: &str = "account:read apps:read apps:write events:read users:read";

/// What a token was granted.
pub(crate) struct Granted {
    pub client_id: String,
    pub scope: String,
    pub expires: Timestamp,
}

/// What a client showed to say who it is, beside HTTP Basic.
pub(crate) struct Proof<'a> {
    pub assertion: &'a str,
    /// The URL of the token endpoint that it was shown at, or near.
    pub audience: &'a str,
}

impl SandboxState {
    /// The client of an installation, if its credentials hold and `account`, where a path names one, is its own.
    pub(crate) fn installation_client(&self, client_id: &str, account: Option<&str>) -> Option<Client> {
        let world = self.world();
        let (id, set) = world.cloud.set(client_id)?;
        let of = super::installation(&world.project.installations, id).ok()?;
        let holds = world.cloud.life(id).ok()?.holds(set, self.now());
        let here = account.is_none_or(|account| account == label(&of.account));
        let fields = &world.project.content(&of.app_id, &of.version_id).ok()?.fields;
        (holds && here).then(|| Client {
            id: set.client_id.clone(),
            secret: Some(set.client_secret.clone()),
            redirect_uris: redirect_uris(fields.get("redirect_uris")),
            loopback_redirects: false,
        })
    }
}

fn redirect_uris(field: Option<&Value>) -> Vec<String> {
    let list = field.and_then(|field| field.get("value")).or(field).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|uri| uri.as_str().map(str::to_owned)).collect()
}

impl Cloud {
    /// Whose assertion this is, if it is good and was never shown before (R/cc-jwt, RFC 7523 §3).
    pub(crate) fn asserted(&mut self, proof: &Proof<'_>, now: Timestamp) -> Result<String, &'static str> {
        let parts: Vec<_> = proof.assertion.split('.').collect();
        let [head, claims, signature] = parts[..] else { return Err("The assertion is no JWT.") };
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| "The assertion is no base64url.");
        let json = |part: &str| -> Result<Value, &'static str> {
            serde_json::from_slice(&bytes(part)?).map_err(|_| "The assertion is no JSON.")
        };
        let (header, claims_read) = (json(head)?, json(claims)?);
        let claim = |name: &str| claims_read[name].as_str().unwrap_or_default();
        let (_, set) = self.set(claim("sub")).ok_or("The assertion's sub is no client.")?;
        let algorithm: Algorithm = header["alg"]
            .as_str()
            .unwrap_or_default()
            .parse()
            .map_err(|_| "The assertion's alg is not known.")?;
        if algorithm != set.algorithm || header["kid"] != json!(set.key_id) {
            return Err("The assertion's alg or kid is not this client's.");
        }
        if !verifies(algorithm, &set.public_key, format!("{head}.{claims}").as_bytes(), &bytes(signature)?) {
            return Err("The assertion's signature does not fit.");
        }
        let client_id = set.client_id.clone();
        let (issued, expires) = (claims_read["iat"].as_i64(), claims_read["exp"].as_i64());
        let (Some(issued), Some(expires)) = (issued, expires) else {
            return Err("The assertion has no iat or exp.");
        };
        if claim("iss") != client_id {
            Err("The assertion's iss is not its sub.")
        } else if claim("aud") != proof.audience {
            Err("The assertion's aud is not the token URL.")
        } else if expires <= now.as_second() || issued > now.as_second() || expires - issued > ASSERTION_LIVES
        {
            Err("The assertion is over, not yet good, or good for too long.")
        } else if claim("jti").is_empty() || self.shown.contains_key(claim("jti")) {
            Err("The assertion has no jti, or was shown before.")
        } else {
            self.shown.retain(|_, until| *until > now.as_second());
            self.shown.insert(claim("jti").to_owned(), expires);
            Ok(client_id)
        }
    }
}

/// An access token for an installation's own client, and its scope.
pub(crate) fn client_token(
    state: &SandboxState,
    client_id: &str,
    scope: Option<&str>,
) -> Result<Option<(String, String)>, getrandom::Error> {
    let (now, jti) = (state.now(), new_id()?);
    let mut world = state.world();
    let World { cloud, project, .. } = &mut *world;
    let Some((id, _)) = cloud.set(client_id) else { return Ok(None) };
    let Ok(of) = super::installation(&project.installations, id) else { return Ok(None) };
    let (scope, expires) = (scope.unwrap_or(DEFAULT_SCOPES).to_owned(), now + ACCESS_LIVES);
    let token = cloud.token_key.token(&json!({
        "iss": state.talkdesk_id(&of.account), "sub": client_id, "client_id": client_id, "scope": scope,
        "iat": now.as_second(), "exp": expires.as_second(), "jti": jti,
    }));
    cloud.access.retain(|_, granted| now < granted.expires);
    let granted = Granted { client_id: client_id.to_owned(), scope: scope.clone(), expires };
    cloud.access.insert(digest(&token), granted);
    Ok(Some((token, scope)))
}

/// What is known of an access token of an installation (RFC 7662).
pub(crate) fn introspection(state: &SandboxState, token: &str, client_id: &str) -> Value {
    let (world, now) = (state.world(), state.now());
    let known = world.cloud.access.get(&digest(token)).filter(|granted| now < granted.expires);
    // A token is nobody's business but its client's.
    match known.filter(|granted| granted.client_id == client_id) {
        Some(granted) => json!({
            "active": true, "token_type": "Bearer", "client_id": granted.client_id, "sub": granted.client_id,
            "scope": granted.scope, "exp": granted.expires.as_second(),
        }),
        None => json!({ "active": false }),
    }
}

/// A JWT of Talkdesk ID's with these claims.
pub(crate) fn signed(cloud: &Cloud, claims: &Value) -> String {
    cloud.token_key.token(claims)
}

/// The keys that access tokens are signed with (RFC 7517).
pub(crate) fn certificates(state: &SandboxState) -> Value {
    json!({ "keys": [state.world().cloud.token_key.jwk()] })
}
