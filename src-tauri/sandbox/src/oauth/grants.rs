//! What was granted: requests that wait at the sign-in page, codes, tokens. Secrets are kept only as digests.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Person;
use crate::state::{digest, random};

const PENDING_LIVES: SignedDuration = SignedDuration::from_mins(10);
const CODE_LIVES: SignedDuration = SignedDuration::from_secs(60);
/// How long a spent code is remembered, so that its replay is noticed.
const CODE_KEPT: SignedDuration = SignedDuration::from_mins(10);
const REFRESH_LIVES: SignedDuration = SignedDuration::from_hours(30 * 24);
pub(super) const ACCESS_LIVES: SignedDuration = SignedDuration::from_mins(10);

/// An authorization request that was found good.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub client_id: String,
    pub redirect_uri: String,
    pub scope: String,
    pub state: Option<String>,
    /// None where a confidential client sent none, or the fault is on that makes the server ignore PKCE.
    pub challenge: Option<String>,
    /// The issuer that is told; none only where a fault says so.
    pub issuer: Option<String>,
}

struct Code {
    asked: Request,
    person: &'static Person,
    family: u64,
    made: Timestamp,
    spent: bool,
}

#[derive(Clone)]
struct Held {
    client_id: String,
    person: &'static Person,
    scope: String,
    /// All tokens that came of one sign-in; they are revoked together.
    family: u64,
    expires: Timestamp,
    rotated: Option<Timestamp>,
}

/// What a token request gets.
pub(super) struct Tokens {
    pub access: String,
    /// Whose they are; nobody's, where a client gets them by itself.
    pub person: Option<&'static Person>,
    pub refresh: Option<String>,
    pub scope: String,
}

/// Why a grant was refused, for people; on the wire each is `invalid_grant` or `invalid_scope`.
pub(super) enum Refused {
    Grant(&'static str),
    Scope(&'static str),
    Random,
}

impl From<getrandom::Error> for Refused {
    fn from(_: getrandom::Error) -> Self {
        Self::Random
    }
}

#[derive(Default)]
pub(crate) struct Grants {
    pending: HashMap<[u8; 32], (Request, Timestamp)>,
    codes: HashMap<[u8; 32], Code>,
    access: HashMap<[u8; 32], Held>,
    refresh: HashMap<[u8; 32], Held>,
    families: u64,
}

impl Grants {
    /// Keeps a request while a person chooses; the ticket finds it again, once.
    pub(super) fn wait(&mut self, asked: Request, now: Timestamp) -> Result<String, getrandom::Error> {
        self.forget(now);
        let ticket = random()?;
        self.pending.insert(digest(&ticket), (asked, now + PENDING_LIVES));
        Ok(ticket)
    }

    pub(super) fn waiting(&mut self, ticket: &str, now: Timestamp) -> Option<Request> {
        let (asked, until) = self.pending.remove(&digest(ticket))?;
        (now < until).then_some(asked)
    }

    pub(super) fn issue_code(
        &mut self,
        asked: Request,
        person: &'static Person,
        now: Timestamp,
    ) -> Result<String, getrandom::Error> {
        self.forget(now);
        let code = random()?;
        self.families += 1;
        let kept = Code { asked, person, family: self.families, made: now, spent: false };
        self.codes.insert(digest(&code), kept);
        Ok(code)
    }

    /// Spends a code: it is gone with its first use by its own client, a failed one included.
    pub(super) fn spend_code(
        &mut self,
        code: &str,
        client_id: &str,
        redirect_uri: &str,
        verifies: impl FnOnce(&str) -> bool,
        now: Timestamp,
    ) -> Result<Tokens, Refused> {
        let known = self.codes.get_mut(&digest(code)).filter(|code| code.asked.client_id == client_id);
        let Some(known) = known else {
            return Err(Refused::Grant("This code is not known for this client."));
        };
        if known.spent {
            let family = known.family;
            self.revoke_family(family);
            return Err(Refused::Grant("This code was used before; what came of it is revoked."));
        }
        known.spent = true;
        if now >= known.made + CODE_LIVES {
            return Err(Refused::Grant("This code has expired."));
        }
        if known.asked.redirect_uri != redirect_uri {
            return Err(Refused::Grant("The redirect_uri differs from the one the code was asked with."));
        }
        if !known.asked.challenge.as_deref().is_none_or(verifies) {
            return Err(Refused::Grant("The code_verifier does not fit the code_challenge."));
        }
        let held = Held {
            client_id: client_id.to_owned(),
            person: known.person,
            scope: known.asked.scope.clone(),
            family: known.family,
            expires: now,
            rotated: None,
        };
        Ok(self.issue(&held, held.scope.clone(), now)?)
    }

    /// Rotates a refresh token. One that was rotated already is taken for `grace` more; later it is a theft.
    pub(super) fn rotate(
        &mut self,
        refresh: &str,
        client_id: &str,
        scope: Option<&str>,
        grace: SignedDuration,
        now: Timestamp,
    ) -> Result<Tokens, Refused> {
        let key = digest(refresh);
        let known = self.refresh.get(&key).filter(|held| held.client_id == client_id && held.expires > now);
        let Some(held) = known.cloned() else {
            return Err(Refused::Grant("This refresh token is not valid, or not any more."));
        };
        if held.rotated.is_some_and(|at| now >= at + grace) {
            self.revoke_family(held.family);
            return Err(Refused::Grant("This refresh token was used before; its whole family is revoked."));
        }
        let scope = scope.unwrap_or(&held.scope);
        if !scope.split(' ').all(|token| held.scope.split(' ').any(|granted| granted == token)) {
            return Err(Refused::Scope("A refresh cannot widen the scope."));
        }
        let tokens = self.issue(&held, scope.to_owned(), now)?;
        if let Some(old) = self.refresh.get_mut(&key) {
            old.rotated.get_or_insert(now);
        }
        Ok(tokens)
    }

    fn issue(&mut self, held: &Held, scope: String, now: Timestamp) -> Result<Tokens, getrandom::Error> {
        self.forget(now);
        let access = random()?;
        let narrowed =
            Held { scope: scope.clone(), expires: now + ACCESS_LIVES, rotated: None, ..held.clone() };
        self.access.insert(digest(&access), narrowed);
        let refresh = if held.scope.split(' ').any(|token| token == "refresh_token") {
            let refresh = random()?;
            // The refresh token keeps the whole scope, however narrow this access token is (RFC 6749 §6).
            let kept = Held { expires: now + REFRESH_LIVES, rotated: None, ..held.clone() };
            self.refresh.insert(digest(&refresh), kept);
            Some(refresh)
        } else {
            None
        };
        Ok(Tokens { access, person: Some(held.person), refresh, scope })
    }

    /// Has an access token go by another text: a JWT says what the random one stands for.
    pub(super) fn rename(&mut self, access: &str, to: &str) {
        if let Some(held) = self.access.remove(&digest(access)) {
            self.access.insert(digest(to), held);
        }
    }

    /// Revokes a token of this client: a refresh token with its family, an access token alone.
    pub(super) fn revoke(&mut self, token: &str, client_id: &str) {
        let key = digest(token);
        if self.access.get(&key).is_some_and(|held| held.client_id == client_id) {
            self.access.remove(&key);
        }
        if let Some(held) = self.refresh.get(&key).filter(|held| held.client_id == client_id) {
            self.revoke_family(held.family);
        }
    }

    fn revoke_family(&mut self, family: u64) {
        self.access.retain(|_, held| held.family != family);
        self.refresh.retain(|_, held| held.family != family);
    }

    /// What is known of a client's token (RFC 7662), if it is one and holds.
    pub(super) fn told(&self, token: &str, client_id: &str, now: Timestamp) -> Option<Value> {
        let (key, own) = (digest(token), |held: &&Held| held.client_id == client_id && now < held.expires);
        let access = self.access.get(&key).filter(own);
        let held =
            access.or_else(|| self.refresh.get(&key).filter(own).filter(|held| held.rotated.is_none()))?;
        let mut told = json!({
            "active": true, "client_id": held.client_id, "sub": held.person.id, "scope": held.scope,
            "exp": held.expires.as_second(),
        });
        if access.is_some() {
            told["token_type"] = json!("Bearer");
        }
        Some(told)
    }

    /// What a person's access token is good for.
    pub fn scope(&self, access: &str, now: Timestamp) -> Option<&str> {
        self.access.get(&digest(access)).filter(|held| held.expires > now).map(|held| held.scope.as_str())
    }

    /// Which client got a person's access token, whose it is, and what it is good for.
    pub fn holder(&self, access: &str, now: Timestamp) -> Option<(&str, &'static Person, &str)> {
        let held = self.access.get(&digest(access)).filter(|held| held.expires > now)?;
        Some((&held.client_id, held.person, &held.scope))
    }

    /// Whose access token this is.
    pub(super) fn person(&self, access: &str, now: Timestamp) -> Option<&'static Person> {
        self.access.get(&digest(access)).filter(|held| held.expires > now).map(|held| held.person)
    }

    fn forget(&mut self, now: Timestamp) {
        self.pending.retain(|_, (_, until)| *until > now);
        self.codes.retain(|_, code| code.made + CODE_KEPT > now);
        self.access.retain(|_, held| held.expires > now);
        self.refresh.retain(|_, held| held.expires > now);
    }
}
