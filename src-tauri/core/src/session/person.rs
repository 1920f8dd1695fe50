//! Who signed in: (issuer, subject) of a validated ID token, else of userinfo; never of an access token, which is
//! nobody's to read but the resource server's.
//!
//! The ID token comes straight from the token endpoint, by TLS (or on this computer's own loopback): that is the proof
//! of who made it, in the place of its signature (`OpenID` Connect Core §3.1.3.7, 6). Its claims are held to all else
//! that stands there.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::metadata::Metadata;
use crate::error::{Error, ErrorCode};
use crate::secret::Secret;
use crate::web::{Web, tidy};

/// How far a server's clock may be off, in milliseconds.
const SKEW: i64 = 120_000;

/// Who signed in, as the server tells it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Person {
    pub subject: String,
    pub name: String,
    pub email: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    nonce: Option<String>,
    #[serde(flatten)]
    told: Told,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// What a server tells of people.
#[derive(Deserialize)]
struct Told {
    name: Option<String>,
    preferred_username: Option<String>,
    email: Option<String>,
}

#[derive(Deserialize)]
struct Userinfo {
    sub: String,
    #[serde(flatten)]
    told: Told,
}

impl Told {
    fn into_person(self, subject: String) -> Person {
        let email = tidy(self.email.as_deref().unwrap_or_default());
        let name = [self.name, self.preferred_username].into_iter().flatten();
        let name = name.map(|name| tidy(&name)).find(|name| !name.is_empty());
        Person { subject, name: name.unwrap_or_else(|| email.clone()), email }
    }
}

/// Who it is. Where the server tells nothing of people, the person has no name.
pub(super) async fn who(
    web: &Web,
    metadata: &Metadata,
    client_id: &str,
    id_token: Option<&str>,
    nonce: &str,
    access: &Secret<String>,
    now: Timestamp,
) -> Result<Person, Error> {
    let told = id_token
        .map(|token| read(token, metadata.issuer.as_deref(), client_id, nonce, now))
        .transpose()
        .map_err(|claim| Error::new(ErrorCode::Platform).with("field", "id_token").with("claim", claim))?;
    if let Some(person) = &told
        && !person.name.is_empty()
    {
        return Ok(person.clone());
    }
    let Some(userinfo) = metadata.userinfo.clone() else { return Ok(told.unwrap_or_default()) };
    let request = web.get(userinfo).bearer_auth(access.expose());
    let request = request.build().map_err(|error| Error::internal(&error))?;
    let Userinfo { sub, told: more } = web.send(request).await?.json()?;
    match told {
        // Someone else's answer (OpenID Connect Core §5.3.2).
        Some(person) if person.subject != sub => {
            Err(Error::new(ErrorCode::Platform).with("field", "userinfo").with("claim", "sub"))
        }
        _ => Ok(more.into_person(sub)),
    }
}

/// The person of an ID token, or the claim that is wrong.
fn read(
    token: &str,
    issuer: Option<&str>,
    client_id: &str,
    nonce: &str,
    now: Timestamp,
) -> Result<Person, &'static str> {
    let mut parts = token.split('.');
    let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("form");
    };
    let claims = BASE64.decode(claims.trim_end_matches('=')).map_err(|_| "form")?;
    let claims: Claims = serde_json::from_slice(&claims).map_err(|_| "form")?;
    if issuer.is_some_and(|issuer| issuer != claims.iss) {
        return Err("iss");
    }
    let (ours, others) = match &claims.aud {
        Audience::One(one) => (one == client_id, false),
        Audience::Many(many) => (many.iter().any(|one| one == client_id), many.len() > 1),
    };
    if !ours {
        return Err("aud");
    }
    match claims.azp.as_deref() {
        Some(azp) if azp != client_id => return Err("azp"),
        None if others => return Err("azp"),
        _ => {}
    }
    if claims.exp.saturating_mul(1_000).saturating_add(SKEW) <= now.0 {
        return Err("exp");
    }
    if claims.nonce.as_deref() != Some(nonce) {
        return Err("nonce");
    }
    Ok(claims.told.into_person(claims.sub))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: i64 = 1_790_000_000_000;

    fn token(claims: &Value) -> String {
        format!("e30.{}.sig", BASE64.encode(claims.to_string()))
    }

    /// `OpenID` Connect Core §3.1.3.7.
    #[test]
    fn an_id_token_counts_only_when_it_is_for_this_sign_in() {
        let good = json!({
            "iss": "https://id.example", "sub": "s1", "aud": "console", "exp": NOW / 1_000 + 60, "nonce": "n",
            "name": "QA 1", "email": "qa@example.com",
        });
        let with = |name: &str, value: Value| {
            let mut claims = good.clone();
            claims[name] = value;
            token(&claims)
        };
        let read = |token: &str| read(token, Some("https://id.example"), "console", "n", Timestamp(NOW));
        let person = read(&token(&good)).unwrap();
        assert_eq!((person.subject.as_str(), person.name.as_str()), ("s1", "QA 1"));
        for (name, value, wrong) in [
            ("iss", json!("https://other.example"), "iss"),
            ("aud", json!("other"), "aud"),
            ("aud", json!([]), "aud"),
            ("aud", json!(["console", "other"]), "azp"),
            ("azp", json!("other"), "azp"),
            ("exp", json!(NOW / 1_000 - 121), "exp"),
            ("exp", json!("soon"), "form"),
            ("nonce", json!("m"), "nonce"),
            ("nonce", Value::Null, "nonce"),
            ("sub", Value::Null, "form"),
        ] {
            assert_eq!(read(&with(name, value.clone())), Err(wrong), "{name} {value}");
        }
        assert!(read(&with("exp", json!(NOW / 1_000 - 60))).is_ok(), "clocks differ");
        let mut several = good.clone();
        several["aud"] = json!(["console", "other"]);
        several["azp"] = json!("console");
        assert!(read(&token(&several)).is_ok());
        for form in ["", "a.b", "a.b.c", "e30.e30.sig", "e30.e30.sig.more"] {
            assert_eq!(read(form), Err("form"), "{form}");
        }
        let unnamed = read(&with("name", json!(""))).unwrap();
        assert_eq!(unnamed.name, "qa@example.com");
    }
}
