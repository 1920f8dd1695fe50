//! Takes words out of a state: whatever the row is, it keeps its place. Signed runs and closed reviews too.
//!
//! What was taken out does not come back: neither by a form that was filled in before, nor by the command that first said
//! it, when that comes again.

use super::{misplaced, not_found};
use crate::aggregate::Aggregate;
use crate::checklist::{Happening, Run};
use crate::command::{Body, Command};
use crate::comment::Comment;
use crate::facts::Facts;
use crate::ids::{CommandId, CommentId};
use crate::project::Project;
use crate::redact::{self, Redacted, Redaction, Words, beside};
use crate::refusal::{Refusal, RefusalCode};
use crate::workspace::{Contact, Workspace};

pub(super) fn change(state: &mut Aggregate, redacted: Redacted) -> Result<(), Refusal> {
    let all = match state {
        Aggregate::Workspace(state) => {
            of_workspace(state, &redacted.words)?;
            &mut state.redactions
        }
        Aggregate::Project(state) => {
            of_project(state, &redacted.words)?;
            &mut state.redactions
        }
        Aggregate::Run(state) => {
            of_run(state, &redacted.words)?;
            &mut state.redactions
        }
        Aggregate::Installation(_) => return Err(misplaced()),
    };
    all.retain(|known| known.words != redacted.words);
    all.push(redacted);
    Ok(())
}

/// Blanks a comment, which keeps its redaction itself. The first one stands.
pub(super) fn comment(known: &mut Comment, redaction: Redaction) {
    known.text.clear();
    known.mentions.clear();
    known.seen.clear();
    known.redacted.get_or_insert(redaction);
}

/// A form holds everything of a thing, and one that was filled in before words of it were redacted would bring them back:
/// a command says which redaction its author knew, and has to know the last one. Words that are entered into an empty
/// form are their author's own, and are redacted themselves where need be.
pub(super) fn is_known(state: Option<&Aggregate>, body: &Body) -> Result<(), Refusal> {
    let (last, knew) = match (state, body) {
        (Some(Aggregate::Workspace(state)), Body::CustomerSet { customer, knew, .. }) => {
            (beside(&state.redactions, Words::CustomerNotes { customer: *customer }), knew.as_slice())
        }
        (Some(Aggregate::Workspace(state)), Body::TicketSet { ticket, knew, .. }) => {
            (beside(&state.redactions, Words::Ticket { ticket: *ticket }), knew.as_slice())
        }
        (Some(Aggregate::Workspace(state)), Body::AccountSet { account, knew }) => {
            (beside(&state.redactions, Words::Account { account: account.id }), knew.as_slice())
        }
        (Some(Aggregate::Project(state)), Body::FindingReply { finding, knew, .. }) => {
            (beside(&state.redactions, Words::Reply { finding: *finding }), knew.as_slice())
        }
        (Some(Aggregate::Project(state)), Body::CorrectAnswer { version, track, knew, .. }) => {
            (redact::of_answers(state, *version, *track), knew.as_slice())
        }
        (Some(Aggregate::Run(state)), Body::Note { item, knew, .. }) => {
            (redact::of_item(state, item), knew.as_slice())
        }
        // A tick has no words.
        (Some(Aggregate::Run(state)), Body::SetResult { item, reason, knew, .. })
            if !reason.trim().is_empty() =>
        {
            (redact::of_item(state, item), knew.as_slice())
        }
        _ => return Ok(()),
    };
    match last {
        Some(last) if !knew.contains(&last.mark.command) => {
            Err(Refusal::ours(RefusalCode::RedactedSince).with("reason", &last.reason))
        }
        _ => Ok(()),
    }
}

/// Applies a command that was blanked since it was made, and comes again to a service that has forgotten it: as if it had
/// its words, which are taken away again at once.
pub(super) fn again(
    state: &mut Option<Aggregate>,
    command: &Command,
    facts: &Facts,
) -> Result<super::Effects, Refusal> {
    let mut next = state.clone();
    if let Some(next) = &mut next {
        facts.redacted.iter().for_each(|known| before(next, known.words));
    }
    let mut whole = command.clone();
    fill(&mut whole.body);
    let effects = super::change(&mut next, &whole, facts)?;
    if let Some(next) = &mut next {
        for Redacted { words, redaction } in facts.redacted.iter().cloned() {
            match words {
                Words::Comment { comment: id } => {
                    if let Some(known) = find_comment(next, id) {
                        comment(known, redaction);
                    }
                }
                words => change(next, Redacted { words, redaction })?,
            }
        }
    }
    *state = next;
    Ok(effects)
}

/// Makes way for a command that was made before the redaction and comes after it, with another one that was blanked.
fn before(state: &mut Aggregate, words: Words) {
    match (state, words) {
        (Aggregate::Project(state), Words::Reply { finding }) => {
            if let Ok(known) = super::project::finding_mut(state, finding) {
                known.reply.clear();
            }
        }
        (Aggregate::Workspace(state), Words::Contact { customer, contact }) => {
            let known = state.customers.iter_mut().find(|known| known.id == customer);
            let contacts = known.into_iter().flat_map(|known| &mut known.details.contacts);
            contacts.filter(|known| known.id == contact).for_each(|known| put(&mut known.name));
        }
        (state, Words::Comment { comment: id }) => {
            if let Some(known) = find_comment(state, id) {
                known.redacted = None;
            }
        }
        _ => {}
    }
}

fn find_comment(state: &mut Aggregate, id: CommentId) -> Option<&mut Comment> {
    let comments = match state {
        Aggregate::Workspace(state) => &mut state.comments,
        Aggregate::Project(state) => &mut state.comments,
        Aggregate::Run(state) => &mut state.comments,
        Aggregate::Installation(_) => return None,
    };
    comments.iter_mut().find(|known| known.id == id)
}

fn put(text: &mut String) {
    if text.is_empty() {
        "–".clone_into(text);
    }
}

/// Something in the place of words that cannot be missing.
fn fill(body: &mut Body) {
    match body {
        Body::CommentAdd { text, .. } | Body::CommentEdit { text, .. } => put(text),
        Body::CustomerSet { details, .. } => {
            let blank = details.contacts.iter_mut().filter(|contact| contact.shown().is_empty());
            blank.for_each(|Contact { name, .. }| put(name));
        }
        Body::TicketSet { details, .. } => put(&mut details.subject),
        Body::FindingAdd { finding, .. } => put(&mut finding.said.text),
        Body::RecordAnswer { findings, .. } => {
            for finding in findings {
                put(&mut finding.said.text);
            }
        }
        Body::CorrectAnswer { reason, .. } | Body::SetResult { reason, .. } => put(reason),
        Body::Retest { because, .. } => put(because),
        _ => {}
    }
}

fn of_workspace(state: &mut Workspace, words: &Words) -> Result<(), Refusal> {
    match words {
        Words::Contact { customer, contact } => {
            let known = state.customers.iter_mut().find(|known| known.id == *customer);
            let contacts = &mut known.ok_or_else(not_found)?.details.contacts;
            let known = contacts.iter_mut().find(|known| known.id == *contact).ok_or_else(not_found)?;
            for text in [&mut known.name, &mut known.role, &mut known.email, &mut known.phone] {
                text.clear();
            }
            known.gets_links = false;
        }
        Words::CustomerNotes { customer } => {
            let known = state.customers.iter_mut().find(|known| known.id == *customer);
            known.ok_or_else(not_found)?.details.notes.clear();
        }
        Words::Ticket { ticket } => {
            let known = state.tickets.iter_mut().find(|known| known.id == *ticket).ok_or_else(not_found)?;
            known.details.subject.clear();
            known.details.notes.clear();
        }
        Words::Account { account } => {
            let known = state.accounts.iter_mut().find(|known| known.id == *account);
            known.ok_or_else(not_found)?.used_for.clear();
        }
        _ => return Err(misplaced()),
    }
    Ok(())
}

fn of_project(state: &mut Project, words: &Words) -> Result<(), Refusal> {
    match words {
        Words::Finding { finding } => super::project::finding_mut(state, *finding)?.said.text.clear(),
        Words::Reply { finding } => super::project::finding_mut(state, *finding)?.reply.clear(),
        Words::Answer { answer } => {
            let versions = state.versions.iter_mut();
            let rounds = versions.flat_map(|known| {
                let (technical, marketplace) = (&mut known.technical, &mut known.marketplace);
                technical.0.iter_mut().chain(marketplace.0.iter_mut())
            });
            let mut found = false;
            // One command may have answered both tracks.
            for known in rounds.flat_map(|round| &mut round.answers).filter(|it| it.mark.command == *answer) {
                known.text.clear();
                known.correction.iter_mut().for_each(String::clear);
                found = true;
            }
            return if found { Ok(()) } else { Err(not_found()) };
        }
        _ => return Err(misplaced()),
    }
    Ok(())
}

fn of_run(state: &mut Run, words: &Words) -> Result<(), Refusal> {
    let Words::Entry { entry } = words else { return Err(misplaced()) };
    if blank_entries(state, *entry) { Ok(()) } else { Err(not_found()) }
}

/// One command may have written to several items.
fn blank_entries(state: &mut Run, command: CommandId) -> bool {
    let mut found = false;
    let entries = state.items.values_mut().flat_map(|log| &mut log.entries);
    for entry in entries.filter(|entry| entry.mark.command == command) {
        match &mut entry.what {
            Happening::Note { text: words }
            | Happening::Result { reason: words, .. }
            | Happening::Retest { because: words } => words.clear(),
            _ => continue,
        }
        found = true;
    }
    found
}
