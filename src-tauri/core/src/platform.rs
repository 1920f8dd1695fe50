//! The platform port over HTTP: sends versions to a server that plays Partner Project, asks how they stand, fetches
//! installation links.
//!
//! Talkdesk publishes no API for Partner Project, so this speaks the contract that the sandbox documents, and nothing
//! here is on by default: without a server, people carry things by hand (the port `manual`).
//!
//! A call that changes something runs once, when a person asked for it, and is never queued or repeated on its own.
//! [`Submission::submission_id`] is the idempotency key, so a person may send again after a lost answer.
//!
//! Deliberately absent: when to submit, what to record of an answer.

mod wire;

use std::time::Duration;

use domain::fields::Information;
use domain::ids::{ProjectId, VersionId};
use domain::{Place, text};
use serde_json::Value;
use url::Url;

use crate::error::{Error, ErrorCode};
use crate::secret::Secret;
use crate::web::{Web, server_url};

pub use wire::{App, Draft, Finding, PortVersion, Received, Submission, TestEvent, TrackStanding, Version};

/// The port to one server.
#[derive(Clone, Debug)]
pub struct HttpPort {
    web: Web,
    base: Url,
    token: Secret<String>,
}

impl HttpPort {
    /// A port to the server at `url`: https, or http on loopback. `token` is the one that the server gave.
    pub fn new(url: &str, token: &str) -> Result<Self, Error> {
        let invalid = |input| Error::new(ErrorCode::Invalid).at(Place::input(input));
        let base = server_url(url).ok_or_else(|| invalid("url"))?;
        let token = token.trim();
        // Whatever else were in it could not stand in a header.
        if token.is_empty() || token.len() > 4_096 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(invalid("token"));
        }
        Ok(Self { web: Web::new(&base)?, base, token: Secret::new(token.to_owned()) })
    }

    /// With another time limit for a call.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { web: self.web.within(limit), ..self }
    }

    /// The server's address.
    pub fn url(&self) -> &str {
        self.base.as_str()
    }

    /// Sends a version for review. Sent again with the same id and content, it is received once.
    pub async fn submit(&self, submission: &Submission) -> Result<Received, Error> {
        let url = self.address(submission.app.id, submission.version.id, "submissions")?;
        self.call(self.web.post(url).json(submission)).await
    }

    /// How a version stands with the server.
    pub async fn state(&self, project: ProjectId, version: VersionId) -> Result<PortVersion, Error> {
        let url = self.address(project, version, "")?;
        self.call::<wire::Standing>(self.web.get(url)).await.map(PortVersion::from)
    }

    /// The link that installs a version: an opaque https URL.
    pub async fn install_link(&self, project: ProjectId, version: VersionId) -> Result<String, Error> {
        let url = self.address(project, version, "install-link")?;
        let link: wire::Link = self.call(self.web.get(url)).await?;
        text::https(&link.url, "url").map_err(|_| Error::new(ErrorCode::Platform).with("field", "url"))
    }

    /// Makes a version known that was not sent for review, or changes what is known of it. One that is in review, or was
    /// approved, stays as it is.
    pub async fn register(&self, draft: &Draft) -> Result<(), Error> {
        let url = self.address(draft.app.id, draft.version.id, "")?;
        match self.call::<Value>(self.web.put(url).json(draft)).await {
            Err(error) if error.params.get("code").is_some_and(|code| code == "version_locked") => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// Lets something happen to a test installation of a version, which begins by `app.installed` where none is named;
    /// answers with the event, signed by the server's own key, which its gateway gives.
    pub async fn test_event(
        &self,
        project: ProjectId,
        version: VersionId,
        happens: &Value,
    ) -> Result<TestEvent, Error> {
        let url = self.address(project, version, "test-events")?;
        self.call(self.web.post(url).json(happens)).await
    }

    fn address(&self, project: ProjectId, version: VersionId, what: &str) -> Result<Url, Error> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Error::new(ErrorCode::Invalid).at(Place::input("url")))?
            .pop_if_empty()
            .extend(["partner-project", "apps", &project.to_string(), "versions", &version.to_string()])
            .extend(Some(what).filter(|what| !what.is_empty()));
        Ok(url)
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<T, Error> {
        let request =
            request.bearer_auth(self.token.expose()).build().map_err(|error| Error::internal(&error))?;
        self.web.send(request).await?.json()
    }
}

/// A version's content as it is submitted: each field as it is kept, and beside the scopes their reasons joined, as
/// Talkdesk's one `scopes_reason` takes them.
pub fn fields(information: &Information) -> Value {
    let mut fields = serde_json::to_value(information).unwrap_or_default();
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("scopes_reason".to_owned(), information.scopes_reason().into());
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::fields::{FieldKey, FieldValue, ScopeReason};

    #[test]
    fn the_port_takes_only_servers_and_tokens_that_can_be_used() {
        for (url, token, wrong) in [
            ("https://partner.example/base", "t0ken", None),
            ("http://127.0.0.1:4780/", " t0ken\n", None),
            ("http://partner.example", "t0ken", Some("url")),
            ("javascript:alert(1)", "t0ken", Some("url")),
            ("", "t0ken", Some("url")),
            ("https://partner.example", "", Some("token")),
            ("https://partner.example", "two words", Some("token")),
            ("https://partner.example", "t\r\nX-Other: 1", Some("token")),
            ("https://partner.example", "tökén", Some("token")),
        ] {
            let error = HttpPort::new(url, token).err();
            assert_eq!(error.as_ref().map(|e| e.code), wrong.map(|_| ErrorCode::Invalid), "{url} {token}");
            assert_eq!(error.and_then(|e| e.place?.input).as_deref(), wrong, "{url} {token}");
        }
    }

    #[test]
    fn addresses_keep_the_servers_own_path() {
        let (project, version) = (ProjectId::from_u128(1), VersionId::from_u128(2));
        let path = format!("partner-project/apps/{project}/versions/{version}");
        for (base, what, whole) in [
            ("https://partner.example", "", format!("https://partner.example/{path}")),
            (
                "https://partner.example/base/",
                "install-link",
                format!("https://partner.example/base/{path}/install-link"),
            ),
        ] {
            let port = HttpPort::new(base, "t0ken").unwrap();
            assert_eq!(port.address(project, version, what).unwrap().as_str(), whole);
        }
    }

    #[test]
    fn the_port_does_not_show_its_token() {
        let port = HttpPort::new("https://partner.example", "t0ken-of-the-port").unwrap();
        assert!(!format!("{port:?} {port:#?}").contains("t0ken"));
    }

    #[test]
    fn submitted_fields_carry_the_joined_reasons() {
        let mut information = Information::default();
        let scope =
            |scope: &str, reason: &str| ScopeReason { scope: scope.to_owned(), reason: reason.to_owned() };
        let scopes = vec![scope("contacts:read", "Shows the caller"), scope("events:read", "Reads events")];
        information.set(FieldKey::Scopes, Some(&FieldValue::Scopes(scopes)));
        let fields = fields(&information);
        assert_eq!(fields["scopes_reason"], "contacts:read: Shows the caller\nevents:read: Reads events");
        assert_eq!(fields["scopes"]["value"][0]["scope"], "contacts:read");
    }
}
