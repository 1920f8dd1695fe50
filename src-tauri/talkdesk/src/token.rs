//! Access tokens of Talkdesk ID by client credentials (R/cc-jwt, R/authorization-code-basic, RFC 6749 §4.4): by HTTP
//! Basic, or by `private_key_jwt`, which a listing on `AppConnect` demands.
//!
//! A token lives some 10 minutes. It is kept until shortly before it expires, and fetched by one caller while the others
//! wait. A server's error is looked for before its token, whatever the status.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::ambient::Ambient;
use crate::assertion::SigningKey;
use crate::problem::Problem;
use crate::secret::Secret;
use crate::wire::{Answer, Body, Call, Failure, Wire};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// What is assumed of a token whose server does not say how long it lives.
const ASSUMED_SECONDS: i64 = 300;
/// How long before its end a token is not used any more, or half its life if that is shorter.
const MARGIN_SECONDS: i64 = 30;

/// How a client says who it is.
#[derive(Clone, Debug)]
pub enum Authentication {
    /// By its secret, in HTTP Basic.
    Basic(Secret<String>),
    /// By an assertion that it signs.
    PrivateKeyJwt {
        /// The key's id.
        key_id: String,
        /// The key.
        key: SigningKey,
    },
}

/// An access token.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token itself.
    pub access: Secret<String>,
    /// When it expires.
    pub expires_at: Timestamp,
    /// The scopes that were granted, as the server words them.
    pub scope: Option<String>,
    /// Until when it is used.
    fresh_until: Timestamp,
}

/// Gets tokens for one client at one Talkdesk ID.
pub struct Tokens {
    wire: Wire,
    ambient: Ambient,
    url: Url,
    client_id: String,
    authentication: Authentication,
    scopes: Vec<String>,
    kept: Mutex<Kept>,
    attempts: AtomicU64,
}

#[derive(Default)]
struct Kept {
    token: Option<Token>,
    /// What the latest attempt ended in, if it failed.
    failure: Option<Failure>,
}

impl Tokens {
    /// `url` is the installation's own `_links.tokens`. Without scopes the server grants what the client has.
    pub fn new(
        wire: Wire,
        ambient: Ambient,
        url: Url,
        client_id: impl Into<String>,
        authentication: Authentication,
        scopes: &[&str],
    ) -> Self {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let (kept, attempts) = (Mutex::default(), AtomicU64::new(0));
        Self { wire, ambient, url, client_id: client_id.into(), authentication, scopes, kept, attempts }
    }

    /// A token that is good for some time still.
    pub async fn get(&self) -> Result<Token, Failure> {
        let seen = self.attempts.load(Ordering::Acquire);
        let mut kept = self.kept.lock().await;
        if let Some(token) = kept.token.as_ref().filter(|token| self.ambient.now() < token.fresh_until) {
            return Ok(token.clone());
        }
        // An attempt that ended while this one waited for it was this one's too.
        if self.attempts.load(Ordering::Acquire) != seen
            && let Some(failure) = &kept.failure
        {
            return Err(failure.clone());
        }
        let fetched = self.fetch().await;
        self.attempts.fetch_add(1, Ordering::AcqRel);
        kept.failure = fetched.as_ref().err().cloned();
        kept.token = fetched.as_ref().ok().cloned();
        fetched
    }

    /// Forgets a token that a server did not take, unless another is kept by now.
    pub async fn forget(&self, refused: &Token) {
        let mut kept = self.kept.lock().await;
        let same = |token: &mut Token| token.access.expose() == refused.access.expose();
        if kept.token.as_mut().is_some_and(same) {
            kept.token = None;
        }
    }

    async fn fetch(&self) -> Result<Token, Failure> {
        let asked_at = self.ambient.now();
        let answer = self.wire.send(self.request(asked_at)?, asked_at).await?;
        read_token(&answer, asked_at)
    }

    fn request(&self, now: Timestamp) -> Result<Call<'static>, Failure> {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        if !self.scopes.is_empty() {
            form.append_pair("scope", &self.scopes.join(" "));
        }
        let authorization = match &self.authentication {
            Authentication::Basic(secret) => {
                // Each part is form-encoded within (RFC 6749 §2.3.1).
                let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                let pair = Secret::new(format!("{}:{}", encoded(&self.client_id), encoded(secret.expose())));
                Some(Secret::new(format!("Basic {}", STANDARD.encode(pair.expose()))))
            }
            Authentication::PrivateKeyJwt { key_id, key } => {
                let jti = self.ambient.random_id();
                let jti = jti.map_err(|_| Failure::Internal("the system gives no random bytes"))?;
                let assertion = key.assertion(key_id, &self.client_id, self.url.as_str(), &jti, now);
                let assertion = assertion.map_err(|_| Failure::Internal("the private key cannot sign"))?;
                form.append_pair("client_assertion_type", ASSERTION_TYPE);
                form.append_pair("client_assertion", assertion.expose());
                None
            }
        };
        let body = Body::Form(Secret::new(form.finish()));
        Ok(Call { method: Method::POST, url: self.url.clone(), authorization, body })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// Reads the answer of a token endpoint. `asked_at` is the moment of the question, so that the way back takes nothing off
/// the token's life unnoticed.
fn read_token(answer: &Answer, asked_at: Timestamp) -> Result<Token, Failure> {
    #[derive(Deserialize)]
    struct Told {
        access_token: Secret<String>,
        token_type: String,
        expires_in: Option<i64>,
        scope: Option<String>,
    }
    if !answer.status.is_success() || Problem::is_oauth(&answer.body) {
        return Err(answer.refusal());
    }
    let unreadable = |place: &str| Failure::Unreadable { host: answer.host.clone(), place: place.to_owned() };
    // The error's own words may quote the token.
    let told: Told = serde_json::from_slice(&answer.body).map_err(|_| unreadable("access_token"))?;
    if !told.token_type.eq_ignore_ascii_case("bearer") {
        return Err(unreadable("token_type"));
    }
    if told.access_token.expose().is_empty() {
        return Err(unreadable("access_token"));
    }
    // A server's year is enough; more could leave the calendar.
    let seconds = told.expires_in.unwrap_or(ASSUMED_SECONDS).clamp(0, 365 * 24 * 60 * 60);
    let margin = MARGIN_SECONDS.min(seconds / 2);
    Ok(Token {
        access: told.access_token,
        expires_at: asked_at + SignedDuration::from_secs(seconds),
        fresh_until: asked_at + SignedDuration::from_secs(seconds - margin),
        scope: told.scope,
    })
}

#[cfg(test)]
#[path = "token/tests.rs"]
mod tests;
