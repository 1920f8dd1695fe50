//! Identity providers: whose access tokens are taken, and what is read from one.
//!
//! A token is a JWT (RFC 9068 in spirit; many servers issue plain ones), signed by a key of the provider's key set, from
//! the issuer, for this service's own audience, in its time. A token meant for another service is none for us, however
//! well it is signed. Nothing is taken from a token before all of that was checked.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{Role, Timestamp};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{DecodingKey, Validation, dangerous, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};
use talkdesk::address::is_guarded;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::crypto;
use super::people::address;

/// How far a provider's clock may be from ours, in seconds.
const LEEWAY: u64 = 60;
/// How long a key set is used before it is asked for again.
const KEEP: Duration = Duration::from_hours(1);
/// A token with an unknown key has the set asked for again, no oftener than this.
const AGAIN: Duration = Duration::from_secs(10);
/// The largest answer of a provider, in bytes, and how long it may take.
const LARGEST: usize = 256 * 1024;
const ANSWER: Duration = Duration::from_secs(5);
/// The longest token, in bytes.
const LONGEST: usize = 16 * 1024;

/// An identity provider, as configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// `iss` of its tokens, exactly; its metadata is found below it (`OpenID` Connect Discovery 1.0, RFC 8414).
    pub issuer: String,
    /// `aud` of the tokens that are meant for this service, and for no other.
    pub audience: String,
    /// Where its keys are, where it has no metadata.
    #[serde(default)]
    pub jwks_uri: Option<Url>,
    /// Roles that a claim grants to members, beside those given here. None, unless configured.
    #[serde(default)]
    pub grants: Option<Grants>,
    /// How desktops sign in there: they are told it, so that nobody has to type it.
    #[serde(default)]
    pub desktop: Option<Desktop>,
}

/// The desktop's registration at a provider: a public client (RFC 8252), so no secret is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desktop {
    /// The client's id.
    pub client_id: String,
    /// The scopes to ask for, such as the one that brings this service's audience.
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// What a claim grants.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grants {
    /// The claim: a text, or a list of texts. `a.b` is claim `b` within claim `a`.
    pub claim: String,
    /// The roles that each of its values grants.
    pub roles: BTreeMap<String, Vec<Role>>,
}

/// Whom a token stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Verified {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// As [`address`] gives it, and verified by the provider.
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) granted: Vec<Role>,
    pub(crate) expires_at: Timestamp,
}

impl Verified {
    /// A name to be shown.
    pub(crate) fn shown_name(&self) -> String {
        let name = self.name.as_deref().or(self.email.as_deref()).unwrap_or(&self.subject);
        name.chars().filter(|c| !c.is_control()).take(domain::text::LINE).collect()
    }
}

/// Why a token is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TokenError {
    /// It is no JWT: the provider has to be told to issue access tokens for this audience.
    Opaque,
    Issuer,
    Audience,
    Expired,
    NotYet,
    Key,
    Signature,
    /// Something else that a token must have is missing or wrong.
    Malformed,
    /// The provider's keys cannot be had now: nothing is said about the token.
    Unavailable,
}

impl TokenError {
    /// A word for it, as it is answered.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Opaque => "opaque_token",
            Self::Issuer => "unknown_issuer",
            Self::Audience => "wrong_audience",
            Self::Expired => "expired",
            Self::NotYet => "not_yet_valid",
            Self::Key => "unknown_key",
            Self::Signature => "bad_signature",
            Self::Malformed => "malformed",
            Self::Unavailable => "identity_provider",
        }
    }
}

/// Checks tokens.
pub(crate) struct Verifier {
    issuers: Vec<Issuer>,
    client: reqwest::Client,
}

struct Issuer {
    provider: Provider,
    /// Behind one lock: however many tokens come with a new key, its set is asked for once.
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    keys: Option<JwkSet>,
    userinfo: Option<Url>,
    asked_at: Option<Instant>,
}

/// What of a provider's metadata is used.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: Url,
    userinfo_endpoint: Option<Url>,
}

impl Verifier {
    pub(crate) fn new(providers: Vec<Provider>) -> Result<Self, reqwest::Error> {
        crypto::install();
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ANSWER)
            .user_agent(concat!("partner-service/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let issuer = |provider| Issuer { provider, found: Mutex::default() };
        Ok(Self { issuers: providers.into_iter().map(issuer).collect(), client })
    }

    /// Checks a token and reads whom it stands for.
    pub(crate) async fn verify(&self, token: &str) -> Result<Verified, TokenError> {
        if token.split('.').count() != 3 || token.len() > LONGEST {
            return Err(TokenError::Opaque);
        }
        let header = decode_header(token).map_err(|_| TokenError::Opaque)?;
        if !crypto::ALGORITHMS.contains(&header.alg) {
            return Err(TokenError::Signature);
        }
        // Only to know whose keys to look for; it counts once it was verified.
        let claimed: Map<String, Value> =
            dangerous::insecure_decode_claims(token).map_err(|_| TokenError::Malformed)?;
        let is =
            |issuer: &&Issuer| claimed.get("iss").and_then(Value::as_str) == Some(&issuer.provider.issuer);
        let issuer = self.issuers.iter().find(is).ok_or(TokenError::Issuer)?;
        let key = self.key(issuer, header.kid.as_deref()).await?;
        if key.common.key_algorithm.is_some_and(|of| of.to_string() != format!("{:?}", header.alg)) {
            return Err(TokenError::Signature);
        }
        let key = DecodingKey::from_jwk(&key).map_err(|_| TokenError::Key)?;
        if !key.family().algorithms().contains(&header.alg) {
            return Err(TokenError::Signature);
        }
        let mut validation = Validation::new(header.alg);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[&issuer.provider.issuer]);
        validation.set_audience(&[&issuer.provider.audience]);
        let claims =
            decode::<Map<String, Value>>(token, &key, &validation).map_err(|error| refused(&error))?.claims;
        read(&issuer.provider, &claims)
    }

    /// The verified address of somebody whose token tells none, by the provider's own answer about that token.
    pub(crate) async fn email(&self, who: &Verified, token: &str) -> Option<String> {
        if who.email.is_some() {
            return who.email.clone();
        }
        let issuer = self.issuers.iter().find(|issuer| issuer.provider.issuer == who.issuer)?;
        let userinfo = issuer.found.lock().await.userinfo.clone()?;
        let asked = self.client.get(userinfo).bearer_auth(token);
        let claims: Map<String, Value> = answer(asked).await.ok()?;
        // OpenID Connect Core 1.0, §5.3.2: an answer about somebody else is not to be used.
        (claims.get("sub").and_then(Value::as_str) == Some(&who.subject)).then(|| verified_email(&claims))?
    }

    /// The key that a token names, or the only one.
    async fn key(&self, issuer: &Issuer, id: Option<&str>) -> Result<Jwk, TokenError> {
        let mut found = issuer.found.lock().await;
        let age = found.asked_at.map(|at| at.elapsed());
        let known = found.keys.as_ref().and_then(|keys| pick(keys, id));
        match (known, age) {
            (Some(key), Some(age)) if age < KEEP => return Ok(key),
            (None, Some(age)) if age < AGAIN => {
                return Err(if found.keys.is_some() { TokenError::Key } else { TokenError::Unavailable });
            }
            _ => {}
        }
        found.asked_at = Some(Instant::now());
        match self.find(&issuer.provider).await {
            Ok((keys, userinfo)) => (found.keys, found.userinfo) = (Some(keys), userinfo),
            // What is known goes on to be of use while the provider is away.
            Err(error) => {
                tracing::error!(error, issuer = issuer.provider.issuer, "the provider's keys cannot be had");
            }
        }
        let keys = found.keys.as_ref().ok_or(TokenError::Unavailable)?;
        pick(keys, id).ok_or(TokenError::Key)
    }

    async fn find(&self, provider: &Provider) -> Result<(JwkSet, Option<Url>), String> {
        let (keys, userinfo) = if let Some(keys) = &provider.jwks_uri {
            (keys.clone(), None)
        } else {
            let below = provider.issuer.trim_end_matches('/');
            let metadata: Metadata =
                answer(self.client.get(format!("{below}/.well-known/openid-configuration"))).await?;
            if metadata.issuer != provider.issuer {
                return Err(format!("the metadata is that of {}", metadata.issuer));
            }
            (metadata.jwks_uri, metadata.userinfo_endpoint)
        };
        if !(is_guarded(&keys) && userinfo.as_ref().is_none_or(is_guarded)) {
            return Err("neither https nor loopback".to_owned());
        }
        Ok((answer(self.client.get(keys)).await?, userinfo))
    }
}

async fn answer<T: for<'a> Deserialize<'a>>(asked: reqwest::RequestBuilder) -> Result<T, String> {
    let said = |error: reqwest::Error| error.to_string();
    let mut answer = asked.send().await.and_then(reqwest::Response::error_for_status).map_err(said)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(said)? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err("the answer is too large".to_owned());
        }
    }
    serde_json::from_slice(&body).map_err(|error| error.to_string())
}

fn pick(keys: &JwkSet, id: Option<&str>) -> Option<Jwk> {
    match (id, keys.keys.as_slice()) {
        (Some(id), _) => keys.find(id).cloned(),
        (None, [only]) => Some(only.clone()),
        (None, _) => None,
    }
}

fn refused(error: &jsonwebtoken::errors::Error) -> TokenError {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::ExpiredSignature => TokenError::Expired,
        ErrorKind::ImmatureSignature => TokenError::NotYet,
        ErrorKind::InvalidAudience => TokenError::Audience,
        ErrorKind::InvalidIssuer => TokenError::Issuer,
        ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => TokenError::Signature,
        _ => TokenError::Malformed,
    }
}

fn read(provider: &Provider, claims: &Map<String, Value>) -> Result<Verified, TokenError> {
    let text =
        |name: &str| claims.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let subject = text("sub").filter(|subject| subject.len() <= 255).ok_or(TokenError::Malformed)?;
    let expires = claims.get("exp").and_then(Value::as_i64).ok_or(TokenError::Malformed)?;
    Ok(Verified {
        issuer: provider.issuer.clone(),
        subject: subject.to_owned(),
        email: verified_email(claims),
        name: text("name").or_else(|| text("preferred_username")).map(str::to_owned),
        granted: provider.grants.as_ref().map(|grants| grants.of(claims)).unwrap_or_default(),
        expires_at: Timestamp(expires.saturating_mul(1000)),
    })
}

/// An address that the provider says it has verified (`OpenID` Connect Core 1.0, §5.1).
fn verified_email(claims: &Map<String, Value>) -> Option<String> {
    let verified = claims.get("email_verified").and_then(Value::as_bool) == Some(true);
    address(claims.get("email")?.as_str()?).filter(|_| verified)
}

impl Grants {
    fn of(&self, claims: &Map<String, Value>) -> Vec<Role> {
        let mut found = claims.get(self.claim.split('.').next().unwrap_or_default());
        for name in self.claim.split('.').skip(1) {
            found = found.and_then(|claim| claim.get(name));
        }
        // A claim's own name may hold dots: names of other parties are URLs.
        let values = match claims.get(&self.claim).or(found) {
            Some(Value::String(value)) => vec![value.as_str()],
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mut roles: Vec<Role> =
            values.iter().filter_map(|value| self.roles.get(*value)).flatten().copied().collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }
}
