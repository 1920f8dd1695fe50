//! The API gateway of an installation's region: what a partner may read and say of its installations (OAS,
//! D/events-api).
//!
//! Reading is repeated once with a new token where the gateway does not take the one at hand. What changes something is
//! sent once and never again by itself: whoever calls asks for the state before and after.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use crate::ambient::Ambient;
use crate::event::Other;
use crate::hal::Pages;
use crate::token::Tokens;
use crate::wire::{Answer, Body, Call, Failure, Wire};

/// One gateway, with the tokens of one client.
#[derive(Debug)]
pub struct Gateway<'a> {
    wire: &'a Wire,
    ambient: &'a Ambient,
    /// The installation's own `_links.root`.
    root: &'a Url,
    tokens: &'a Tokens,
}

/// An installation as the gateway tells it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Installation {
    /// Its id.
    pub id: String,
    /// The app.
    pub app_id: Option<String>,
    /// The customer's account.
    pub account_id: Option<String>,
    /// The scopes that were granted.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// When it was made, as the server wrote it.
    pub created_at: Option<String>,
    /// Its state, and who made it.
    #[serde(default, rename = "_embedded")]
    pub embedded: Embedded,
    /// What else came.
    #[serde(flatten)]
    pub other: Other,
}

/// What stands within an installation.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
pub struct Embedded {
    /// How far the installation is.
    pub state: Option<State>,
    /// What else came, `created_by` among it.
    #[serde(flatten)]
    pub other: Other,
}

/// The state of an installation.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct State {
    /// installing, pending, timeout, completed, failed, rejected, suspended, revoked, or another word.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// Since when, as the server wrote it.
    pub updated_at: Option<String>,
}

/// A partner's word on an install, an update or an uninstall.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Acknowledgement {
    /// It went well.
    Approve,
    /// It did not.
    Reject {
        /// Why.
        reason: String,
    },
}

impl<'a> Gateway<'a> {
    /// The gateway at `root`.
    pub fn new(wire: &'a Wire, ambient: &'a Ambient, root: &'a Url, tokens: &'a Tokens) -> Self {
        Self { wire, ambient, root, tokens }
    }

    /// Who the token is for (`GET /users/me`).
    pub async fn me(&self) -> Result<Value, Failure> {
        self.get(self.at(&["users", "me"])?).await
    }

    /// An event again, credentials included (scope events:read), as its raw body: `GET /apps/{app}/events/{id}`.
    pub async fn event(&self, app: &str, event: &str) -> Result<Vec<u8>, Failure> {
        self.read(self.at(&["apps", app, "events", event])?).await?.content()
    }

    /// An installation.
    pub async fn installation(&self, app: &str, installation: &str) -> Result<Installation, Failure> {
        self.get(self.at(&["apps", app, "installations", installation])?).await
    }

    /// The plan of an installation.
    pub async fn subscription(&self, app: &str, installation: &str) -> Result<Value, Failure> {
        self.get(self.at(&["apps", app, "installations", installation, "subscription"])?).await
    }

    /// The trial of an installation.
    pub async fn trial(&self, app: &str, installation: &str) -> Result<Value, Failure> {
        self.get(self.at(&["apps", app, "installations", installation, "trial"])?).await
    }

    /// The users of an installation.
    pub async fn users(&self, app: &str, installation: &str) -> Result<Vec<Value>, Failure> {
        self.list(self.at(&["apps", app, "installations", installation, "users"])?, "users").await
    }

    /// Says that an install, an update or an uninstall went well, or why not (scope apps:write). Sent once.
    pub async fn acknowledge(
        &self,
        app: &str,
        installation: &str,
        word: &Acknowledgement,
    ) -> Result<State, Failure> {
        let body = match word {
            Acknowledgement::Approve => json!({ "state": "approve" }),
            Acknowledgement::Reject { reason } => json!({ "state": "reject", "reason": reason }),
        };
        self.post(self.at(&["apps", app, "installations", installation, "state"])?, &body).await?.json()
    }

    /// Says that a new set of credentials is in use, which ends the old one. Sent once.
    pub async fn acknowledge_credentials(
        &self,
        app: &str,
        installation: &str,
        client_id: &str,
    ) -> Result<(), Failure> {
        let path = ["apps", app, "installations", installation, "credentials", client_id, "state"];
        let answer = self.post(self.at(&path)?, &json!({ "state": "acknowledged" })).await?;
        answer.content().map(drop)
    }

    /// Asks for a new set of credentials, which comes by an event. Sent once.
    pub async fn rotate_credentials(&self, app: &str, installation: &str) -> Result<(), Failure> {
        let path = ["apps", app, "installations", installation, "credentials", "actions", "rotate"];
        self.post(self.at(&path)?, &json!({})).await?.content().map(drop)
    }

    /// All items of a list, page by page.
    pub async fn list<T: DeserializeOwned>(&self, first: Url, name: &str) -> Result<Vec<T>, Failure> {
        let mut pages = Pages::new(self.root, first, name);
        let mut items = Vec::new();
        while let Some(at) = pages.turn()? {
            items.extend(pages.read(&self.read(at).await?.content()?)?);
        }
        Ok(items)
    }

    fn at(&self, path: &[&str]) -> Result<Url, Failure> {
        join(self.root, path).ok_or(Failure::Internal("an id cannot stand in a path"))
    }

    async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, Failure> {
        self.read(url).await?.json()
    }

    async fn read(&self, url: Url) -> Result<Answer, Failure> {
        let token = self.tokens.get().await?;
        let answer = self.wire.send(Call::get(url.clone()).bearer(&token.access), self.ambient.now()).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        // The token was withdrawn before its time, or a scope is new: one more attempt with a token of now.
        self.tokens.forget(&token).await;
        let token = self.tokens.get().await?;
        self.wire.send(Call::get(url).bearer(&token.access), self.ambient.now()).await
    }

    async fn post(&self, url: Url, body: &Value) -> Result<Answer, Failure> {
        let token = self.tokens.get().await?;
        let call = Call { method: Method::POST, url, authorization: None, body: Body::Json(body) };
        self.wire.send(call.bearer(&token.access), self.ambient.now()).await
    }
}

/// An address under `root`. An id is one segment whatever it holds; none that would lead out of its place is taken.
pub(crate) fn join(root: &Url, path: &[&str]) -> Option<Url> {
    if path.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
        return None;
    }
    let mut url = root.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    Some(url)
}

#[cfg(test)]
#[path = "gateway/tests.rs"]
mod tests;
