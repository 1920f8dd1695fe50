//! States that must never be, and changes that must never happen, whatever anyone sends. Judged here from the data
//! alone, as far as that can be, and not by the functions that the reducer asks.

use std::collections::BTreeSet;

use domain::checklist::{Happening, ItemLog, ItemStatus, Run};
use domain::comment::Comment;
use domain::external::ExternalLink;
use domain::fields::{FIELDS, Information, Part, TrackName};
use domain::installation::{Happened, Installation};
use domain::project::{FindingSource, Project, Round, Verdict, Version};
use domain::redact::Words;
use domain::refusal::Rule;
use domain::workspace::Workspace;
use domain::{Aggregate, Body};

use crate::world::World;

/// No state of the world is a forbidden one.
pub fn hold(world: &World) {
    for state in world.states.values() {
        match state {
            Aggregate::Workspace(state) => workspace(state),
            Aggregate::Project(state) => project(state),
            Aggregate::Run(state) => run(state),
            Aggregate::Installation(state) => installation(state),
        }
    }
}

/// The change was one that the command may make.
pub fn allow(before: Option<&Aggregate>, after: &Aggregate, body: &Body) {
    match (before, after) {
        (Some(Aggregate::Workspace(before)), Aggregate::Workspace(after)) => kept_workspace(before, after),
        (Some(Aggregate::Project(before)), Aggregate::Project(after)) => kept_project(before, after, body),
        (Some(Aggregate::Run(before)), Aggregate::Run(after)) => kept_run(before, after, body),
        (Some(Aggregate::Installation(before)), Aggregate::Installation(after)) => {
            kept_installation(before, after);
        }
        (None, Aggregate::Run(started)) => {
            assert!(started.all_items().all(|item| started.status(&item.id) == ItemStatus::Untested));
        }
        (None, _) => {}
        (Some(before), after) => panic!("{:?} became {:?}", before.of(), after.of()),
    }
}

/// Comments and links of an aggregate.
fn said(comments: &[Comment], links: &[ExternalLink]) {
    unique("comment", comments.iter().map(|comment| comment.id));
    unique("external link", links.iter().map(|link| link.id));
    for comment in comments {
        assert_eq!(
            comment.text.trim().is_empty(),
            comment.is_blank(),
            "blank where its words are gone: {comment:?}"
        );
        assert!(
            comment.seen.iter().all(|seen| comment.mentions.contains(seen)),
            "seen by who is not mentioned"
        );
        assert!(comment.deleted.is_none_or(|mark| mark.by == comment.created.by), "deleted by another");
        assert!(comment.edited.is_none_or(|mark| mark.by == comment.created.by), "edited by another");
        if let Some(first) = comment.reply_to {
            let first = comments.iter().find(|known| known.id == first).expect("the thread is there");
            assert!(first.reply_to.is_none() && first.subject == comment.subject);
            assert!(comment.resolved.is_none(), "a thread is settled by its first comment");
        }
    }
    for link in links {
        https(&link.url);
        line(&link.key, 60);
        assert!(!link.key.is_empty());
    }
}

/// A comment never goes, and what was blanked for good stays so.
fn kept_comments(before: &[Comment], after: &[Comment]) {
    for (old, new) in before.iter().zip(after) {
        assert_eq!(
            (old.id, &old.subject, old.reply_to, old.created),
            (new.id, &new.subject, new.reply_to, new.created)
        );
        assert!(old.redacted.is_none() || (old.redacted == new.redacted && new.text.is_empty()));
    }
    assert!(after.len() >= before.len());
}

fn unique<T: Ord>(what: &str, all: impl Iterator<Item = T>) {
    let mut seen = BTreeSet::new();
    for one in all {
        assert!(seen.insert(one), "{what} twice");
    }
}

fn line(text: &str, max: usize) {
    assert!(text.trim() == text && !text.chars().any(char::is_control), "a line: {text:?}");
    assert!(text.chars().count() <= max, "too long");
}

fn https(url: &str) {
    assert!(url.to_lowercase().starts_with("https://") && !url.contains(char::is_whitespace), "{url:?}");
}

fn workspace(state: &Workspace) {
    line(&state.name, 500);
    assert!(!state.name.is_empty());
    unique("account", state.accounts.iter().map(|account| account.id));
    unique("account name", state.accounts.iter().map(|account| account.name.to_ascii_lowercase()));
    unique("customer", state.customers.iter().map(|customer| customer.id));
    unique("list", state.templates.iter().map(|list| (list.id, list.version)));
    assert!((1..=365).contains(&state.policies.overdue_days));
    assert!(
        (1..=365).contains(&state.policies.silent_days) && (1..=365).contains(&state.policies.expiry_days)
    );
    said(&state.comments, &state.external_links);
    unique("document", state.documents.iter().map(|document| document.id));
    unique("page", state.own_pages.iter().map(|page| page.id));
    unique("ticket", state.tickets.iter().map(|ticket| ticket.id));
    unique("case", state.cases.iter().map(|case| case.id));
    let open = state.cases.iter().filter(|case| case.is_open());
    unique(
        "open case of an installation",
        open.filter_map(|case| case.joined.as_ref()).map(|of| of.installation),
    );
    for page in &state.own_pages {
        unique("reader", page.read.iter().map(|mark| mark.by));
    }
    for customer in &state.customers {
        unique("contact", customer.details.contacts.iter().map(|contact| contact.id));
    }
    let addresses = &state.addresses;
    for url in [&addresses.partner_project, &addresses.guide, &addresses.ticket_form] {
        if !url.is_empty() {
            https(url);
        }
    }
}

/// Whether Talkdesk took both tracks and the partner saw it live.
fn live(version: &Version) -> bool {
    let approved = |track: TrackName| {
        let last = version.track(track).0.iter().rfind(|round| round.withdrawn.is_none());
        last.and_then(|round| round.answers.last()).is_some_and(|answer| answer.outcome == Verdict::Approved)
    };
    approved(TrackName::Technical) && approved(TrackName::Marketplace) && version.go_live.confirmed.is_some()
}

fn unpublished(state: &Project) -> usize {
    state.versions.iter().filter(|version| version.discarded.is_none() && !live(version)).count()
}

fn in_review(round: &Round) -> bool {
    round.answers.is_empty() && round.withdrawn.is_none()
}

fn project(state: &Project) {
    line(&state.details.name, 500);
    unique("number", state.versions.iter().map(|version| &version.number));
    unique("version", state.versions.iter().map(|version| version.id));
    unique("link", state.links.iter().map(|link| link.id));
    unique("finding", state.findings.iter().map(|finding| finding.id));
    said(&state.comments, &state.external_links);
    assert!(unpublished(state) <= 1, "two versions are neither put away nor published");
    for version in &state.versions {
        line(&version.number, 50);
        assert!(!version.number.is_empty());
        let current =
            state.links.iter().filter(|link| link.version == version.id && link.superseded_by.is_none());
        assert!(current.count() <= 1, "two links in force");
        let rounds = || TrackName::ALL.iter().flat_map(|track| &version.track(*track).0);
        unique("round", rounds().map(|round| round.id));
        for track in TrackName::ALL {
            for (n, round) in (1..).zip(&version.track(track).0) {
                assert_eq!(round.n, n, "rounds are numbered from 1 without a gap");
                assert!(round.withdrawn.is_none() || round.answers.is_empty(), "withdrawn after an answer");
                let last = version.track(track).0.len() == round.n as usize;
                assert!(last || !in_review(round), "a round was begun while another was in review");
                filled(&round.information, track);
                for (at, answer) in round.answers.iter().enumerate() {
                    let corrects =
                        answer.correction.as_deref().is_some_and(|reason| !reason.trim().is_empty());
                    assert_eq!(corrects, at > 0, "the first answer corrects none, every later one says why");
                }
                assert!(round.override_reason.as_deref().is_none_or(|reason| !reason.trim().is_empty()));
            }
        }
        let go_live = &version.go_live;
        assert!(go_live.approved.is_none() || go_live.proposed.is_some());
        assert!(
            go_live.confirmed.is_none() || go_live.approved.is_some(),
            "live without an approval of the date"
        );
        assert!(go_live.delisted.is_none() || go_live.confirmed.is_some());
        assert!(version.unlocked.values().all(|unlock| !unlock.reason.trim().is_empty()));
    }
    for link in &state.links {
        https(&link.url);
        assert!(link.superseded_by.is_none_or(|by| state.links.iter().any(|known| known.id == by)));
    }
    for finding in &state.findings {
        let version = state.version(finding.version).unwrap();
        let round = TrackName::ALL
            .iter()
            .flat_map(|track| &version.track(*track).0)
            .any(|round| Some(round.id) == finding.round);
        assert_eq!(round, finding.source == FindingSource::Talkdesk, "Talkdesk's findings are of a round");
    }
}

/// Every required field of the track has something in it.
fn filled(information: &Information, track: TrackName) {
    for field in FIELDS.iter().filter(|field| field.required && field.part.track() == track) {
        let value =
            information.get(field.key).map(|value| serde_json::to_value(value).unwrap()["value"].clone());
        let empty = match value {
            None => true,
            Some(serde_json::Value::String(text)) => text.trim().is_empty(),
            Some(serde_json::Value::Array(list)) => list.is_empty(),
            Some(_) => false,
        };
        assert!(!empty, "submitted without {}", field.name);
    }
}

fn kept_project(before: &Project, after: &Project, body: &Body) {
    assert_eq!((before.id, before.created), (after.id, after.created));
    if before.archived.is_some() && !matches!(body, Body::CommentRedact { .. } | Body::WordsRedact { .. }) {
        let mut rest = after.clone();
        rest.archived = before.archived;
        assert_eq!(rest, *before, "archived, and yet changed");
    }
    for old in &before.versions {
        let new = after.version(old.id).expect("a version never goes");
        kept_version(before, old, new, body);
    }
    if after.versions.len() > before.versions.len() {
        assert_eq!(unpublished(before), 0, "a version before the last one was published");
        let new = after.versions.last().unwrap();
        let source =
            before.versions.iter().rev().find(|version| version.discarded.is_none() && live(version));
        assert_eq!(new.predecessor, source.map(|version| version.id));
        if let Some(source) = source {
            assert_eq!(new.information, source.information);
        }
    }
    kept_comments(&before.comments, &after.comments);
    for (old, new) in before.links.iter().zip(&after.links) {
        assert_eq!(
            (old.id, &old.url, old.version, old.created),
            (new.id, &new.url, new.version, new.created)
        );
        assert_eq!(new.uses[..old.uses.len()], old.uses, "a use never goes");
        assert!(old.superseded_by.is_none() || old.superseded_by == new.superseded_by);
    }
    assert!(after.links.len() >= before.links.len());
    for (old, new) in before.findings.iter().zip(&after.findings) {
        let mut said = old.said.clone();
        if let Body::WordsRedact { words: Words::Finding { finding }, .. } = body
            && *finding == old.id
        {
            said.text.clear();
        }
        assert_eq!((old.id, &said, old.created, old.round), (new.id, &new.said, new.created, new.round));
    }
    let mut added = after.findings.iter().skip(before.findings.len());
    assert!(added.all(|finding| !finding.said.text.trim().is_empty()));
    assert!(after.findings.len() >= before.findings.len());
}

fn kept_version(project: &Project, old: &Version, new: &Version, body: &Body) {
    assert_eq!(old.created, new.created);
    let rebase = match body {
        Body::VersionRebase { version, onto, take } if *version == old.id => {
            Some((project.version(*onto).unwrap(), take))
        }
        _ => None,
    };
    match rebase {
        None => assert_eq!(old.predecessor, new.predecessor),
        Some((onto, _)) => {
            assert_eq!(new.predecessor, Some(onto.id));
            assert!(live(onto), "put on top of what was never live");
        }
    }
    let changed = new.information.differences(&old.information);
    for key in changed {
        let part = domain::fields::spec(key).part;
        assert_eq!(domain::status::lock(project, old, part), None, "a locked part was edited");
        let set =
            matches!(body, Body::SetField { version, field, .. } if *version == old.id && *field == key);
        let taken = rebase.is_some_and(|(onto, take)| {
            take.contains_key(&key) && new.information.get(key) == onto.information.get(key)
        });
        let by = set || taken;
        assert!(by, "{} changed by another command", key.name());
    }
    for part in Part::ALL {
        if new.unlocked.contains_key(&part) && !old.unlocked.contains_key(&part) {
            assert_eq!(domain::status::lock(project, old, part), Some(Rule::Ours));
        }
    }
    if new.go_live.confirmed.is_some() && old.go_live.confirmed.is_none() {
        assert!(live(new), "confirmed before both tracks were approved");
        assert!(old.go_live.approved.is_some());
    }
    for track in TrackName::ALL {
        let (old_rounds, new_rounds) = (&old.track(track).0, &new.track(track).0);
        assert!(new_rounds.len() >= old_rounds.len(), "a round never goes");
        for (old, new) in old_rounds.iter().zip(new_rounds) {
            let frozen = Round { answers: old.answers.clone(), withdrawn: old.withdrawn, ..new.clone() };
            assert_eq!(frozen, *old, "a round stays as it was submitted");
            assert_eq!(new.answers[..old.answers.len()], old.answers, "an answer never goes");
            let answered = new.answers.len() > old.answers.len();
            let correction = matches!(body, Body::CorrectAnswer { .. }) && !old.answers.is_empty();
            assert!(!answered || in_review(old) || correction, "an answer to a round not in review");
            assert!(old.withdrawn == new.withdrawn || in_review(old), "withdrawn when not in review");
        }
        if new_rounds.len() > old_rounds.len() {
            assert!(old.discarded.is_none());
            let last = old_rounds.iter().rfind(|round| round.withdrawn.is_none());
            let may = last.is_none_or(|round| {
                round.answers.last().is_some_and(|answer| answer.outcome == Verdict::Rejected)
            });
            assert!(may, "a round while the track is in review or approved");
        }
    }
}

fn kept_workspace(before: &Workspace, after: &Workspace) {
    assert_eq!((before.id, before.created), (after.id, after.created));
    assert_eq!(after.templates[..before.templates.len()], before.templates, "a list's version never changes");
    for old in &before.customers {
        assert!(after.customers.iter().any(|new| new.id == old.id), "a customer leaves a tombstone");
    }
    for old in &before.tickets {
        assert!(after.tickets.iter().any(|new| new.id == old.id), "a ticket leaves a tombstone");
    }
    kept_comments(&before.comments, &after.comments);
}

fn run(state: &Run) {
    said(&state.comments, &state.external_links);
    for (item, log) in &state.items {
        let removed = state.removed.iter().any(|removed| removed.item.id == *item);
        assert!(
            state.item(item).is_some() != removed,
            "a result of no item, or of one that is gone and is not"
        );
        for entry in &log.entries {
            if let Happening::Result { outcome: domain::checklist::Outcome::NotApplicable, reason, .. } =
                &entry.what
            {
                assert!(!reason.trim().is_empty(), "not applicable without a reason");
            }
            assert!(entry.undone.is_none_or(|mark| mark.by == entry.mark.by), "undone by another");
        }
        unique("entry of one command", log.entries.iter().map(|entry| entry.mark.command));
    }
}

fn kept_run(before: &Run, after: &Run, body: &Body) {
    assert_eq!(before.signed.map(|_| before), before.signed.map(|_| after), "a signed run changed");
    assert_eq!((before.id, before.version, before.template), (after.id, after.version, after.template));
    let takes = matches!(body, Body::RunTakeTemplate { .. });
    if !takes {
        assert_eq!(
            (before.template_version, &before.sections, &before.removed),
            (after.template_version, &after.sections, &after.removed)
        );
    }
    assert!(before.template_version <= after.template_version, "a run goes back to an older list");
    let gone = |id: &str| after.removed.iter().any(|removed| removed.item.id == id);
    for item in before.all_items().chain(before.removed.iter().map(|removed| &removed.item)) {
        assert!(after.item(&item.id).is_some() != gone(&item.id), "an item is in the list or kept beside it");
    }
    kept_comments(&before.comments, &after.comments);
    let none = ItemLog::default();
    for item in before.all_items() {
        let old = before.items.get(&item.id).unwrap_or(&none);
        let new = after.items.get(&item.id).unwrap_or(&none);
        assert!(takes || old.was == new.was);
        let mut undone = 0;
        for (old_entry, new_entry) in old.entries.iter().zip(&new.entries) {
            assert_eq!(
                (&old_entry.what, old_entry.mark),
                (&new_entry.what, new_entry.mark),
                "an entry changed"
            );
            if old_entry.undone != new_entry.undone {
                undone += 1;
                assert_eq!(Some(old_entry), old.last_entry(), "not the last action");
                assert_eq!(new_entry.undone.map(|mark| mark.by), Some(old_entry.mark.by), "not one's own");
            }
        }
        assert!(undone == 0 || (undone == 1 && matches!(body, Body::Undo { .. })));
        assert!(new.entries.len() >= old.entries.len(), "an entry never goes");
        let (was, is) = (old.status(), new.status());
        let may = match body {
            Body::SetResult { .. } => {
                was != ItemStatus::Fail || matches!(is, ItemStatus::Fail | ItemStatus::Disputed)
            }
            Body::Fixed { .. } | Body::Retest { .. } => was == is || is == ItemStatus::Retest,
            Body::Undo { .. } => true,
            Body::RunTakeTemplate { .. } => match after.item(&item.id) {
                Some(now) if now.text != item.text => is == ItemStatus::Untested,
                _ => was == is,
            },
            _ => was == is,
        };
        assert!(may, "{was:?} became {is:?} by {body:?}");
    }
}

fn installation(state: &Installation) {
    assert!(!state.events.is_empty(), "an installation is what an event told of");
    unique("event", state.events.iter().map(|taken| &taken.event.id));
    unique("steps of a set", state.sets.iter().map(|steps| &steps.client_id));
    for taken in &state.events {
        assert_eq!(taken.event.installation, state.talkdesk_id, "an event of another installation");
    }
    let came = |client: &str| {
        state.events.iter().any(|taken| taken.event.what.set().is_some_and(|set| set.client_id == client))
    };
    for steps in &state.sets {
        assert!(came(&steps.client_id), "steps of a set that never came");
        assert!(steps.tokens.len() <= 2, "the first token of each way");
    }
    for answer in &state.answers {
        assert!(!answer.events.is_empty());
        for id in &answer.events {
            assert!(state.event(id).is_some_and(|taken| taken.event.what.wants_answer()));
        }
    }
    for asked in &state.asked {
        assert!(!asked.compromised || !asked.reason.trim().is_empty());
    }
    assert!(state.seen.windows(2).all(|two| two[0].state != two[1].state), "seen as it was is seen once");
}

fn kept_installation(before: &Installation, after: &Installation) {
    assert_eq!(
        (before.id, &before.talkdesk_id, before.created),
        (after.id, &after.talkdesk_id, after.created)
    );
    for old in &before.events {
        let logout = matches!(old.event.what, Happened::UserLogout { .. });
        // Whether somebody saw what it tells is beside it.
        let kept = after.events.iter().any(|new| (&new.event, new.mark) == (&old.event, old.mark));
        assert!(logout || kept, "an event never goes and never changes");
    }
    assert_eq!(after.answers[..before.answers.len()], before.answers, "an answer never goes");
    assert_eq!(after.asked[..before.asked.len()], before.asked);
    for old in &before.sets {
        let new = after.steps(&old.client_id).expect("steps never go");
        assert_eq!(new.tokens[..old.tokens.len()], old.tokens);
        assert!(old.acknowledged.is_none() || old.acknowledged == new.acknowledged);
    }
}
