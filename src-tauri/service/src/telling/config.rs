//! By what is told: the mail server, the chat tools, and when the digest goes out.

use std::time::Duration;

use domain::Timestamp;
use domain::ids::WorkspaceId;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use serde::Deserialize;
use url::Url;

/// How long a mail server or a chat tool may take.
const WITHIN: Duration = Duration::from_secs(20);

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TellingError {
    /// It is no JSON of this shape.
    #[error("the file cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// Neither a mail server nor a chat tool is named.
    #[error("name a mail server (`smtp`) or a chat tool (`webhooks`)")]
    Nothing,
    /// Mail needs a sender.
    #[error("`from` is to be a sender, such as \"Partner Console <partner@example.com>\"")]
    From,
    /// The address of the mail server is none. It is not shown: it holds a password.
    #[error("`smtp` is to be smtps://USER:PASSWORD@HOST or smtp://USER:PASSWORD@HOST?tls=required")]
    Smtp,
    /// The address of a chat tool is none. It is not shown: whoever knows it can write there.
    #[error("the `url` of webhook {0} is to be an https address")]
    Webhook(String),
    /// Two chat tools are called the same, or one is not called anything.
    #[error("each webhook has a `name` of its own")]
    Name,
    /// It is no time of the day.
    #[error("`digest` is to be a time of the day, such as \"08:00\"")]
    Digest,
    /// The computer does not know the time zone.
    #[error("`zone` is to be a time zone that this computer knows, such as \"Europe/Lisbon\"")]
    Zone,
    /// No client can be made.
    #[error("no requests can be made: {0}")]
    Client(#[from] reqwest::Error),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    smtp: Option<String>,
    from: Option<String>,
    #[serde(default)]
    webhooks: Vec<HookFile>,
    digest: Option<String>,
    zone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HookFile {
    name: String,
    url: String,
    workspace: Option<WorkspaceId>,
    #[serde(default = "english")]
    language: String,
}

fn english() -> String {
    "en".to_owned()
}

/// By what the service tells.
pub struct Telling {
    pub(super) mail: Option<Mail>,
    pub(super) webhooks: Vec<Webhook>,
    pub(super) client: reqwest::Client,
    digest: Time,
    pub(super) zone: TimeZone,
}

pub(super) struct Mail {
    pub(super) server: AsyncSmtpTransport<Tokio1Executor>,
    pub(super) from: Mailbox,
}

pub(super) struct Webhook {
    pub(super) name: String,
    pub(super) url: Url,
    /// Of which workspace; of each where none is named.
    pub(super) workspace: Option<WorkspaceId>,
    pub(super) language: String,
}

impl Telling {
    /// Reads the settings: JSON with `smtp` and `from`, `webhooks` with `name`, `url`, `workspace` and `language`, `digest`
    /// and `zone`. `smtp` takes the place of the file's.
    pub fn read(json: &str, smtp: Option<&str>) -> Result<Self, TellingError> {
        let file: File = serde_json::from_str(json)?;
        let mail = match smtp.or(file.smtp.as_deref()) {
            None => None,
            Some(url) => {
                let from = file.from.as_deref().and_then(|from| from.parse().ok());
                Some(Mail { server: server(url)?, from: from.ok_or(TellingError::From)? })
            }
        };
        let mut webhooks: Vec<Webhook> = Vec::new();
        for HookFile { name, url, workspace, language } in file.webhooks {
            if name.trim().is_empty() || webhooks.iter().any(|known| known.name == name) {
                return Err(TellingError::Name);
            }
            let url = Url::parse(&url).ok().filter(is_safe);
            let url = url.ok_or_else(|| TellingError::Webhook(name.clone()))?;
            webhooks.push(Webhook { name, url, workspace, language });
        }
        if mail.is_none() && webhooks.is_empty() {
            return Err(TellingError::Nothing);
        }
        let digest = file.digest.as_deref().unwrap_or("08:00").parse().map_err(|_| TellingError::Digest)?;
        let zone = match file.zone.as_deref() {
            None => TimeZone::UTC,
            Some(name) => TimeZone::get(name).map_err(|_| TellingError::Zone)?,
        };
        // Another part of the program may have been first.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let redirects = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().redirect(redirects).timeout(WITHIN).build()?;
        Ok(Self { mail, webhooks, client, digest, zone })
    }

    /// The day whose digest is due: from its time on, none before.
    pub(super) fn digest_day(&self, now: Timestamp) -> Option<String> {
        let at = jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(self.zone.clone());
        (at.time() >= self.digest).then(|| at.date().to_string())
    }

    /// A moment as people of this time zone write it.
    pub(super) fn shown(&self, at: Timestamp) -> String {
        let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(self.zone.clone());
        at.strftime("%Y-%m-%d %H:%M %Z").to_string()
    }
}

/// A mail server by its address. What goes there without TLS stays on this machine.
fn server(text: &str) -> Result<AsyncSmtpTransport<Tokio1Executor>, TellingError> {
    let url = Url::parse(text).map_err(|_| TellingError::Smtp)?;
    let required = url.query_pairs().any(|(name, value)| name == "tls" && value == "required");
    if !(url.scheme() == "smtps" || required || is_here(&url)) {
        return Err(TellingError::Smtp);
    }
    let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(text).map_err(|_| TellingError::Smtp)?;
    Ok(server.timeout(Some(WITHIN)).build())
}

fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_here(url))
}

fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Telling, TellingError> {
        Telling::read(json, None)
    }

    #[test]
    fn settings_that_would_send_nothing_or_in_the_open_are_refused() {
        let from = r#""from": "Partner Console <partner@example.com>""#;
        for (json, refusal) in [
            ("{}".to_owned(), "name a mail server"),
            ("{\"smpt\": \"smtps://host\"}".to_owned(), "the file cannot be read"),
            ("{\"smtp\": \"smtps://host\"}".to_owned(), "`from`"),
            (format!("{{\"smtp\": \"smtp://user:word@host\", {from}}}"), "`smtp`"),
            (format!("{{\"smtp\": \"smtp://user:word@host?tls=opportunistic\", {from}}}"), "`smtp`"),
            (r#"{"webhooks": [{"name": "chat", "url": "http://chat.example/key"}]}"#.to_owned(), "webhook chat"),
            (r#"{"webhooks": [{"name": "a", "url": "https://a.example"}, {"name": "a", "url": "https://a.example"}]}"#.to_owned(), "`name`"),
            (format!("{{\"smtp\": \"smtps://host\", {from}, \"digest\": \"late\"}}"), "`digest`"),
            (format!("{{\"smtp\": \"smtps://host\", {from}, \"zone\": \"Nowhere/Here\"}}"), "`zone`"),
        ] {
            let error = read(&json).err().unwrap_or_else(|| panic!("{json}")).to_string();
            assert!(error.contains(refusal), "{json}: {error}");
            assert!(!error.contains("word@") && !error.contains("/key"), "{error}");
        }
        for smtp in ["smtps://u:w@host", "smtp://u:w@host?tls=required", "smtp://127.0.0.1:2525"] {
            assert!(read(&format!("{{\"smtp\": \"{smtp}\", {from}}}")).is_ok(), "{smtp}");
        }
    }

    #[test]
    fn a_digest_is_due_from_its_time_on() {
        let json = r#"{"webhooks": [{"name": "a", "url": "https://a.example"}], "digest": "08:30"}"#;
        let telling = read(json).unwrap();
        let at = |text: &str| Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        for (now, day) in [
            ("2026-11-27T08:29:59Z", None),
            ("2026-11-27T08:30:00Z", Some("2026-11-27")),
            ("2026-11-27T23:59:59Z", Some("2026-11-27")),
            ("2026-11-28T00:00:00Z", None),
        ] {
            assert_eq!(telling.digest_day(at(now)).as_deref(), day, "{now}");
        }
    }
}
