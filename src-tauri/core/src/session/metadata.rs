//! What a server says of itself (RFC 8414): where to sign in, where to get tokens, whom to ask for the person.

use serde::Deserialize;
use url::Url;

use crate::error::{Error, ErrorCode};
use crate::web::{Web, is_allowed};

const WELL_KNOWN: &str = "/.well-known/oauth-authorization-server";

/// Of a server's scopes, those that a sign-in asks for: who the person is, and a refresh token, which servers word
/// differently.
const SCOPES: [&str; 3] = ["openid", "refresh_token", "offline_access"];

pub(super) struct Metadata {
    /// The issuer in the server's own spelling.
    pub issuer: String,
    pub authorization: Url,
    pub token: Url,
    pub userinfo: Option<Url>,
    pub scopes: Vec<&'static str>,
    /// Whether the server tells who sends the person back (RFC 9207).
    pub tells_issuer: bool,
}

#[derive(Deserialize)]
struct Wire {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    scopes_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    pub async fn fetch(web: &Web, issuer: &Url) -> Result<Self, Error> {
        let request = web.get(address(issuer)).build().map_err(|error| Error::internal(&error))?;
        let wire: Wire = web.send(request).await?.json().map_err(|error| match error.code {
            // Nobody has asked for anything of theirs yet: the server is no server to sign in at.
            ErrorCode::Forbidden | ErrorCode::NotFound => Error { code: ErrorCode::Platform, ..error },
            _ => error,
        })?;
        Self::read(wire, issuer)
    }

    fn read(wire: Wire, issuer: &Url) -> Result<Self, Error> {
        // Exact (RFC 8414 §3.3) but for the slash at the end, which people cannot know.
        let bare = |text: &str| text.trim_end_matches('/').to_owned();
        if bare(&wire.issuer) != bare(issuer.as_str()) {
            return Err(wrong("issuer"));
        }
        let endpoint = |name: &str, text: &str| {
            let url = Url::parse(text).ok().filter(|url| url.fragment().is_none() && is_allowed(url));
            url.filter(|url| url.scheme() == issuer.scheme()).ok_or_else(|| wrong(name))
        };
        let userinfo = wire.userinfo_endpoint.as_deref().map(|text| endpoint("userinfo_endpoint", text));
        let scopes = match wire.scopes_supported {
            Some(known) => SCOPES.into_iter().filter(|scope| known.iter().any(|k| k == scope)).collect(),
            None => vec!["openid"],
        };
        Ok(Self {
            authorization: endpoint("authorization_endpoint", &wire.authorization_endpoint)?,
            token: endpoint("token_endpoint", &wire.token_endpoint)?,
            userinfo: userinfo.transpose()?,
            scopes,
            tells_issuer: wire.authorization_response_iss_parameter_supported,
            issuer: wire.issuer,
        })
    }
}

/// The well-known path stands between the issuer's host and its path.
fn address(issuer: &Url) -> Url {
    let mut address = issuer.clone();
    address.set_path(&format!("{WELL_KNOWN}{}", issuer.path().trim_end_matches('/')));
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
        for (issuer, at) in [
            ("https://id.example", "https://id.example/.well-known/oauth-authorization-server"),
            ("https://id.example/", "https://id.example/.well-known/oauth-authorization-server"),
            ("https://id.example/a/b/", "https://id.example/.well-known/oauth-authorization-server/a/b"),
        ] {
            assert_eq!(address(&url(issuer)).as_str(), at);
        }
    }

    #[test]
    fn metadata_is_used_only_where_it_is_the_issuers_and_its_addresses_are_safe() {
        let with = |change: &[(&str, Value)]| {
            let mut body = json!({
                "issuer": "https://id.example",
                "authorization_endpoint": "https://id.example/authorize?tenant=1",
                "token_endpoint": "https://id.example/token",
                "scopes_supported": ["email", "openid", "offline_access"],
            });
            for (name, value) in change {
                body[*name] = value.clone();
            }
            Metadata::read(serde_json::from_value(body).unwrap(), &url("https://id.example"))
        };
        let good = with(&[]).unwrap();
        assert_eq!(good.scopes, ["openid", "offline_access"]);
        assert!(!good.tells_issuer && good.userinfo.is_none());
        assert_eq!(with(&[("issuer", json!("https://id.example/"))]).unwrap().issuer, "https://id.example/");
        assert_eq!(with(&[("scopes_supported", Value::Null)]).unwrap().scopes, ["openid"]);
        for (name, value) in [
            ("issuer", "https://id.example.evil.example"),
            ("issuer", "https://id.example/other"),
            ("authorization_endpoint", "javascript:alert(1)"),
            ("authorization_endpoint", "http://id.example/authorize"),
            ("token_endpoint", "http://127.0.0.1/token"),
            ("token_endpoint", "/token"),
            ("userinfo_endpoint", "file:///etc/passwd"),
        ] {
            let error = with(&[(name, json!(value))]).err().unwrap_or_else(|| panic!("{name} {value}"));
            assert_eq!((error.code, error.params["field"].as_str()), (ErrorCode::Platform, name));
        }
    }
}
