//! Words that a partner manager can blank, with a reason: the one exception to *never rewritten*.
//!
//! A row keeps its place, its author and its time; its words leave the state, by the reducer, and every stored command
//! that carried them, at the service in the transaction that takes the redaction and on each desktop when it comes with
//! the feed. [`Words::carriers`] is the one list of which words can go and where they were carried. The state and each
//! of those commands keep by whom, when and why.
//!
//! A blanked command that comes again, to a service that was restored from a backup, is taken as it stands: its row is
//! there and says that its words were redacted.
//!
//! Deliberately absent: fields of the app information (they are meant for the public), names of customers and accounts
//! (they say whose a row is), files.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::checklist::Run;
use crate::command::Envelope;
use crate::common::{Mark, Timestamp};
use crate::fields::TrackName;
use crate::ids::{
    AccountId, CommandId, CommentId, ContactId, CustomerId, FindingId, MemberId, TicketId, VersionId,
};
use crate::project::Project;
use crate::workspace::FIRST_CONTACT;

/// What is blanked, within its aggregate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "of", rename_all = "snake_case")]
#[expect(missing_docs, reason = "ids named after what they identify")]
pub enum Words {
    /// A comment; by a command of its own, `comment.redact`.
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

/// Who blanked something, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Redaction {
    /// Who, when.
    #[serde(flatten)]
    pub mark: Mark,
    /// Why.
    pub reason: String,
}

/// What was blanked, by whom and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Redacted {
    /// What.
    pub words: Words,
    /// By whom, when, why.
    #[serde(flatten)]
    pub redaction: Redaction,
}

impl Redacted {
    /// What a command that was taken blanks, where it does so.
    pub fn by(envelope: &Envelope, by: MemberId, at: Timestamp) -> Option<Self> {
        let words = Words::of(envelope)?;
        let reason = envelope.args.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mark = Mark { by, at, command: envelope.id };
        Some(Self { words, redaction: Redaction { mark, reason } })
    }

    /// Blanks a stored command as far as it carries the words, and leaves a mark; says whether it did. It reads JSON, so
    /// that commands by newer versions are blanked as well.
    pub fn blank(&self, envelope: &mut Envelope) -> bool {
        if self.words.take_from(envelope) != Some(Taken::Words) {
            return false;
        }
        let mut all = marks(envelope);
        all.retain(|known| known.words != self.words);
        all.push(self.clone());
        envelope.extra.insert(REDACTED.to_owned(), serde_json::to_value(all).unwrap_or(Value::Bool(true)));
        true
    }
}

/// What was blanked of a command. A mark that names words which the command has no place for counts for nothing: whoever
/// sends one redacts nothing else by it.
pub fn redacted(envelope: &Envelope) -> Vec<Redacted> {
    let mut all = marks(envelope);
    all.retain(|known| known.words.belong_in(envelope));
    all
}

fn marks(envelope: &Envelope) -> Vec<Redacted> {
    let list = envelope.extra.get(REDACTED).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|mark| Redacted::deserialize(mark).ok()).collect()
}

/// The last redaction of these words.
pub fn of(all: &[Redacted], words: Words) -> Option<&Redaction> {
    all.iter().rev().find(|known| known.words == words).map(|known| &known.redaction)
}

/// The last redaction of any words that one command sets together with these.
pub fn beside(all: &[Redacted], words: Words) -> Option<&Redaction> {
    let customer = |words: Words| match words {
        Words::Contact { customer, .. } | Words::CustomerNotes { customer } => Some(customer),
        _ => None,
    };
    let together =
        |known: Words| known == words || customer(known).is_some_and(|known| customer(words) == Some(known));
    all.iter().rev().find(|known| together(known.words)).map(|known| &known.redaction)
}

/// The last redaction of any words of an item of a run: what a note of it, or a reason, has to know.
pub fn of_item<'a>(run: &'a Run, item: &str) -> Option<&'a Redaction> {
    let log = run.items.get(item)?;
    let of_it = |known: &&Redacted| match known.words {
        Words::Entry { entry } => log.entries.iter().any(|known| known.mark.command == entry),
        _ => false,
    };
    run.redactions.iter().rev().find(of_it).map(|known| &known.redaction)
}

/// The last redaction of any of Talkdesk's answers to a track: what a correction has to know.
pub fn of_answers(project: &Project, version: VersionId, track: TrackName) -> Option<&Redaction> {
    let rounds = &project.version(version)?.track(track).0;
    let of_it = |known: &&Redacted| match known.words {
        Words::Answer { answer } => {
            rounds.iter().flat_map(|round| &round.answers).any(|known| known.mark.command == answer)
        }
        _ => false,
    };
    project.redactions.iter().rev().find(of_it).map(|known| &known.redaction)
}

/// What was found where words are carried.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Taken {
    /// The place, empty already.
    Nothing,
    /// Words, which are gone now.
    Words,
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

    /// Whether a command has a place for these words, with them or blanked.
    pub fn belong_in(&self, envelope: &Envelope) -> bool {
        self.take_from(&mut envelope.clone()).is_some()
    }

    /// Takes these words out of a command; none where it has no place for them.
    fn take_from(&self, envelope: &mut Envelope) -> Option<Taken> {
        if let Self::Entry { entry: command } | Self::Answer { answer: command } = self
            && envelope.id != *command
        {
            return None;
        }
        let carriers = self.carriers().into_iter().filter(|carrier| carrier.kind == envelope.kind);
        carriers.filter_map(|carrier| take(&mut envelope.args, &carrier.way, carrier.members)).max()
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

fn take(value: &mut Value, way: &[Step], members: &[&str]) -> Option<Taken> {
    match way {
        [] => {
            let clear = |member: &&str| {
                let empty = match value.get_mut(*member) {
                    Some(Value::String(text)) => std::mem::take(text).is_empty(),
                    Some(Value::Array(list)) => std::mem::take(list).is_empty(),
                    _ => return None,
                };
                Some(if empty { Taken::Nothing } else { Taken::Words })
            };
            members.iter().filter_map(clear).max()
        }
        [Step::In(member), rest @ ..] => take(value.get_mut(*member)?, rest, members),
        [Step::Each, rest @ ..] => {
            let list = value.as_array_mut()?;
            list.iter_mut().filter_map(|value| take(value, rest, members)).max()
        }
        [Step::Is(member, id), rest @ ..] => {
            let same = value.get(*member).and_then(Value::as_str) == Some(id);
            if same { take(value, rest, members) } else { None }
        }
    }
}

/// Whether a command was blanked.
pub fn is_blanked(envelope: &Envelope) -> bool {
    envelope.extra.contains_key(REDACTED)
}

/// Whether the arguments of two commands are the same, but for what was taken out of the one that was blanked, or of both.
pub fn is_same_but_blank(one: &Envelope, other: &Envelope) -> bool {
    let blanked = [is_blanked(one), is_blanked(other)];
    is_same(&one.args, &other.args, blanked)
}

fn is_same(one: &Value, other: &Value, blanked @ [one_is, other_is]: [bool; 2]) -> bool {
    let blank = |one: bool, other: bool| (one_is && one) || (other_is && other);
    match (one, other) {
        (Value::String(one), Value::String(other)) => one == other || blank(one.is_empty(), other.is_empty()),
        (Value::Array(one), Value::Array(other)) => {
            let same = || one.iter().zip(other).all(|(one, other)| is_same(one, other, blanked));
            blank(one.is_empty(), other.is_empty()) || (one.len() == other.len() && same())
        }
        (Value::Object(one), Value::Object(other)) => {
            let same = |(name, one)| other.get(name).is_some_and(|other| is_same(one, other, blanked));
            one.len() == other.len() && one.iter().all(same)
        }
        _ => one == other,
    }
}

/// The mark that a blanked command bears: a list of what, by whom, when and why.
const REDACTED: &str = "redacted";
