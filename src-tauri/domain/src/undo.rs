//! Taking back what was just done: another command, made from what stood before.
//!
//! Nothing is rewritten: an undo is a change like any other, and stands in the activity beside what it takes back. What
//! cannot be undone says so by having none: what a person recorded of Talkdesk (a submission, an answer, a go-live
//! date) is corrected, not undone; a link that was sent is out; a list's version is followed by the next one. A run
//! undoes by itself ([`crate::command::Body::Undo`]): there every item has its own history.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::aggregate::Aggregate;
use crate::alert::{Cared, Snoozed};
use crate::command::Body;
use crate::ids::CommandId;
use crate::project::{Project, Version};
use crate::redact::{self, Redacted, Words};
use crate::workspace::{Customer, Workspace};

/// The way back from a change, and forth again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Undo {
    /// The command that takes the change back.
    pub back: Body,
    /// The command that would make it again. Where it is another one by now, somebody else changed the same thing
    /// since, and taking back would take theirs.
    pub forth: Body,
}

impl Undo {
    /// The way back from what stands now, by the command that [`undo`] made of what stood before.
    pub fn of(back: Body, now: &Aggregate) -> Option<Self> {
        let forth = undo(now, &back)?;
        // What the change asked for may have been written otherwise, trimmed: what is expected is what stands there.
        let back = match (back, &forth) {
            (Body::SetField { version, field, value, .. }, Body::SetField { value: stands, .. }) => {
                Body::SetField { version, field, value, expects: stands.clone() }
            }
            (Body::ProjectEdit { details, .. }, Body::ProjectEdit { details: stands, .. }) => {
                Body::ProjectEdit { details, expects: stands.clone() }
            }
            (Body::FindingReply { finding, reply, knew, .. }, Body::FindingReply { reply: stands, .. }) => {
                Body::FindingReply { finding, reply, expects: stands.clone(), knew }
            }
            (back, _) => back,
        };
        Some(Self { back, forth })
    }

    /// Whether what the change set still stands.
    pub fn fits(&self, now: &Aggregate) -> bool {
        undo(now, &self.back).as_ref() == Some(&self.forth)
    }
}

/// The command that leads back to this state once `body` has been applied to it; none where there is no way back.
pub fn undo(before: &Aggregate, body: &Body) -> Option<Body> {
    match before {
        Aggregate::Workspace(state) => of_workspace(state, body),
        Aggregate::Project(state) => of_project(state, body),
        Aggregate::Run(_) => None,
        Aggregate::Installation(state) => match body {
            Body::InstallationMatch { .. } => {
                Some(Body::InstallationMatch { customer: state.customer, project: state.project })
            }
            Body::AlertAssign { about, .. } => Some(Body::AlertAssign { about: *about, to: state.owner }),
            Body::AlertSnooze { alert, .. } => Some(snooze(&state.snoozed, alert)),
            Body::AlertMark { events, seen } => {
                let seen_before = |id: &String| state.event(id).is_some_and(|taken| taken.marked.is_some());
                // Some were seen before and some were not: no one command says both.
                let alike = events.iter().all(|id| seen_before(id) != *seen);
                alike.then(|| Body::AlertMark { events: events.clone(), seen: !seen })
            }
            _ => None,
        },
    }
}

fn snooze(snoozed: &BTreeMap<String, Snoozed>, alert: &str) -> Body {
    let until = snoozed.get(alert.trim()).map(|known| known.until.clone());
    Body::AlertSnooze { alert: alert.to_owned(), until }
}

fn of_workspace(before: &Workspace, body: &Body) -> Option<Body> {
    Some(match body {
        Body::WorkspaceRename { .. } => Body::WorkspaceRename { name: before.name.clone() },
        Body::SetAddresses { .. } => Body::SetAddresses { addresses: before.addresses.clone() },
        Body::SetPolicies { .. } => Body::SetPolicies { policies: before.policies.clone() },
        Body::AccountSet { account, .. } => match before.accounts.iter().find(|known| known.id == account.id)
        {
            Some(known) => Body::AccountSet {
                account: known.clone(),
                knew: knew(&before.redactions, Words::Account { account: known.id }),
            },
            None => Body::AccountRemove { account: account.id },
        },
        Body::AccountRemove { account } => Body::AccountSet {
            account: before.accounts.iter().find(|known| known.id == *account)?.clone(),
            knew: knew(&before.redactions, Words::Account { account: *account }),
        },
        Body::MemberRename { member, .. } => Body::MemberRename {
            member: *member,
            name: before.members.iter().find(|known| known.id == *member)?.name.clone(),
        },
        Body::MemberSetAbsence { member, .. } => Body::MemberSetAbsence {
            member: *member,
            absence: before.members.iter().find(|known| known.id == *member)?.absence.clone(),
        },
        Body::CustomerSet { customer, .. } => match before.customer(*customer) {
            Some(known) => customer_set(before, known),
            None => Body::CustomerRemove { customer: *customer },
        },
        Body::CustomerRemove { customer } => customer_set(before, before.customer(*customer)?),
        Body::StepSet { step, version: None, .. } => {
            Body::StepSet { step: step.clone(), version: None, done: before.steps.contains_key(step) }
        }
        Body::AlertSnooze { alert, .. } => snooze(&before.snoozed, alert),
        _ => return of_partner(before, body),
    })
}

fn customer_set(before: &Workspace, known: &Customer) -> Body {
    let knew = knew(&before.redactions, Words::CustomerNotes { customer: known.id });
    Body::CustomerSet { customer: known.id, details: known.details.clone(), knew }
}

/// What is put back was read before the change: words that were redacted since stay away.
fn knew(before: &[Redacted], words: Words) -> Option<CommandId> {
    redact::beside(before, words).map(|last| last.mark.command)
}

/// The workspace's documents, pages, messages and tickets. What is removed keeps everything that was written of it.
fn of_partner(before: &Workspace, body: &Body) -> Option<Body> {
    Some(match body {
        Body::DocumentSet { document, .. } | Body::DocumentRemove { document } => {
            let known =
                before.documents.iter().find(|known| known.id == *document && known.removed.is_none());
            match known.map(|known| known.details.clone()) {
                Some(details) => Body::DocumentSet { document: *document, details },
                None => Body::DocumentRemove { document: *document },
            }
        }
        Body::PageSet { page, .. } | Body::PageRemove { page } => {
            let known = before.pages().into_iter().find(|known| known.id == *page && known.removed.is_none());
            match known.map(|known| known.details.clone()) {
                Some(details) => Body::PageSet { page: *page, details },
                None => Body::PageRemove { page: *page },
            }
        }
        Body::MessageSet { message, .. } | Body::MessageRemove { message } => {
            let known = before.messages.iter().find(|known| known.id == *message && known.removed.is_none());
            match known.map(|known| known.details.clone()) {
                Some(details) => Body::MessageSet { message: *message, details },
                None => Body::MessageRemove { message: *message },
            }
        }
        Body::TicketSet { ticket, .. } | Body::TicketRemove { ticket } => {
            let known = before.tickets.iter().find(|known| known.id == *ticket && known.removed.is_none());
            match known.map(|known| known.details.clone()) {
                Some(details) => {
                    let knew = knew(&before.redactions, Words::Ticket { ticket: *ticket });
                    Body::TicketSet { ticket: *ticket, details, knew }
                }
                None => Body::TicketRemove { ticket: *ticket },
            }
        }
        Body::AlertAssign { about, .. } => {
            let to = match about {
                Cared::Ticket { ticket } => before.ticket(*ticket)?.owner,
                Cared::Document { document } => {
                    before.documents.iter().find(|known| known.id == *document)?.owner
                }
                Cared::Installation => return None,
            };
            Body::AlertAssign { about: *about, to }
        }
        Body::CaseSet { case, .. } | Body::CaseRemove { case } => match before.case(*case) {
            Some(known) => Body::CaseSet { case: *case, details: known.details.clone() },
            None => Body::CaseRemove { case: *case },
        },
        Body::CaseJoin { case, .. } => {
            let joined = before.case(*case)?.joined.as_ref();
            Body::CaseJoin { case: *case, installation: joined.map(|joined| joined.installation) }
        }
        Body::CaseSetEnd { case, .. } => {
            let outcome = before.case(*case)?.outcome.as_ref();
            Body::CaseSetEnd { case: *case, end: outcome.map(|outcome| outcome.end) }
        }
        Body::TicketSetClosed { ticket, .. } => {
            let known = before.tickets.iter().find(|known| known.id == *ticket)?;
            Body::TicketSetClosed { ticket: *ticket, closed: known.closed.is_some() }
        }
        _ => return None,
    })
}

fn of_project(before: &Project, body: &Body) -> Option<Body> {
    let at = |id| before.version(id);
    Some(match body {
        Body::ProjectEdit { details, .. } => {
            Body::ProjectEdit { details: before.details.clone(), expects: details.clone() }
        }
        Body::ProjectSetArchived { .. } => Body::ProjectSetArchived { archived: before.archived.is_some() },
        Body::ProjectSetApp { .. } => {
            Body::ProjectSetApp { app: before.app.as_ref().map(|app| app.at.clone()) }
        }
        Body::StepSet { step, version, .. } => {
            let steps = match version {
                Some(version) => &at(*version)?.steps,
                None => &before.steps,
            };
            Body::StepSet { step: step.clone(), version: *version, done: steps.contains_key(step) }
        }
        Body::VersionCreate { version, .. } | Body::VersionRestore { version } => {
            Body::VersionDiscard { version: *version }
        }
        Body::VersionDiscard { version } => Body::VersionRestore { version: *version },
        Body::VersionEdit { version, .. } => {
            let Version { number, notes, .. } = at(*version)?;
            Body::VersionEdit { version: *version, number: number.clone(), notes: notes.clone() }
        }
        Body::SetField { version, field, value, .. } => Body::SetField {
            version: *version,
            field: *field,
            value: at(*version)?.information.get(*field),
            expects: value.clone(),
        },
        Body::AlertSnooze { alert, .. } => snooze(&before.snoozed, alert),
        Body::VersionAssign { version, .. } => {
            Body::VersionAssign { version: *version, to: at(*version)?.assignee }
        }
        Body::MarkCarried { version, fields, .. } | Body::UnmarkCarried { version, fields } => {
            let carried = &at(*version)?.carried;
            let entered: BTreeMap<_, _> =
                fields.iter().filter_map(|field| Some((*field, carried.get(field)?.value.clone()))).collect();
            match entered.len() {
                0 => Body::UnmarkCarried { version: *version, fields: fields.clone() },
                // Some were entered before and some were not: no one command says both.
                n if n < fields.len() => return None,
                _ => Body::MarkCarried { version: *version, fields: fields.clone(), entered },
            }
        }
        Body::CheckWaive { version, check, .. } | Body::CheckUnwaive { version, check } => {
            match at(*version)?.waivers.get(check) {
                Some(waiver) => {
                    Body::CheckWaive { version: *version, check: *check, reason: waiver.reason.clone() }
                }
                None => Body::CheckUnwaive { version: *version, check: *check },
            }
        }
        Body::FindingReply { finding, reply, .. } => Body::FindingReply {
            finding: *finding,
            reply: before.findings.iter().find(|known| known.id == *finding)?.reply.clone(),
            expects: reply.clone(),
            knew: knew(&before.redactions, Words::Reply { finding: *finding }),
        },
        Body::FindingSetStatus { finding, .. } => Body::FindingSetStatus {
            finding: *finding,
            status: before.findings.iter().find(|known| known.id == *finding)?.status,
        },
        _ => return None,
    })
}
