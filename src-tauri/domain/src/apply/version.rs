//! Commands of a version's content.

use std::collections::BTreeMap;

use super::project::version_mut;
use super::{misplaced, not_found};
use crate::command::Body;
use crate::common::{Extra, Mark, Place};
use crate::fields::{self, FieldKey, FieldValue, Information, Part};
use crate::ids::VersionId;
use crate::project::{Carried, GoLive, Project, Track, Unlock, Version};
use crate::refusal::{Refusal, RefusalCode, Rule};
use crate::status::{self, Status};
use crate::text;

pub(super) fn change(state: &mut Project, body: &Body, mark: Mark) -> Result<(), Refusal> {
    match body {
        Body::VersionCreate { version, number } => create(state, *version, number, mark)?,
        Body::VersionEdit { version, number, notes } => {
            let number = free_number(state, number, Some(*version))?;
            let notes = text::block(notes, "notes")?;
            editable(state, *version)?;
            let version = version_mut(state, *version)?;
            version.number = number;
            version.notes = notes;
        }
        Body::SetField { version, field, value, expects } => {
            set_field(state, *version, *field, value.as_ref(), expects.as_ref(), mark)?;
        }
        Body::VersionAssign { version, to } => version_mut(state, *version)?.assignee = *to,
        Body::VersionDiscard { version } => {
            let known = state.version(*version).ok_or_else(not_found)?;
            if status::status(state, known) != Status::Draft {
                return Err(Refusal::ours(RefusalCode::NotADraft));
            }
            version_mut(state, *version)?.discarded = Some(mark);
        }
        Body::VersionRestore { version } => {
            let known = state.version(*version).ok_or_else(not_found)?;
            if known.discarded.is_none() {
                return Err(misplaced());
            }
            refuse_second_draft(state)?;
            version_mut(state, *version)?.discarded = None;
            // A hotfix may have gone live in between: what is published later supersedes, so it goes to the end.
            state.versions.sort_by_key(|known| known.id == *version);
        }
        Body::VersionRebase { version, onto, take } => rebase(state, *version, *onto, take, mark)?,
        Body::Unlock { version, part, reason } => {
            let reason = text::reason(reason)?;
            let known = state.version(*version).ok_or_else(not_found)?;
            match status::lock(state, known, *part) {
                None => {}
                Some(Rule::Talkdesk) => return Err(locked(state, known, *part, Rule::Talkdesk)),
                Some(Rule::Ours) => {
                    version_mut(state, *version)?.unlocked.insert(*part, Unlock { mark, reason });
                }
            }
        }
        Body::MarkCarried { version, fields, entered } => {
            for (field, value) in entered {
                if !fields.contains(field) {
                    return Err(misplaced());
                }
                if let Some(value) = value {
                    fields::bounds(*field, value)?;
                }
            }
            let version = version_mut(state, *version)?;
            for field in fields {
                // What was entered may be older than what stands here by now.
                let value = entered.get(field).cloned().unwrap_or_else(|| version.information.get(*field));
                version.carried.insert(*field, Carried { mark, value });
            }
        }
        Body::UnmarkCarried { version, fields } => {
            let version = version_mut(state, *version)?;
            for field in fields {
                version.carried.remove(field);
            }
        }
        _ => return Err(misplaced()),
    }
    Ok(())
}

/// A draft that was set aside for a hotfix goes on from there. What stays its own is the draft's alone to decide:
/// nothing is taken that is not named.
fn rebase(
    state: &mut Project,
    id: VersionId,
    onto: VersionId,
    take: &BTreeMap<FieldKey, Option<FieldValue>>,
    mark: Mark,
) -> Result<(), Refusal> {
    let version = state.version(id).ok_or_else(not_found)?;
    let base = state.version(onto).filter(|base| base.id != id).ok_or_else(not_found)?;
    if !status::went_live(base) {
        return Err(Refusal::ours(RefusalCode::NotLive).with("number", &base.number));
    }
    if status::status(state, version) != Status::Draft {
        return Err(Refusal::ours(RefusalCode::NotADraft));
    }
    let mut information = version.information.clone();
    for (field, expects) in take {
        let part = fields::spec(*field).part;
        if let Some(rule) = status::lock(state, version, part) {
            return Err(locked(state, version, part, rule).at(Place::field(*field)));
        }
        let (current, theirs) = (information.get(*field), base.information.get(*field));
        if current != *expects && current != theirs {
            return Err(Refusal::ours(RefusalCode::Changed).at(Place::field(*field)));
        }
        information.set(*field, theirs.as_ref());
    }
    let version = version_mut(state, id)?;
    version.information = information;
    version.predecessor = Some(onto);
    version.edits.extend(take.keys().map(|field| (*field, mark)));
    Ok(())
}

fn create(state: &mut Project, id: VersionId, number: &str, mark: Mark) -> Result<(), Refusal> {
    if state.version(id).is_some() {
        return Err(misplaced());
    }
    let number = free_number(state, number, None)?;
    refuse_second_draft(state)?;
    let before = status::predecessor(state);
    let mut information = before.map(|version| version.information.clone()).unwrap_or_default();
    if before.is_none() {
        seed(&mut information, state);
    }
    let version = Version {
        id,
        number,
        predecessor: before.map(|version| version.id),
        notes: String::new(),
        carried: before.map(|version| version.carried.clone()).unwrap_or_default(),
        information,
        edits: BTreeMap::new(),
        technical: Track::default(),
        marketplace: Track::default(),
        go_live: GoLive::default(),
        discarded: None,
        unlocked: BTreeMap::new(),
        waivers: BTreeMap::new(),
        looked: BTreeMap::new(),
        event_tests: BTreeMap::new(),
        sso: None,
        steps: BTreeMap::new(),
        assignee: before.and_then(|version| version.assignee),
        created: mark,
        extra: Extra::new(),
    };
    state.versions.push(version);
    Ok(())
}

/// A first version starts with what the project already says.
fn seed(information: &mut Information, state: &Project) {
    let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
    information.set(FieldKey::DisplayName, text(&state.details.name).as_ref());
    if !state.details.slug.is_empty() {
        information.set(FieldKey::Slug, text(&state.details.slug).as_ref());
    }
}

/// Talkdesk (D/creating-managing-app-versions): a new version only when the previous one is approved and published.
pub(super) fn refuse_second_draft(state: &Project) -> Result<(), Refusal> {
    match status::blocks_new_version(state) {
        None => Ok(()),
        Some(blocking) => Err(Refusal::talkdesk(RefusalCode::PreviousNotPublished)
            .with("number", &blocking.number)
            .at(Place { version: Some(blocking.id), ..Place::default() })),
    }
}

fn free_number(state: &Project, number: &str, own: Option<VersionId>) -> Result<String, Refusal> {
    let number = text::line(number, 50, "number")?;
    if state.versions.iter().any(|version| Some(version.id) != own && version.number == number) {
        return Err(Refusal::ours(RefusalCode::NumberTaken)
            .with("number", number)
            .at(Place::input("number")));
    }
    Ok(number)
}

fn editable(state: &Project, id: VersionId) -> Result<(), Refusal> {
    let version = state.version(id).ok_or_else(not_found)?;
    match status::status(state, version) {
        Status::Draft | Status::Rejected => Ok(()),
        _ => Err(locked(state, version, Part::General, Rule::Talkdesk)),
    }
}

fn locked(state: &Project, version: &Version, part: Part, rule: Rule) -> Refusal {
    let word = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let refusal = match (rule, status::status(state, version)) {
        (_, Status::Discarded) => Refusal::ours(RefusalCode::Discarded),
        (Rule::Talkdesk, _) => Refusal::talkdesk(RefusalCode::Locked),
        (Rule::Ours, _) => Refusal::ours(RefusalCode::PartLocked),
    };
    refusal
        .with("status", word(serde_json::to_value(status::status(state, version))))
        .with("part", word(serde_json::to_value(part)))
        .with("number", &version.number)
}

fn set_field(
    state: &mut Project,
    id: VersionId,
    field: FieldKey,
    value: Option<&FieldValue>,
    expects: Option<&FieldValue>,
    mark: Mark,
) -> Result<(), Refusal> {
    if let Some(value) = value {
        fields::bounds(field, value)?;
    }
    let version = state.version(id).ok_or_else(not_found)?;
    if let Some(rule) = status::lock(state, version, fields::spec(field).part) {
        return Err(locked(state, version, fields::spec(field).part, rule).at(Place::field(field)));
    }
    let current = version.information.get(field);
    // The same value twice is no conflict: both wanted it.
    if current.as_ref() != expects && current.as_ref() != value {
        return Err(Refusal::ours(RefusalCode::Changed).at(Place::field(field)));
    }
    let version = version_mut(state, id)?;
    version.information.set(field, value);
    version.edits.insert(field, mark);
    Ok(())
}
