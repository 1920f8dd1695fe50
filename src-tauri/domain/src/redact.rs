//! Words that a partner manager can blank, with a reason: the one exception to *never rewritten*.
//!
//! A row keeps its place, its author and its time; its words leave the state, by the reducer, and every stored command
//! that carried them, at the service in the transaction that takes the redaction and on each desktop when it comes with
//! the feed. [`Words::carriers`] is the one list of which words can go and where they were carried.
//!
//! Deliberately absent: fields of the app information (they are meant for the public), names of customers and accounts
//! (they say whose a row is), files.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::command::Envelope;
use crate::ids::{AccountId, CommandId, CommentId, ContactId, CustomerId, FindingId, TicketId};
use crate::workspace::FIRST_CONTACT;

/// What is blanked, within its aggregate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "of", rename_all = "snake_case")]
#[expect(missing_docs, reason = "ids named after what they identify")]
pub enum Words {
    /// A comment, by a command of its own: `comment.redact`.
    #[serde(skip)]
    Comment { comment: CommentId },
    /// A person at a customer's: name, role, address for mail, telephone number.
    Contact { customer: CustomerId, contact: ContactId },
    /// The notes of a customer.
    CustomerNotes { customer: CustomerId },
    /// The subject and the notes of a ticket.
    Ticket { ticket: TicketId },
    /// What an account is used for.
    Account { account: AccountId },
    /// What a finding says.
    Finding { finding: FindingId },
    /// The reply to a finding.
    Reply { finding: FindingId },
    /// The words of one entry of a checklist: a note, the reason of a result, why items are tested again.
    Entry { entry: CommandId },
    /// An answer of Talkdesk's as it was recorded or corrected, by the command that did it.
    Answer { answer: CommandId },
}

/// A kind of command that carries words: the way to the object that holds them, and its members.
struct Carrier {
    kind: &'static str,
    way: Vec<Step>,
    members: &'static [&'static str],
}

/// A step from a command's arguments to the object that holds the words.
enum Step {
    /// Into this member.
    In(&'static str),
    /// Into each of a list.
    Each,
    /// Goes on only where this member holds this id.
    Is(&'static str, String),
}

impl Words {
    /// The words that a command takes away, where it does so.
    pub fn of(envelope: &Envelope) -> Option<Self> {
        match envelope.kind.as_str() {
            "comment.redact" => {
                let comment = envelope.args.get("comment")?.as_str()?.parse().ok()?;
                Some(Self::Comment { comment })
            }
            "words.redact" => serde_json::from_value(envelope.args.get("words")?.clone()).ok(),
            _ => None,
        }
    }

    /// A word that stands in every command that carries these: what a store looks for before it reads one.
    pub fn needle(&self) -> String {
        match self {
            Self::Comment { comment } => comment.to_string(),
            Self::Contact { customer, .. } | Self::CustomerNotes { customer } => customer.to_string(),
            Self::Ticket { ticket } => ticket.to_string(),
            Self::Account { account } => account.to_string(),
            Self::Finding { finding } | Self::Reply { finding } => finding.to_string(),
            Self::Entry { entry: command } | Self::Answer { answer: command } => command.to_string(),
        }
    }

    /// Blanks a stored command as far as it carries these words, and leaves a mark; says whether it does. It reads JSON,
    /// so that commands by newer versions are blanked as well.
    pub fn blank(&self, envelope: &mut Envelope) -> bool {
        if let Self::Entry { entry: command } | Self::Answer { answer: command } = self
            && envelope.id != *command
        {
            return false;
        }
        let mut carries = false;
        for carrier in self.carriers() {
            if carrier.kind == envelope.kind {
                carries |= blank(&mut envelope.args, &carrier.way, carrier.members);
            }
        }
        if carries {
            envelope.extra.insert(REDACTED.to_owned(), true.into());
        }
        carries
    }

    fn carriers(&self) -> Vec<Carrier> {
        use Step::{Each, In, Is};
        let carrier = |kind, way, members| Carrier { kind, way, members };
        match self {
            Self::Comment { comment } => {
                let way = || vec![Is("comment", comment.to_string())];
                let members = &["text", "mentions"];
                vec![carrier("comment.add", way(), members), carrier("comment.edit", way(), members)]
            }
            Self::Contact { customer, contact } => {
                let way = || vec![Is("customer", customer.to_string()), In("details")];
                let mut of_list = way();
                of_list.extend([In("contacts"), Each, Is("id", contact.to_string())]);
                let mut all = vec![carrier("customer.set", of_list, &["name", "role", "email", "phone"])];
                if *contact == FIRST_CONTACT {
                    // As version 1 had it.
                    all.push(carrier("customer.set", way(), &["email"]));
                }
                all
            }
            Self::CustomerNotes { customer } => {
                let way = vec![Is("customer", customer.to_string()), In("details")];
                vec![carrier("customer.set", way, &["notes"])]
            }
            Self::Ticket { ticket } => {
                let way = vec![Is("ticket", ticket.to_string()), In("details")];
                vec![carrier("ticket.set", way, &["subject", "notes"])]
            }
            Self::Account { account } => {
                let way = vec![In("account"), Is("id", account.to_string())];
                vec![carrier("account.set", way, &["used_for"])]
            }
            Self::Finding { finding } => {
                let id = || Is("id", finding.to_string());
                vec![
                    carrier("finding.add", vec![In("finding"), id()], &["text"]),
                    carrier("review.record_answer", vec![In("findings"), Each, id()], &["text"]),
                ]
            }
            Self::Reply { finding } => {
                let way = vec![Is("finding", finding.to_string())];
                vec![carrier("finding.reply", way, &["reply", "expects"])]
            }
            Self::Entry { .. } => vec![
                carrier("run.note", vec![], &["text"]),
                carrier("run.set_result", vec![], &["reason"]),
                carrier("run.retest", vec![], &["because"]),
            ],
            Self::Answer { .. } => vec![
                carrier("review.record_answer", vec![], &["text"]),
                carrier("review.correct_answer", vec![], &["text", "reason"]),
            ],
        }
    }
}

fn blank(value: &mut Value, way: &[Step], members: &[&str]) -> bool {
    match way {
        [] => {
            let mut found = false;
            for member in members {
                match value.get_mut(*member) {
                    Some(Value::String(text)) => text.clear(),
                    Some(Value::Array(list)) => list.clear(),
                    _ => continue,
                }
                found = true;
            }
            found
        }
        [Step::In(member), rest @ ..] => {
            value.get_mut(*member).is_some_and(|value| blank(value, rest, members))
        }
        [Step::Each, rest @ ..] => {
            let mut found = false;
            for value in value.as_array_mut().into_iter().flatten() {
                found |= blank(value, rest, members);
            }
            found
        }
        [Step::Is(member, id), rest @ ..] => {
            value.get(*member).and_then(Value::as_str) == Some(id) && blank(value, rest, members)
        }
    }
}

/// Whether a command was blanked.
pub fn is_blanked(envelope: &Envelope) -> bool {
    envelope.extra.contains_key(REDACTED)
}

/// Whether arguments that come again are those of a command that was blanked since: the same, but for what is empty there.
pub fn is_same_but_blank(kept: &Value, sent: &Value) -> bool {
    match (kept, sent) {
        (Value::String(kept), Value::String(sent)) => kept.is_empty() || kept == sent,
        (Value::Array(kept), Value::Array(sent)) => {
            let same = || kept.iter().zip(sent).all(|(kept, sent)| is_same_but_blank(kept, sent));
            kept.is_empty() || (kept.len() == sent.len() && same())
        }
        (Value::Object(kept), Value::Object(sent)) => {
            let same = |(name, kept)| sent.get(name).is_some_and(|sent| is_same_but_blank(kept, sent));
            kept.len() == sent.len() && kept.iter().all(same)
        }
        _ => kept == sent,
    }
}

/// The mark that a blanked command bears.
pub const REDACTED: &str = "redacted";
