//! What a server says of itself (RFC 8414, or `OpenID` Connect Discovery where it knows only that): where to sign in,
//! where to get tokens, whom to ask for the person. Where a server says nothing, a person entered it.

use serde::{Deserialize, Serialize};
use talkdesk::address::is_guarded;
use url::Url;

use super::registration::{AuthServer, Registration};

use crate::error::{Error, ErrorCode};
use crate::web::{Answer, Web};

/// RFC 8414 §3 puts this between the host and the path.
const OAUTH: &str = "/.well-known/oauth-authorization-server";
/// `OpenID` Connect Discovery §4 puts this after the path.
const OPENID: &str = "/.well-known/openid-configuration";

/// Of a server's scopes, those that a sign-in asks for: who the person is and is called, and a refresh token, which servers
/// word differently.
const SCOPES: [&str; 4] = ["openid", "profile", "refresh_token", "offline_access"];

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Metadata {
    /// The issuer in the server's own spelling; none where its addresses were entered by hand.
    pub issuer: Option<String>,
    pub authorization: Url,
    pub token: Url,
    pub userinfo: Option<Url>,
    pub revocation: Option<Url>,
    /// What a sign-in asks for, unless the registration says it.
    pub scopes: Vec<String>,
    /// Whether the server tells who sends the person back (RFC 9207).
    pub tells_issuer: bool,
}

#[derive(Deserialize)]
struct Wire {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    scopes_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// What is known of a registration's server: asked for, or as it was entered.
    pub async fn find(web: &Web, registration: &Registration) -> Result<Self, Error> {
        match &registration.server {
            AuthServer::Issuer { issuer } => {
                let issuer = crate::web::server_url(issuer).ok_or_else(|| wrong("issuer"))?;
                Self::fetch(web, &issuer).await
            }
            AuthServer::Endpoints { authorization, token, userinfo, revocation } => {
                let url =
                    |name, text: &str| Url::parse(text).ok().filter(is_guarded).ok_or_else(|| wrong(name));
                let optional = |name, text: &str| (!text.is_empty()).then(|| url(name, text)).transpose();
                Ok(Self {
                    issuer: None,
                    authorization: url("authorization_endpoint", authorization)?,
                    token: url("token_endpoint", token)?,
                    userinfo: optional("userinfo_endpoint", userinfo)?,
                    revocation: optional("revocation_endpoint", revocation)?,
                    scopes: vec!["openid".to_owned()],
                    tells_issuer: false,
                })
            }
        }
    }

    async fn fetch(web: &Web, issuer: &Url) -> Result<Self, Error> {
        let mut answer = Self::ask(web, at(issuer, OAUTH)).await?;
        if answer.status.is_client_error() {
            let openid = Self::ask(web, after(issuer, OPENID)).await?;
            if openid.status.is_success() {
                answer = openid;
            }
        }
        let wire: Wire = answer.json().map_err(|error| match error.code {
            // Nobody has asked for anything of theirs yet: the server is no server to sign in at.
            ErrorCode::Forbidden | ErrorCode::NotFound => Error { code: ErrorCode::Platform, ..error },
            _ => error,
        })?;
        Self::read(wire, issuer)
    }

    async fn ask(web: &Web, address: Url) -> Result<Answer, Error> {
        let request = web.get(address).build().map_err(|error| Error::internal(&error))?;
        Ok(web.send(request).await?)
    }

    fn read(wire: Wire, issuer: &Url) -> Result<Self, Error> {
        // Exact (RFC 8414 §3.3) but for the slash at the end, which people cannot know.
        let bare = |text: &str| text.trim_end_matches('/').to_owned();
        if bare(&wire.issuer) != bare(issuer.as_str()) {
            return Err(wrong("issuer"));
        }
        let endpoint = |name: &str, text: &str| {
            let url = Url::parse(text).ok().filter(|url| url.fragment().is_none() && is_guarded(url));
            url.filter(|url| url.scheme() == issuer.scheme()).ok_or_else(|| wrong(name))
        };
        let userinfo = wire.userinfo_endpoint.as_deref().map(|text| endpoint("userinfo_endpoint", text));
        let revocation =
            wire.revocation_endpoint.as_deref().map(|text| endpoint("revocation_endpoint", text));
        let scopes = match wire.scopes_supported {
            Some(known) => SCOPES.into_iter().filter(|scope| known.iter().any(|k| k == scope)).collect(),
            None => vec!["openid"],
        };
        Ok(Self {
            authorization: endpoint("authorization_endpoint", &wire.authorization_endpoint)?,
            token: endpoint("token_endpoint", &wire.token_endpoint)?,
            userinfo: userinfo.transpose()?,
            revocation: revocation.transpose()?,
            scopes: scopes.into_iter().map(str::to_owned).collect(),
            tells_issuer: wire.authorization_response_iss_parameter_supported,
            issuer: Some(wire.issuer),
        })
    }
}

fn at(issuer: &Url, well_known: &str) -> Url {
    let mut address = issuer.clone();
    address.set_path(&format!("{well_known}{}", issuer.path().trim_end_matches('/')));
    address
}

fn after(issuer: &Url, well_known: &str) -> Url {
    let mut address = issuer.clone();
    address.set_path(&format!("{}{well_known}", issuer.path().trim_end_matches('/')));
    address
}

/// A member of the metadata that cannot be used.
fn wrong(member: &str) -> Error {
    Error::new(ErrorCode::Platform).with("field", member)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_metadatas_address_keeps_the_issuers_path() {
        for (issuer, oauth, openid) in [
            (
                "https://id.example",
                "/.well-known/oauth-authorization-server",
                "/.well-known/openid-configuration",
            ),
            (
                "https://id.example/",
                "/.well-known/oauth-authorization-server",
                "/.well-known/openid-configuration",
            ),
            (
                "https://id.example/a/b/",
                "/.well-known/oauth-authorization-server/a/b",
                "/a/b/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(at(&url(issuer), OAUTH).path(), oauth);
            assert_eq!(after(&url(issuer), OPENID).path(), openid);
        }
    }

    #[test]
    fn metadata_is_used_only_where_it_is_the_issuers_and_its_addresses_are_safe() {
        let with = |change: &[(&str, Value)]| {
            let mut body = json!({
                "issuer": "https://id.example",
                "authorization_endpoint": "https://id.example/authorize?tenant=1",
                "token_endpoint": "https://id.example/token",
                "scopes_supported": ["email", "openid", "profile", "offline_access"],
            });
            for (name, value) in change {
                body[*name] = value.clone();
            }
            Metadata::read(serde_json::from_value(body).unwrap(), &url("https://id.example"))
        };
        let good = with(&[]).unwrap();
        assert_eq!(good.scopes, ["openid", "profile", "offline_access"]);
        assert!(!good.tells_issuer && good.userinfo.is_none());
        let slash = with(&[("issuer", json!("https://id.example/"))]).unwrap().issuer;
        assert_eq!(slash.as_deref(), Some("https://id.example/"));
        assert_eq!(with(&[("scopes_supported", Value::Null)]).unwrap().scopes, ["openid"]);
        for (name, value) in [
            ("issuer", "https://id.example.evil.example"),
            ("issuer", "https://id.example/other"),
            ("authorization_endpoint", "javascript:alert(1)"),
            ("authorization_endpoint", "http://id.example/authorize"),
            ("token_endpoint", "http://127.0.0.1/token"),
            ("token_endpoint", "/token"),
            ("userinfo_endpoint", "file:///etc/passwd"),
            ("revocation_endpoint", "http://id.example/revoke"),
        ] {
            let error = with(&[(name, json!(value))]).err().unwrap_or_else(|| panic!("{name} {value}"));
            assert_eq!((error.code, error.params["field"].as_str()), (ErrorCode::Platform, name));
        }
    }
}
