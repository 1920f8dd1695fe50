//! Commands of the workspace.

use super::{alert, case, comment, member, misplaced, not_found, partner};
use crate::command::Body;
use crate::common::{Extra, Mark, Place};
use crate::facts::Facts;
use crate::fields;
use crate::files;
use crate::ids::WorkspaceId;
use crate::process;
use crate::refusal::{Refusal, RefusalCode};
use crate::table::{self, RowFault};
use crate::templates::{self, Template};
use crate::text;
use crate::workspace::{Addresses, Member, Policies, Workspace};

pub(super) fn create(id: WorkspaceId, body: &Body, mark: Mark) -> Result<Workspace, Refusal> {
    let Body::WorkspaceCreate { name, sample, member } = body else { return Err(not_found()) };
    if member.id != mark.by {
        return Err(Refusal::ours(RefusalCode::Forbidden));
    }
    Ok(Workspace {
        id,
        name: text::line(name, text::LINE, "name")?,
        sample: *sample,
        members: vec![Member::new(
            member.id,
            text::line(&member.name, text::LINE, "member")?,
            member.roles.clone(),
        )],
        accounts: Vec::new(),
        addresses: Addresses::default(),
        policies: Policies::default(),
        steps: std::collections::BTreeMap::default(),
        customers: Vec::new(),
        templates: Vec::new(),
        documents: Vec::new(),
        own_pages: Vec::new(),
        tickets: Vec::new(),
        cases: Vec::new(),
        messages: Vec::new(),
        comments: Vec::new(),
        external_links: Vec::new(),
        redactions: Vec::new(),
        snoozed: std::collections::BTreeMap::new(),
        created: mark,
        extra: Extra::new(),
    })
}

pub(super) fn change(state: &mut Workspace, body: &Body, mark: Mark, facts: &Facts) -> Result<(), Refusal> {
    match body {
        Body::WorkspaceRename { name } => state.name = text::line(name, text::LINE, "name")?,
        Body::SetAddresses { addresses } => {
            state.addresses = Addresses {
                partner_project: text::optional_https(&addresses.partner_project, "partner_project")?,
                guide: text::optional_https(&addresses.guide, "guide")?,
                ticket_form: text::optional_https(&addresses.ticket_form, "ticket_form")?,
            };
        }
        Body::SetPolicies { policies } => {
            let known = |id| state.members.iter().any(|known| known.id == id && known.left.is_none());
            // Who left since stays named until somebody else is: nothing else could be set otherwise.
            let same = policies.escalate_to == state.policies.escalate_to;
            if !same && !policies.escalate_to.is_none_or(known) {
                return Err(not_found().at(Place::input("escalate_to")));
            }
            state.policies = checked(policies)?;
        }
        Body::AccountSet { account, .. } => {
            let mut account = account.clone();
            account.name = text::line(&account.name, text::LINE, "account")?;
            account.region = text::optional_line(&account.region, text::LINE, "region")?;
            account.used_for = text::optional_line(&account.used_for, text::LINE, "used_for")?;
            if state.accounts.iter().any(|a| a.id != account.id && a.name.eq_ignore_ascii_case(&account.name))
            {
                return Err(Refusal::ours(RefusalCode::NameTaken).at(Place::input("account")));
            }
            match state.accounts.iter().position(|known| known.id == account.id) {
                Some(known) => state.accounts[known] = account,
                None if state.accounts.len() >= text::LIST => return Err(too_many(text::LIST)),
                None => state.accounts.push(account),
            }
        }
        Body::AccountRemove { account } => {
            let at = state.accounts.iter().position(|a| a.id == *account).ok_or_else(not_found)?;
            state.accounts.remove(at);
        }
        Body::MemberRename { member, name } => {
            let name = text::line(name, text::LINE, "member")?;
            state.members.iter_mut().find(|known| known.id == *member).ok_or_else(not_found)?.name = name;
        }
        Body::MemberEnter { .. }
        | Body::MemberSetAbsence { .. }
        | Body::MemberSetMail { .. }
        | Body::MemberLeave { .. } => {
            member::change(state, body, mark, facts)?;
        }
        Body::TemplateAdd { template } => {
            check_template(template)?;
            if templates::built_in().iter().any(|known| known.id == template.id) {
                return Err(misplaced());
            }
            if state.template(template.id, None).is_some_and(|known| template.version <= known.version) {
                // Somebody saved that version first: whoever made this one has not seen it.
                return Err(Refusal::ours(RefusalCode::Changed).at(Place::input("version")));
            }
            state.templates.push(Template { saved: Some(mark), ..(**template).clone() });
        }
        Body::StepSet { step, version: None, done } => {
            set_step(&mut state.steps, step, process::StepScope::Workspace, *done, mark)?;
        }
        Body::AlertSnooze { alert: name, until } => {
            alert::snooze(&mut state.snoozed, name, until.as_deref(), mark)?;
        }
        // The command itself is the note.
        Body::SecretNoteReveal { of, .. } => {
            text::optional_line(of, text::LINE, "of")?;
        }
        _ if case::is_one(body) => case::change(state, body, mark, facts)?,
        _ if comment::is_one(body) => comment::change(state, body, mark)?,
        _ => partner::change(state, body, mark, facts)?,
    }
    Ok(())
}

pub(super) fn set_step(
    steps: &mut std::collections::BTreeMap<String, Mark>,
    step: &str,
    scope: process::StepScope,
    done: bool,
    mark: Mark,
) -> Result<(), Refusal> {
    if !process::STEPS.iter().any(|known| known.id == step && known.scope == scope && known.tickable) {
        return Err(not_found());
    }
    if done {
        steps.entry(step.to_owned()).or_insert(mark);
    } else {
        steps.remove(step);
    }
    Ok(())
}

fn checked(policies: &Policies) -> Result<Policies, Refusal> {
    for limit in [&policies.images.icon, &policies.images.screenshots] {
        if limit.types.len() > text::LIST || limit.types.iter().any(|name| !files::is_media_type(name)) {
            return Err(Refusal::ours(RefusalCode::WrongKind).at(Place::input("types")));
        }
        let sides = [limit.min, limit.max].into_iter().flatten();
        let crossed = limit
            .min
            .zip(limit.max)
            .is_some_and(|(min, max)| min.width > max.width || min.height > max.height);
        if crossed || limit.bytes == Some(0) || sides.into_iter().any(|pixels| !files::is_size(pixels)) {
            return Err(Refusal::ours(RefusalCode::WrongKind).at(Place::input("pixels")));
        }
    }
    for (key, most) in &policies.lengths {
        // Past the store's own bound nothing is written that could be measured.
        let bound = fields::spec(*key).kind.longest().and_then(|bound| u32::try_from(bound).ok());
        let bound = bound.ok_or_else(|| Refusal::ours(RefusalCode::WrongKind).at(Place::field(*key)))?;
        if !(1..=bound).contains(most) {
            return Err(Refusal::ours(RefusalCode::TooMany).with("max", bound).at(Place::field(*key)));
        }
    }
    let kept = Policies::ORIGINALS_LEAST..=Policies::ORIGINALS_MOST;
    if policies.originals_days.is_some_and(|days| !kept.contains(&days)) {
        let place = Place::input("originals_days");
        return Err(Refusal::ours(RefusalCode::TooMany).with("max", Policies::ORIGINALS_MOST).at(place));
    }
    let days = [
        (policies.overdue_days, "overdue_days"),
        (policies.silent_days, "silent_days"),
        (policies.expiry_days, "expiry_days"),
        (policies.trial_days, "trial_days"),
    ];
    match days.into_iter().find(|(days, _)| !(1..=365).contains(days)) {
        None => Ok(policies.clone()),
        Some((_, input)) => Err(Refusal::ours(RefusalCode::TooMany).with("max", 365).at(Place::input(input))),
    }
}

pub(super) fn too_many(max: usize) -> Refusal {
    Refusal::ours(RefusalCode::TooMany).with("max", max)
}

/// Bounds of a template, and ids that are unique in it: the same check that an import shows row by row.
fn check_template(template: &Template) -> Result<(), Refusal> {
    text::line(&template.name, text::LINE, "name")?;
    let Some(first) = table::problems(template).into_iter().next() else { return Ok(()) };
    let refusal = match first.problem {
        RowFault::TooMany { max } => too_many(max),
        RowFault::TooLong { max } => Refusal::ours(RefusalCode::TooLong).with("max", max),
        RowFault::ControlCharacters => Refusal::ours(RefusalCode::ControlCharacters),
        RowFault::IdTaken { id, .. } | RowFault::SectionTaken { id } => {
            Refusal::ours(RefusalCode::NumberTaken).with("number", id)
        }
        RowFault::NoRows | RowFault::TextMissing | RowFault::IdMissing => Refusal::ours(RefusalCode::Empty),
        // What a table can have and a template cannot.
        RowFault::TextNotMapped
        | RowFault::NoSuchColumn
        | RowFault::TextTaken { .. }
        | RowFault::RequiredUnclear { .. } => Refusal::ours(RefusalCode::WrongKind),
    };
    Err(refusal
        .at(Place { index: first.row.and_then(|row| u32::try_from(row - 1).ok()), ..Place::input("items") }))
}
