//! Takes words out of a state: whatever the row is, it keeps its place. Signed runs and closed reviews too.

use super::{misplaced, not_found};
use crate::aggregate::Aggregate;
use crate::checklist::{Happening, Run};
use crate::ids::CommandId;
use crate::project::Project;
use crate::redact::Words;
use crate::refusal::Refusal;
use crate::workspace::Workspace;

pub(super) fn change(state: &mut Aggregate, words: &Words) -> Result<(), Refusal> {
    match state {
        Aggregate::Workspace(state) => of_workspace(state, words),
        Aggregate::Project(state) => of_project(state, words),
        Aggregate::Run(state) => of_run(state, words),
        Aggregate::Installation(_) => Err(misplaced()),
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
