//! The one reducer. Nothing else changes an aggregate, on the desktop and at the service alike.
//!
//! It is pure: the same state, command and facts give the same answer. It checks before it changes, so that a
//! refused command leaves the state as it was. It never reads a clock and never compares `made_at`.

mod alert;
mod case;
mod comment;
mod installation;
mod member;
mod partner;
mod project;
mod redact;
mod review;
mod run;
mod version;
mod workspace;

use crate::aggregate::Aggregate;
use crate::command::{Body, Command};
use crate::common::{AggregateRef, Mark, Place, Role};
use crate::facts::Facts;
use crate::redact::{Redacted, Redaction};
use crate::refusal::{Refusal, RefusalCode};
use crate::text;

/// What follows from a command beside the change of its aggregate: commands that the desktop which made it makes
/// next. The service does not make them: they come to it as commands of their own.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Effects {
    /// What to do next, in order.
    pub follow_ups: Vec<(AggregateRef, Body)>,
}

/// Applies a command to its aggregate (`None`: it does not exist yet), or says why not.
pub fn apply(state: &mut Option<Aggregate>, command: &Command, facts: &Facts) -> Result<Effects, Refusal> {
    allowed(&command.body, facts)?;
    if facts.redacted.is_empty() {
        redact::is_known(state.as_ref(), &command.body)?;
        change(state, command, facts)
    } else {
        redact::again(state, command, facts)
    }
}

fn change(state: &mut Option<Aggregate>, command: &Command, facts: &Facts) -> Result<Effects, Refusal> {
    let mark = Mark { by: facts.actor.member, at: facts.at, command: command.id };
    match (command.aggregate, state.as_mut()) {
        (AggregateRef::Workspace(id), None) => {
            *state = Some(Aggregate::Workspace(Box::new(workspace::create(id, &command.body, mark)?)));
        }
        (AggregateRef::Project(id), None) => {
            *state = Some(Aggregate::Project(Box::new(project::create(id, &command.body, mark, facts)?)));
        }
        (AggregateRef::Run(id), None) => {
            *state = Some(Aggregate::Run(Box::new(run::start(id, &command.body, mark, facts)?)));
        }
        (AggregateRef::Installation(id), None) => {
            let created = installation::create(id, &command.body, mark)?;
            *state = Some(Aggregate::Installation(Box::new(created)));
        }
        (of, Some(state)) if let Body::WordsRedact { words, reason } = &command.body => {
            let reason = text::reason(reason)?;
            if state.of() != of {
                return Err(not_found());
            }
            redact::change(state, Redacted { words: *words, redaction: Redaction { mark, reason } })?;
        }
        (AggregateRef::Workspace(_), Some(Aggregate::Workspace(state))) => {
            workspace::change(state, &command.body, mark, facts)?;
        }
        (AggregateRef::Project(_), Some(Aggregate::Project(state))) => {
            return project::change(state, &command.body, mark, facts);
        }
        (AggregateRef::Run(_), Some(Aggregate::Run(state))) => {
            run::change(state, &command.body, mark, facts)?;
        }
        (AggregateRef::Installation(_), Some(Aggregate::Installation(state))) => {
            installation::change(state, &command.body, mark, facts)?;
            if matches!(command.body, Body::InstallationMatch { .. }) {
                return Ok(Effects { follow_ups: case::after_match(state, facts) });
            }
        }
        _ => return Err(not_found()),
    }
    Ok(Effects::default())
}

/// What is named is not there.
fn not_found() -> Refusal {
    Refusal::ours(RefusalCode::NotFound)
}

/// The command is not one for this aggregate, or for one that exists already.
fn misplaced() -> Refusal {
    Refusal::ours(RefusalCode::Exists)
}

fn allowed(body: &Body, facts: &Facts) -> Result<(), Refusal> {
    let roles = roles(body);
    if facts.actor.roles.iter().any(|role| roles.contains(role)) {
        return Ok(());
    }
    let needed = roles.iter().filter_map(|role| serde_json::to_value(role).ok());
    let needed: Vec<String> = needed.filter_map(|role| role.as_str().map(str::to_owned)).collect();
    Err(Refusal::ours(RefusalCode::Forbidden).with("roles", needed.join(" ")).at(Place::default()))
}

/// Who may do what (`domain.md`, *Roles*).
pub fn roles(body: &Body) -> &'static [Role] {
    use Role::{Admin, Developer, InternalReviewer, PartnerManager, Qa};
    match body {
        Body::SetPolicies { .. } | Body::MemberRename { .. } | Body::MemberLeave { .. } => &[Admin],
        // One's own, which changes nothing of anyone else's; another's absence is for admins, as its command looks.
        Body::CommentSee { .. }
        | Body::MemberEnter { .. }
        | Body::MemberSetAbsence { .. }
        | Body::MemberSetMail { .. } => &Role::ALL,
        Body::CommentAdd { .. }
        | Body::CommentEdit { .. }
        | Body::CommentDelete { .. }
        | Body::CommentResolve { .. }
        | Body::ExternalAdd { .. }
        | Body::ExternalEdit { .. }
        | Body::ExternalRemove { .. }
        | Body::PageMarkRead { .. } => &[Admin, PartnerManager, Developer, Qa, InternalReviewer],
        Body::DocumentSet { .. }
        | Body::DocumentRemove { .. }
        | Body::WorkspaceCreate { .. }
        | Body::WorkspaceRename { .. }
        | Body::SetAddresses { .. }
        | Body::AccountSet { .. }
        | Body::AccountRemove { .. } => &[Admin, PartnerManager],
        Body::TemplateAdd { .. }
        | Body::RunStart { .. }
        | Body::RunTakeTemplate { .. }
        | Body::RunSetTested { .. }
        | Body::SetResult { .. }
        | Body::Note { .. }
        | Body::Assign { .. }
        | Body::Attach { .. }
        | Body::Detach { .. }
        | Body::Undo { .. }
        | Body::Sign {} => &[PartnerManager, Qa],
        Body::Fixed { .. }
        | Body::Retest { .. }
        | Body::FindingReply { .. }
        | Body::FindingSetStatus { .. }
        | Body::LinkNoteUse { .. } => &[PartnerManager, Developer, Qa],
        Body::SetField { field, .. } => match crate::fields::spec(*field).part {
            crate::fields::Part::Technical => &[PartnerManager, Developer],
            _ => &[PartnerManager],
        },
        Body::StepSet { .. }
        | Body::PageSet { .. }
        | Body::PageRemove { .. }
        | Body::TicketSet { .. }
        | Body::TicketLetter { .. }
        | Body::TicketTakeBack { .. }
        | Body::TicketSetClosed { .. }
        | Body::TicketRemove { .. }
        | Body::CredentialsNoteKept { .. }
        | Body::AlertAssign { .. }
        | Body::AlertSnooze { .. } => &[Admin, PartnerManager, Developer],
        Body::CheckRecord { .. }
        | Body::TestRecord { .. }
        | Body::SsoRecord { .. }
        | Body::SecretNoteReveal { .. }
        | Body::EventTake { .. }
        | Body::InstallationMatch { .. }
        | Body::CaseSet { .. }
        | Body::CaseJoin { .. }
        | Body::CaseSetEnd { .. }
        | Body::CaseRemove { .. }
        | Body::InstallationNoteState { .. }
        | Body::InstallationAnswer { .. }
        | Body::AlertMark { .. }
        | Body::CredentialsNoteToken { .. }
        | Body::CredentialsNoteDeployed { .. }
        | Body::CredentialsNoteInUse { .. }
        | Body::CredentialsAcknowledge { .. }
        | Body::CredentialsAskRotation { .. } => &[PartnerManager, Developer],
        Body::FindingAdd { .. } | Body::FindingAttach { .. } | Body::FindingDetach { .. } => {
            &[PartnerManager, Developer, Qa, InternalReviewer]
        }
        _ => &[PartnerManager],
    }
}
