//! How this app is registered at an authorization server, as a person enters it. No secret is in it: a client's secret
//! or private key lies in the vault under the registration's id.

use domain::Place;
use domain::text::LINE;
use serde::{Deserialize, Serialize};
use talkdesk::address::{is_guarded, is_loopback};
use talkdesk::assertion::Algorithm;
use url::Url;
use uuid::Uuid;

use crate::error::{Error, ErrorCode};
use crate::vault;
use crate::web::server_url;

/// Most ports and scopes that a registration names.
const LIST: usize = 50;

/// A client registration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Registration {
    /// Its id here; its secret lies in the vault under it.
    pub id: Uuid,
    /// What a person calls it: *Sample Apps, US*.
    pub name: String,
    /// The server.
    pub server: AuthServer,
    /// The client's id there.
    pub client_id: String,
    /// How the client proves at the token endpoint who it is.
    pub auth: ClientAuth,
    /// Where the server sends the person back to.
    pub redirect: Redirect,
    /// The scopes to ask for; none: of those that the server offers, what a sign-in needs.
    pub scopes: Vec<String>,
    /// Where the server's page is shown.
    pub by: Way,
}

/// An authorization server: one that says what it has, or one whose addresses are known (Talkdesk ID has a host for
/// each account and region, and documents no metadata).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "known_by", rename_all = "snake_case")]
pub enum AuthServer {
    /// Its metadata says the rest (RFC 8414, `OpenID` Connect Discovery).
    Issuer {
        /// The issuer.
        issuer: String,
    },
    /// Entered by hand.
    Endpoints {
        /// The authorization endpoint.
        authorization: String,
        /// The token endpoint.
        token: String,
        /// Whom to ask for the person; may be empty.
        userinfo: String,
        /// Where tokens are revoked (RFC 7009); may be empty.
        revocation: String,
    },
}

/// How a client proves who it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ClientAuth {
    /// It is a public client: PKCE is all (RFC 8252).
    None,
    /// By its secret, in HTTP's Basic authentication.
    Basic,
    /// By an assertion that it signs (RFC 7523).
    PrivateKeyJwt {
        /// Such as `ES256` (RFC 7518 §3.1).
        algorithm: String,
        /// The key's id at the server.
        key_id: String,
    },
}

impl ClientAuth {
    /// What has to lie in the vault for it.
    pub fn secret(&self) -> Option<vault::Kind> {
        match self {
            Self::None => None,
            Self::Basic => Some(vault::Kind::ClientSecret),
            Self::PrivateKeyJwt { .. } => Some(vault::Kind::PrivateKey),
        }
    }
}

/// Where the server sends the person back to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Redirect {
    /// To this computer, at a port that is free (RFC 8252 §7.3).
    Loopback,
    /// To this computer, at the first free one of the ports that are registered.
    Ports {
        /// The ports.
        ports: Vec<u16>,
    },
    /// To an https address that is registered and need not exist: the sign-in window catches it before it is fetched.
    Https {
        /// The address.
        uri: String,
    },
}

/// Where the server's page is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// In the app's own sign-in window.
    Window,
    /// In the person's browser.
    Browser,
}

impl Registration {
    /// The registration as it is kept, or the input at fault.
    pub fn checked(self) -> Result<Self, Error> {
        let invalid = |input| Error::new(ErrorCode::Invalid).at(Place::input(input));
        let address = |text: &str, input| -> Result<String, Error> {
            let text = text.trim();
            let url = Url::parse(text).ok().filter(|_| text.len() <= LINE).filter(is_guarded);
            url.filter(|url| url.fragment().is_none()).map(|_| text.to_owned()).ok_or_else(|| invalid(input))
        };
        let optional = |text: &str, input| {
            if text.trim().is_empty() { Ok(String::new()) } else { address(text, input) }
        };
        let server = match &self.server {
            AuthServer::Issuer { issuer } => {
                let issuer = issuer.trim();
                server_url(issuer).ok_or_else(|| invalid("issuer"))?;
                AuthServer::Issuer { issuer: issuer.to_owned() }
            }
            AuthServer::Endpoints { authorization, token, userinfo, revocation } => AuthServer::Endpoints {
                authorization: address(authorization, "authorization")?,
                token: address(token, "token")?,
                userinfo: optional(userinfo, "userinfo")?,
                revocation: optional(revocation, "revocation")?,
            },
        };
        let client_id = self.client_id.trim().to_owned();
        if client_id.is_empty() || client_id.len() > LINE || client_id.chars().any(char::is_control) {
            return Err(invalid("client_id"));
        }
        let auth = match self.auth {
            ClientAuth::PrivateKeyJwt { algorithm, key_id } => {
                let key_id = domain::text::line(&key_id, LINE, "key_id")?;
                Algorithm::named(&algorithm).ok_or_else(|| invalid("algorithm"))?;
                ClientAuth::PrivateKeyJwt { algorithm, key_id }
            }
            other => other,
        };
        let redirect = match self.redirect {
            Redirect::Ports { mut ports } => {
                ports.dedup();
                if ports.is_empty() || ports.len() > LIST || ports.iter().any(|port| *port < 1_024) {
                    return Err(invalid("ports"));
                }
                Redirect::Ports { ports }
            }
            Redirect::Https { uri } => {
                let uri = address(&uri, "redirect")?;
                // One on loopback would be served by nobody: for this there are the other two.
                if Url::parse(&uri).is_ok_and(|url| is_loopback(&url)) {
                    return Err(invalid("redirect"));
                }
                Redirect::Https { uri }
            }
            Redirect::Loopback => Redirect::Loopback,
        };
        // A scope is printable ASCII without quotes and backslashes (RFC 6749 §3.3).
        let fits = |scope: &String| scope.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
        let scopes: Vec<String> =
            self.scopes.iter().flat_map(|scope| scope.split_whitespace()).map(str::to_owned).collect();
        if scopes.len() > LIST || !scopes.iter().all(fits) {
            return Err(invalid("scopes"));
        }
        let name = domain::text::line(&self.name, LINE, "name")?;
        Ok(Self { name, server, client_id, auth, redirect, scopes, id: self.id, by: self.by })
    }

    /// The input that names the server.
    pub(super) fn server_input(&self) -> &'static str {
        match self.server {
            AuthServer::Issuer { .. } => "issuer",
            AuthServer::Endpoints { .. } => "token",
        }
    }

    /// The host that a person knows the server by.
    pub fn host(&self) -> String {
        let address = match &self.server {
            AuthServer::Issuer { issuer } => issuer,
            AuthServer::Endpoints { authorization, .. } => authorization,
        };
        let url = Url::parse(address).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Registration {
        Registration {
            id: Uuid::from_u128(1),
            name: " Sample Apps, US ".to_owned(),
            server: AuthServer::Issuer { issuer: " https://id.example ".to_owned() },
            client_id: " console ".to_owned(),
            auth: ClientAuth::None,
            redirect: Redirect::Loopback,
            scopes: vec!["openid  account:read".to_owned()],
            by: Way::Window,
        }
    }

    #[test]
    fn a_registration_is_kept_as_it_is_used_or_says_which_input_is_wrong() {
        type Change = Box<dyn Fn(&mut Registration)>;
        let kept = good().checked().unwrap();
        assert_eq!((kept.name.as_str(), kept.client_id.as_str()), ("Sample Apps, US", "console"));
        assert_eq!(kept.scopes, ["openid", "account:read"]);
        assert_eq!(kept.host(), "id.example");

        let by_hand = |authorization: &str, token: &str, userinfo: &str| AuthServer::Endpoints {
            authorization: authorization.to_owned(),
            token: token.to_owned(),
            userinfo: userinfo.to_owned(),
            revocation: String::new(),
        };
        let id = "https://sample.talkdeskid.com/oauth";
        let https = |uri: &str| Redirect::Https { uri: uri.to_owned() };
        let jwt = |algorithm: &str, key_id: &str| ClientAuth::PrivateKeyJwt {
            algorithm: algorithm.to_owned(),
            key_id: key_id.to_owned(),
        };
        let cases: Vec<(Option<&str>, Change)> = vec![
            (
                None,
                Box::new(move |r| {
                    r.server = by_hand(&format!("{id}/authorize?a=b"), &format!("{id}/token"), "");
                }),
            ),
            (Some("authorization"), Box::new(move |r| r.server = by_hand("", id, ""))),
            (Some("token"), Box::new(move |r| r.server = by_hand(id, "http://10.0.0.1/token", ""))),
            (Some("userinfo"), Box::new(move |r| r.server = by_hand(id, id, "file:///etc/passwd"))),
            (Some("issuer"), Box::new(|r| r.server = AuthServer::Issuer { issuer: "id.example".to_owned() })),
            (Some("client_id"), Box::new(|r| r.client_id = "a\nb".to_owned())),
            (Some("client_id"), Box::new(|r| r.client_id = " ".to_owned())),
            (None, Box::new(|r| r.redirect = Redirect::Ports { ports: vec![8_181, 8_182] })),
            (Some("ports"), Box::new(|r| r.redirect = Redirect::Ports { ports: vec![] })),
            (Some("ports"), Box::new(|r| r.redirect = Redirect::Ports { ports: vec![80] })),
            (None, Box::new(move |r| r.redirect = https("https://partner.example/callback"))),
            (Some("redirect"), Box::new(move |r| r.redirect = https("http://partner.example/callback"))),
            (Some("redirect"), Box::new(move |r| r.redirect = https("https://127.0.0.1/callback"))),
            (Some("redirect"), Box::new(move |r| r.redirect = https("https://partner.example/#a"))),
            (None, Box::new(move |r| r.auth = jwt("ES512", "k1"))),
            (Some("algorithm"), Box::new(move |r| r.auth = jwt("none", "k1"))),
            (Some("key_id"), Box::new(move |r| r.auth = jwt("ES256", " "))),
            (Some("scopes"), Box::new(|r| r.scopes = vec!["a\"b".to_owned()])),
            (Some("name"), Box::new(|r| r.name = " ".to_owned())),
        ];
        for (at, (wrong, change)) in cases.into_iter().enumerate() {
            let mut registration = good();
            change(&mut registration);
            let input = registration.checked().err().and_then(|error| error.place?.input);
            assert_eq!(input.as_deref(), wrong, "case {at}");
        }
    }
}
