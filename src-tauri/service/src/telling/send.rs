//! One message on its way out.

use std::error::Error as _;

use domain::ids::MemberId;
use lettre::message::{Mailbox, header};
use lettre::transport::smtp::response::{Category, Code, Severity};
use lettre::{Address, AsyncTransport as _};

use super::config::{Mail, Webhook};
use super::words::Words;
use super::{Telling, compose};
use crate::Service;
use crate::identity::people::People;
use crate::storage::messages::{Content, Message};

/// Why a message was not sent.
pub(super) struct Unsent {
    /// A word, or the server's status: never an address or a password.
    pub(super) fault: String,
    /// Whether another try would end in the same.
    pub(super) for_good: bool,
}

impl Unsent {
    fn for_good(fault: &str) -> Self {
        Self { fault: fault.to_owned(), for_good: true }
    }

    fn for_now(fault: impl Into<String>) -> Self {
        Self { fault: fault.into(), for_good: false }
    }
}

impl Service {
    /// Sends a message by mail or to a chat tool.
    pub(super) async fn send(&self, telling: &Telling, message: &Message) -> Result<(), Unsent> {
        let content: Content =
            serde_json::from_str(&message.content).map_err(|_| Unsent::for_good("content"))?;
        match compose::Recipient::read(&message.recipient) {
            Some(compose::Recipient::Webhook(name)) => {
                let known = telling.webhooks.iter().find(|known| known.name == name);
                post(telling, known.ok_or_else(|| Unsent::for_good("no_webhook"))?, &content).await
            }
            Some(compose::Recipient::Member(member)) => {
                let mail = telling.mail.as_ref().ok_or_else(|| Unsent::for_good("no_mail_server"))?;
                let people = self.storage.people(message.workspace).await;
                let people = people.map_err(|_| Unsent::for_now("store"))?;
                let to = address(people.as_deref(), member).ok_or_else(|| Unsent::for_good("no_address"))?;
                mail_to(mail, to, message, &content).await
            }
            None => Err(Unsent::for_good("recipient")),
        }
    }
}

/// The address by which a member came in; none of somebody who left.
fn address(people: Option<&str>, member: MemberId) -> Option<Mailbox> {
    let people: People = serde_json::from_str(people?).ok()?;
    let person = people.member(member)?;
    let address: Address = person.email.as_deref()?.parse().ok()?;
    Some(Mailbox::new(Some(person.name.clone()), address))
}

async fn mail_to(mail: &Mail, to: Mailbox, message: &Message, content: &Content) -> Result<(), Unsent> {
    let words = Words::of(&content.language);
    let Content { digest, lines, from, .. } = content;
    // The same at every try: whoever got it twice is shown it once.
    let id = format!("<{}@{}>", message.id.simple(), mail.from.email.domain());
    let built = lettre::Message::builder()
        .from(mail.from.clone())
        .to(to)
        .subject(words.subject(*digest, lines, from))
        .message_id(Some(id))
        .header(header::ContentType::TEXT_PLAIN)
        .body(words.text(*digest, lines, from));
    let built = built.map_err(|_| Unsent::for_good("message"))?;
    match mail.server.send(built).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_permanent() && !error.status().is_some_and(is_sign_in) => {
            Err(Unsent::for_good(&error.status().map_or_else(|| "refused".into(), |code| code.to_string())))
        }
        Err(error) => {
            tracing::debug!(error = %error, cause = ?error.source(), "mail");
            Err(Unsent::for_now(error.status().map_or_else(|| "unreachable".into(), |code| code.to_string())))
        }
    }
}

/// Whether the server did not let the service in, 530 to 539 (RFC 4954, section 6): whoever runs it can mend that, and
/// what waits goes out then.
fn is_sign_in(code: Code) -> bool {
    code.severity == Severity::PermanentNegativeCompletion && code.category == Category::Unspecified3
}

/// The shape that chat tools take: one member `text`.
async fn post(telling: &Telling, hook: &Webhook, content: &Content) -> Result<(), Unsent> {
    let words = Words::of(&content.language);
    let Content { digest, lines, from, .. } = content;
    let text = match &lines[..] {
        [line] if !digest => format!("{from}: {line}"),
        _ => format!("{}\n{}", words.subject(*digest, lines, from), lines.join("\n")),
    };
    let body = serde_json::json!({ "text": text });
    match telling.client.post(hook.url.clone()).json(&body).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(Unsent::for_now(answer.status().as_u16().to_string())),
        Err(_) => Err(Unsent::for_now("unreachable")),
    }
}
