//! Commands of a checklist run.

use std::collections::{BTreeMap, BTreeSet};

use super::{comment, misplaced, not_found};
use crate::checklist::{Entry, Happening, ItemLog, ItemStatus, Outcome, RemovedItem, Run, Tested, Was};
use crate::command::Body;
use crate::common::{Extra, Mark, Place};
use crate::facts::Facts;
use crate::files::{self, Evidence};
use crate::ids::RunId;
use crate::refusal::{Refusal, RefusalCode};
use crate::templates::Template;
use crate::text;

pub(super) fn start(id: RunId, body: &Body, mark: Mark, facts: &Facts) -> Result<Run, Refusal> {
    let Body::RunStart { project, version, tested, previous, .. } = body else { return Err(not_found()) };
    let template = facts.template.as_ref().ok_or_else(not_found)?;
    if facts.version_number.is_none() {
        return Err(not_found());
    }
    // What is carried over are results of the same list, on the same app.
    let carries = |(before, _): &&(Run, String)| before.project == *project && before.template == template.id;
    let before = facts.previous_run.as_ref().filter(carries);
    if previous.is_some() && before.is_none() {
        return Err(not_found());
    }
    let mut run = Run {
        id,
        project: *project,
        version: *version,
        template: template.id,
        template_version: template.version,
        kind: template.kind,
        name: template.name.clone(),
        derived: template.derived,
        sections: template.sections.clone(),
        tested: checked(tested)?,
        items: BTreeMap::new(),
        removed: Vec::new(),
        comments: Vec::new(),
        external_links: Vec::new(),
        redactions: Vec::new(),
        started: mark,
        signed: None,
        extra: Extra::new(),
    };
    if let Some((before, number)) = before {
        carry_over(&mut run, before, number);
    }
    Ok(run)
}

/// Results come over as *was …*, never as a result: the new version is untested.
fn carry_over(run: &mut Run, before: &Run, number: &str) {
    let mut items = BTreeMap::new();
    for item in run.all_items() {
        let status = before.status(&item.id);
        let Some(old) = before.item(&item.id).filter(|_| status != ItemStatus::Untested) else { continue };
        let text_changed = old.text != item.text;
        let was = Was { status, number: number.to_owned(), text_changed };
        items.insert(item.id.clone(), ItemLog { was: Some(was), ..ItemLog::default() });
    }
    run.items = items;
}

/// From now on the run follows a newer version of its list (`domain.md`, *Checklist run*): an item with another text is
/// reset and marked so, a new one is untested, one that is not there any more is kept beside the list with its history.
fn take_template(state: &mut Run, template: &Template, number: &str, mark: Mark) {
    for (section, item) in state.sections.iter().flat_map(|s| s.items.iter().map(move |item| (s, item))) {
        if template.item(&item.id).is_none() {
            let removed = RemovedItem {
                section: section.name.clone(),
                item: item.clone(),
                template_version: state.template_version,
                mark,
            };
            state.removed.insert(0, removed);
        }
    }
    for item in template.items() {
        let gone = state.removed.iter().position(|removed| removed.item.id == item.id);
        let before = match gone.map(|at| state.removed.remove(at)) {
            Some(removed) => removed.item.text,
            None => match state.item(&item.id) {
                Some(known) if known.text != item.text => known.text.clone(),
                _ => continue,
            },
        };
        let log = state.items.entry(item.id.clone()).or_default();
        let status = log.status();
        if status == ItemStatus::Untested {
            log.was.iter_mut().for_each(|was| was.text_changed = true);
        } else {
            log.was = Some(Was { status, number: number.to_owned(), text_changed: true });
        }
        let what = Happening::Reset { before, template_version: template.version };
        log.entries.push(Entry { what, mark, undone: None, extra: Extra::new() });
    }
    state.template_version = template.version;
    state.name.clone_from(&template.name);
    state.derived = template.derived;
    state.sections.clone_from(&template.sections);
}

pub(super) fn change(state: &mut Run, body: &Body, mark: Mark, facts: &Facts) -> Result<(), Refusal> {
    if state.signed.is_some() {
        return Err(Refusal::ours(RefusalCode::Signed));
    }
    match body {
        Body::RunTakeTemplate { template, template_version } => {
            let newer =
                facts.template.as_ref().filter(|_| *template == state.template).ok_or_else(not_found)?;
            let number = facts.version_number.as_deref().ok_or_else(not_found)?;
            if *template_version > state.template_version {
                take_template(state, newer, number, mark);
            }
        }
        Body::RunSetTested { tested } => state.tested = checked(tested)?,
        Body::SetResult { item, outcome, reason, knew } => result(state, item, *outcome, reason, knew, mark)?,
        Body::Fixed { item, build } => {
            let build = text::line(build, text::LINE, "build")?;
            known(state, item)?;
            if !matches!(state.status(item), ItemStatus::Fail | ItemStatus::Disputed | ItemStatus::Blocked) {
                return Err(Refusal::ours(RefusalCode::NotFailed).at(Place::item(item)));
            }
            push(state, item, Happening::Fixed { build }, mark);
        }
        Body::Retest { items, because } => {
            let because = text::block(because, "reason")?;
            for item in every(state, items)? {
                push(state, item, Happening::Retest { because: because.clone() }, mark);
            }
        }
        Body::Note { item, text, .. } => {
            let text = text::block(text, "note")?;
            known(state, item)?;
            push(state, item, Happening::Note { text }, mark);
        }
        Body::Assign { items, to } => {
            for item in every(state, items)? {
                push(state, item, Happening::Assigned { to: *to }, mark);
            }
        }
        Body::Attach { item, evidence } => attach(state, item, evidence, mark)?,
        Body::Detach { item, entry } => {
            known(state, item)?;
            let pieces = state.items.get(item).map(ItemLog::evidence).unwrap_or_default();
            if !pieces.iter().any(|(piece, _)| piece.mark.command == *entry) {
                return Err(not_found().at(Place::item(item)));
            }
            push(state, item, Happening::Detached { entry: *entry }, mark);
        }
        Body::Undo { item, undoes } => {
            known(state, item)?;
            let last = state
                .items
                .get_mut(item)
                .and_then(|log| log.entries.iter_mut().rev().find(|entry| entry.undone.is_none()));
            match last {
                Some(Entry { what: Happening::Reset { .. }, .. }) | None => {
                    return Err(Refusal::ours(RefusalCode::NotYourLast).at(Place::item(item)));
                }
                Some(entry) if entry.mark.command == *undoes && entry.mark.by == mark.by => {
                    entry.undone = Some(mark);
                }
                _ => return Err(Refusal::ours(RefusalCode::NotYourLast).at(Place::item(item))),
            }
        }
        Body::Sign {} => state.signed = Some(mark),
        _ if comment::is_one(body) => comment::change(state, body, mark)?,
        _ => return Err(misplaced()),
    }
    Ok(())
}

fn result(
    state: &mut Run,
    item: &str,
    outcome: Outcome,
    reason: &str,
    knew: &[crate::ids::CommandId],
    mark: Mark,
) -> Result<(), Refusal> {
    known(state, item)?;
    let reason = if outcome == Outcome::NotApplicable {
        text::reason(reason).map_err(|refusal| refusal.at(Place::item(item)))?
    } else {
        text::block(reason, "reason")?
    };
    if let Some(log) = state.items.get(item) {
        // Ours (domain.md): a fail goes fixed in build → retest, never straight to another result. Only a result
        // that knew the fail is held to it: one made side by side makes the item disputed.
        let knew_all = log.heads().iter().all(|head| knew.contains(head));
        if log.status() == ItemStatus::Fail && knew_all && outcome != Outcome::Fail {
            return Err(Refusal::ours(RefusalCode::FailNeedsFix).at(Place::item(item)));
        }
    }
    let tested = state.tested.clone();
    push(state, item, Happening::Result { outcome, reason, tested, knew: knew.to_vec() }, mark);
    Ok(())
}

fn attach(state: &mut Run, item: &str, evidence: &Evidence, mark: Mark) -> Result<(), Refusal> {
    let at = |refusal: Refusal| refusal.at(Place::item(item));
    let evidence = evidence.checked().map_err(at)?;
    known(state, item)?;
    let pieces = state.items.get(item).map(ItemLog::evidence).unwrap_or_default();
    if pieces.len() >= files::MOST {
        return Err(at(Refusal::ours(RefusalCode::TooMany).with("max", files::MOST)));
    }
    // The same file under another name is the same evidence.
    let same = |other: &Evidence| match (other, &evidence) {
        (Evidence::File(one), Evidence::File(other)) => one.sha256 == other.sha256,
        (Evidence::Link { url: one, .. }, Evidence::Link { url: other, .. }) => one == other,
        _ => false,
    };
    if pieces.iter().any(|(_, other)| same(other)) {
        return Err(at(Refusal::ours(RefusalCode::AttachedAlready)));
    }
    push(state, item, Happening::Attached { evidence }, mark);
    Ok(())
}

fn push(state: &mut Run, item: &str, what: Happening, mark: Mark) {
    state.items.entry(item.to_owned()).or_default().entries.push(Entry {
        what,
        mark,
        undone: None,
        extra: Extra::new(),
    });
}

fn known(state: &Run, item: &str) -> Result<(), Refusal> {
    // There is no such item to go to.
    state.item(item).map(|_| ()).ok_or_else(|| not_found().at(Place::input("item")))
}

/// All of them known, each once: one action leaves one entry, or its undo would leave the other standing.
fn every<'a>(state: &Run, items: &'a [String]) -> Result<BTreeSet<&'a str>, Refusal> {
    items.iter().try_for_each(|item| known(state, item))?;
    Ok(items.iter().map(String::as_str).collect())
}

fn checked(tested: &Tested) -> Result<Tested, Refusal> {
    Ok(Tested {
        build: text::optional_line(&tested.build, text::LINE, "build")?,
        account: text::optional_line(&tested.account, text::LINE, "account")?,
        browser: text::optional_line(&tested.browser, text::LINE, "browser")?,
    })
}
