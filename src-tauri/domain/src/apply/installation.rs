//! Commands of an installation.

use super::{alert, misplaced, not_found};
use crate::alert::Cared;
use crate::command::Body;
use crate::common::{Extra, Mark, Place};
use crate::facts::Facts;
use crate::ids::InstallationId;
use crate::installation::{
    Answer, CredentialSet, Deployed, EVENTS, EVENTS_LEFT, EventFacts, Happened, Installation, LOGOUTS,
    Received, RotationAsked, Seen, SetSteps, TakenEvent, TalkdeskState, TokenGot, Word, rotations,
};
use crate::refusal::{Refusal, RefusalCode};
use crate::text;

/// Longest id or word of Talkdesk's, in characters. Its ids have 32; they are opaque.
const NAME: usize = 200;
/// Longest public key, in characters: PS512 with 8,192 bits takes some 1,400.
const KEY: usize = 4_000;
/// The most users of one event.
const USERS: usize = 10_000;

pub(super) fn create(id: InstallationId, body: &Body, mark: Mark) -> Result<Installation, Refusal> {
    let Body::EventTake { event } = body else { return Err(not_found()) };
    let mut installation = Installation {
        id,
        talkdesk_id: event.installation.trim().to_owned(),
        customer: None,
        project: None,
        matched: None,
        events: Vec::new(),
        answers: Vec::new(),
        seen: Vec::new(),
        sets: Vec::new(),
        asked: Vec::new(),
        owner: None,
        snoozed: std::collections::BTreeMap::new(),
        created: mark,
        extra: Extra::new(),
    };
    take(&mut installation, event, mark)?;
    Ok(installation)
}

pub(super) fn change(
    state: &mut Installation,
    body: &Body,
    mark: Mark,
    facts: &Facts,
) -> Result<(), Refusal> {
    match body {
        Body::EventTake { event } => take(state, event, mark)?,
        Body::InstallationMatch { customer, project } => {
            if !facts.named_known {
                return Err(not_found());
            }
            (state.customer, state.project, state.matched) = (*customer, *project, Some(mark));
        }
        Body::InstallationNoteState { state: seen } => see(state, seen, mark)?,
        Body::InstallationAnswer { events, word, before, after } => {
            if events.is_empty() || events.len() > text::LIST {
                return Err(Refusal::ours(RefusalCode::Empty).at(Place::input("events")));
            }
            let wants = |id: &String| state.event(id).is_some_and(|taken| taken.event.what.wants_answer());
            if !events.iter().all(wants) {
                return Err(not_found());
            }
            let word = match word {
                Word::Approve => Word::Approve,
                Word::Reject { reason } => Word::Reject { reason: text::reason(reason)? },
            };
            let (before, after) = (talkdesk_state(before)?, talkdesk_state(after)?);
            see(state, &after, mark)?;
            state.answers.push(Answer { events: events.clone(), word, before, after, mark });
        }
        Body::AlertAssign { about: Cared::Installation, to } => {
            alert::somebody(*to, facts)?;
            state.owner = *to;
        }
        Body::AlertSnooze { alert, until } => {
            alert::snooze(&mut state.snoozed, alert, until.as_deref(), mark)?;
        }
        Body::AlertMark { events, seen } => {
            if events.is_empty() || events.len() > EVENTS {
                return Err(Refusal::ours(RefusalCode::Empty).at(Place::input("events")));
            }
            if !events.iter().all(|id| state.event(id).is_some()) {
                return Err(not_found());
            }
            for taken in state.events.iter_mut().filter(|taken| events.contains(&taken.event.id)) {
                taken.marked = seen.then(|| taken.marked.unwrap_or(mark));
            }
        }
        Body::CredentialsNoteToken { client_id, way, scope } => {
            let scope = text::optional_line(scope, text::TEXT, "scope")?;
            let steps = steps(state, client_id)?;
            if !steps.tokens.iter().any(|known| known.way == *way) {
                steps.tokens.push(TokenGot { way: *way, scope, mark });
            }
        }
        Body::CredentialsNoteDeployed { client_id, to } => {
            let to = text::line(to, text::LINE, "to")?;
            steps(state, client_id)?.deployed = Some(Deployed { to, mark });
        }
        Body::CredentialsNoteInUse { client_id, in_use } => {
            let steps = steps(state, client_id)?;
            steps.in_use = in_use.then(|| steps.in_use.unwrap_or(mark));
        }
        Body::CredentialsNoteKept { client_id } => {
            steps(state, client_id)?.kept.get_or_insert(mark);
        }
        Body::CredentialsAcknowledge { client_id } => {
            let steps = steps(state, client_id)?;
            steps.acknowledged.get_or_insert(mark);
        }
        Body::CredentialsAskRotation { compromised, reason } => {
            let reason = if *compromised { text::reason(reason)? } else { text::block(reason, "reason")? };
            if state.asked.len() >= text::LIST {
                return Err(too_many(text::LIST));
            }
            state.asked.push(RotationAsked { compromised: *compromised, reason, mark });
        }
        _ => return Err(misplaced()),
    }
    Ok(())
}

/// An event that is here already changes nothing: Talkdesk delivers at least once (D/events-api).
fn take(state: &mut Installation, event: &EventFacts, mark: Mark) -> Result<(), Refusal> {
    let event = checked(event)?;
    if event.installation != state.talkdesk_id {
        return Err(Refusal::ours(RefusalCode::IdReused));
    }
    if let Some(known) = state.event(&event.id) {
        let same = known.event.happened_at == event.happened_at && known.event.what == event.what;
        return if same { Ok(()) } else { Err(Refusal::ours(RefusalCode::IdReused)) };
    }
    let logout = |event: &EventFacts| matches!(event.what, Happened::UserLogout { .. });
    if logout(&event) && state.events.iter().filter(|known| logout(&known.event)).count() >= LOGOUTS {
        let oldest = state.events.iter().position(|known| logout(&known.event));
        oldest.map(|at| state.events.remove(at));
    }
    let often = matches!(event.what, Happened::Updated { .. } | Happened::Other { .. });
    let most = if often { EVENTS - EVENTS_LEFT } else { EVENTS };
    if state.events.len() >= most {
        return Err(too_many(most));
    }
    state.events.push(TakenEvent { event, mark, marked: None, extra: Extra::new() });
    Ok(())
}

fn too_many(max: usize) -> Refusal {
    Refusal::ours(RefusalCode::TooMany).with("max", max)
}

/// Bounds of what came from outside, verified or not.
fn checked(event: &EventFacts) -> Result<EventFacts, Refusal> {
    let name = |text: &str| text::line(text, NAME, "event");
    let optional = |text: &str, max| text::optional_line(text, max, "event");
    let what = match &event.what {
        Happened::Installed { set } => Happened::Installed { set: checked_set(set)? },
        Happened::CredentialsRotated { set } => Happened::CredentialsRotated { set: checked_set(set)? },
        Happened::Updated { adding, removing, plan } => {
            if adding.len() > USERS || removing.len() > USERS {
                return Err(too_many(USERS));
            }
            adding.iter().chain(removing).try_for_each(|user| name(user).map(drop))?;
            if let Some(plan) = plan {
                optional(&plan.name, text::LINE)?;
            }
            event.what.clone()
        }
        Happened::Uninstalled { reason, message } => {
            optional(reason, NAME)?;
            text::block(message, "event")?;
            event.what.clone()
        }
        Happened::TrialEnded { reason, by, .. } => {
            optional(reason, NAME)?;
            optional(by, NAME)?;
            event.what.clone()
        }
        Happened::UserLogout { user: word } | Happened::Other { kind: word } => {
            name(word)?;
            event.what.clone()
        }
        Happened::TrialStarted { .. } | Happened::TrialExtended { .. } => event.what.clone(),
    };
    if let Some(body) = &event.body {
        crate::files::checked(body)?;
    }
    for url in [&event.root, &event.tokens, &event.authorization] {
        if !url.is_empty() && !text::is_web(url) {
            return Err(Refusal::ours(RefusalCode::NotHttps).at(Place::input("event")));
        }
    }
    Ok(EventFacts {
        id: name(&event.id)?,
        installation: name(&event.installation)?,
        account: optional(&event.account, NAME)?,
        account_name: optional(&event.account_name, text::LINE)?,
        app: optional(&event.app, NAME)?,
        version: optional(&event.version, NAME)?,
        version_name: optional(&event.version_name, text::LINE)?,
        root: text::line(&event.root, text::URL, "event")?,
        region: optional(&event.region, NAME)?,
        // What was fetched has no signature.
        key_id: if event.received == Received::Fetched { String::new() } else { name(&event.key_id)? },
        what,
        ..event.clone()
    })
}

fn checked_set(set: &CredentialSet) -> Result<CredentialSet, Refusal> {
    for (text, max) in
        [(&set.client_id, NAME), (&set.key_id, NAME), (&set.key_algorithm, NAME), (&set.public_key, KEY)]
    {
        text::optional_line(text, max, "event")?;
    }
    Ok(set.clone())
}

fn talkdesk_state(state: &TalkdeskState) -> Result<TalkdeskState, Refusal> {
    Ok(TalkdeskState {
        state: text::line(&state.state, NAME, "state")?,
        reason: text::block(&state.reason, "reason")?,
        updated_at: state.updated_at,
    })
}

/// Notes how it stands at Talkdesk. What is as it was is seen again; the last are kept.
fn see(state: &mut Installation, seen: &TalkdeskState, mark: Mark) -> Result<(), Refusal> {
    let seen = talkdesk_state(seen)?;
    match state.seen.last_mut() {
        Some(last) if last.state == seen => last.mark = mark,
        _ => {
            if state.seen.len() >= text::LIST {
                state.seen.remove(0);
            }
            state.seen.push(Seen { state: seen, mark });
        }
    }
    Ok(())
}

/// What was done with a set that an event brought.
fn steps<'a>(state: &'a mut Installation, client_id: &str) -> Result<&'a mut SetSteps, Refusal> {
    if !rotations(state).iter().any(|known| known.set.client_id == client_id) {
        return Err(not_found());
    }
    if let Some(at) = state.sets.iter().position(|known| known.client_id == client_id) {
        return Ok(&mut state.sets[at]);
    }
    state.sets.push(SetSteps::new(client_id));
    state.sets.last_mut().ok_or_else(not_found)
}
