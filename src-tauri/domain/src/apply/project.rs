//! Commands of a project: itself, its findings and its install links. Versions and reviews stand beside it.

use std::collections::BTreeMap;

use super::workspace::set_step;
use super::{Effects, alert, comment, misplaced, not_found, review, version};
use crate::command::{Body, NewFinding};
use crate::common::{Extra, Mark, Place};
use crate::facts::Facts;
use crate::fields::{TrackName, is_slug};
use crate::files;
use crate::ids::{ProjectId, RoundId, VersionId};
use crate::process::StepScope;
use crate::project::{
    AppAt, Finding, FindingSource, FindingStatus, FindingText, InstallLink, LinkUse, LinkedApp, Project,
    ProjectDetails, Version,
};
use crate::refusal::{Refusal, RefusalCode};
use crate::text;

pub(super) fn create(id: ProjectId, body: &Body, mark: Mark, facts: &Facts) -> Result<Project, Refusal> {
    let Body::ProjectCreate { details } = body else { return Err(not_found()) };
    Ok(Project {
        id,
        details: checked(details, facts)?,
        app: None,
        archived: None,
        steps: BTreeMap::new(),
        versions: Vec::new(),
        findings: Vec::new(),
        links: Vec::new(),
        comments: Vec::new(),
        external_links: Vec::new(),
        redactions: Vec::new(),
        snoozed: BTreeMap::new(),
        created: mark,
        extra: Extra::new(),
    })
}

pub(super) fn change(
    state: &mut Project,
    body: &Body,
    mark: Mark,
    facts: &Facts,
) -> Result<Effects, Refusal> {
    // Personal words go whenever they are asked to: `WordsRedact` does not come by here.
    let goes_on = matches!(body, Body::ProjectSetArchived { .. } | Body::CommentRedact { .. });
    if state.archived.is_some() && !goes_on {
        return Err(Refusal::ours(RefusalCode::Archived));
    }
    match body {
        Body::ProjectCreate { .. } => return Err(misplaced()),
        Body::ProjectEdit { details, expects } => {
            let details = checked(details, facts)?;
            if state.details != *expects && state.details != details {
                return Err(Refusal::ours(RefusalCode::Changed).at(Place::input("name")));
            }
            state.details = details;
        }
        Body::ProjectSetArchived { archived } => state.archived = archived.then_some(mark),
        Body::ProjectSetApp { app } => {
            let at = app.as_ref().map(app_at).transpose()?;
            state.app = at.map(|at| LinkedApp { at, set: mark });
        }
        Body::AlertSnooze { alert: name, until } => {
            alert::snooze(&mut state.snoozed, name, until.as_deref(), mark)?;
        }
        Body::StepSet { step, version: None, done } => {
            set_step(&mut state.steps, step, StepScope::Project, *done, mark)?;
        }
        Body::StepSet { step, version: Some(id), done } => {
            set_step(&mut version_mut(state, *id)?.steps, step, StepScope::Version, *done, mark)?;
        }
        Body::FindingAdd { version, track, source, finding } => {
            if *source == FindingSource::Talkdesk {
                // Talkdesk's findings come with a recorded answer only.
                return Err(Refusal::ours(RefusalCode::Forbidden));
            }
            state.version(*version).ok_or_else(not_found)?;
            let new = found(state, finding)?;
            push_finding(state, *version, *track, None, *source, new, finding, mark);
        }
        Body::FindingReply { finding, reply, expects, .. } => {
            let reply = text::block(reply, "reply")?;
            let known = finding_mut(state, *finding)?;
            if known.reply != *expects && known.reply != reply {
                return Err(Refusal::ours(RefusalCode::Changed).at(Place::input("reply")));
            }
            known.reply = reply;
        }
        Body::FindingSetStatus { finding, status } => {
            let known = finding_mut(state, *finding)?;
            known.status = *status;
            known.changed = Some(mark);
        }
        Body::FindingAttach { finding, file } => {
            let known = finding_mut(state, *finding)?;
            if known.files.iter().any(|other| other.sha256 == file.sha256) {
                return Err(Refusal::ours(RefusalCode::AttachedAlready).at(Place::input("file")));
            }
            let files: Vec<_> = known.files.iter().chain([file]).cloned().collect();
            files::all_checked(&files)?;
            known.files = files;
        }
        Body::FindingDetach { finding, file } => {
            let known = finding_mut(state, *finding)?;
            let before = known.files.len();
            known.files.retain(|other| other.sha256 != *file);
            if known.files.len() == before {
                return Err(not_found().at(Place::input("file")));
            }
        }
        Body::LinkRecord { .. } | Body::LinkNoteUse { .. } => link(state, body, mark, facts)?,
        Body::MarkSubmitted { .. } => return review::submit(state, body, mark, facts),
        Body::Withdraw { .. }
        | Body::RecordAnswer { .. }
        | Body::CorrectAnswer { .. }
        | Body::RecordGoLive { .. }
        | Body::ApproveGoLive { .. }
        | Body::ConfirmLive { .. }
        | Body::SetListed { .. }
        | Body::CheckRecord { .. }
        | Body::TestRecord { .. }
        | Body::SsoRecord { .. }
        | Body::CheckWaive { .. }
        | Body::CheckUnwaive { .. } => review::change(state, body, mark)?,
        _ if comment::is_one(body) => comment::change(state, body, mark)?,
        _ => version::change(state, body, mark)?,
    }
    Ok(Effects::default())
}

/// Install links: recorded, and used.
fn link(state: &mut Project, body: &Body, mark: Mark, facts: &Facts) -> Result<(), Refusal> {
    match body {
        Body::LinkRecord { version, link, url, source } => {
            state.version(*version).ok_or_else(not_found)?;
            let url = text::https(url, "url")?;
            if state.links.iter().any(|known| known.id == *link) {
                return Err(misplaced());
            }
            // The link before it is superseded, never overwritten.
            for known in &mut state.links {
                if known.version == *version && known.superseded_by.is_none() {
                    known.superseded_by = Some(*link);
                }
            }
            state.links.push(InstallLink {
                id: *link,
                version: *version,
                url,
                source: *source,
                created: mark,
                superseded_by: None,
                uses: Vec::new(),
                extra: Extra::new(),
            });
        }
        Body::LinkNoteUse { link, kind, customer, contacts } => {
            if (customer.is_some() || !contacts.is_empty()) && !facts.named_known {
                return Err(not_found().at(Place::input("customer")));
            }
            let known = state.links.iter_mut().find(|known| known.id == *link).ok_or_else(not_found)?;
            known.uses.push(LinkUse { kind: *kind, customer: *customer, contacts: contacts.clone(), mark });
        }
        _ => return Err(misplaced()),
    }
    Ok(())
}

pub(super) fn version_mut(state: &mut Project, id: VersionId) -> Result<&mut Version, Refusal> {
    state.versions.iter_mut().find(|version| version.id == id).ok_or_else(not_found)
}

pub(super) fn finding_mut(state: &mut Project, id: crate::ids::FindingId) -> Result<&mut Finding, Refusal> {
    state.findings.iter_mut().find(|finding| finding.id == id).ok_or_else(not_found)
}

/// Checks a finding as a form hands it in.
pub(super) fn found(state: &Project, finding: &NewFinding) -> Result<FindingText, Refusal> {
    if state.findings.iter().any(|known| known.id == finding.id) {
        return Err(misplaced());
    }
    let words = text::block(&finding.said.text, "finding")?;
    if words.trim().is_empty() {
        return Err(Refusal::ours(RefusalCode::Empty).at(Place::input("finding")));
    }
    let severity = text::optional_line(&finding.said.severity, text::LINE, "severity")?;
    let item = finding.said.item.as_deref().map(|item| text::line(item, text::LINE, "item")).transpose()?;
    files::all_checked(&finding.files)?;
    Ok(FindingText { text: words, severity, field: finding.said.field, item })
}

#[expect(clippy::too_many_arguments, reason = "one for each column of a finding")]
pub(super) fn push_finding(
    state: &mut Project,
    version: VersionId,
    track: Option<TrackName>,
    round: Option<RoundId>,
    source: FindingSource,
    said: FindingText,
    finding: &NewFinding,
    mark: Mark,
) {
    state.findings.push(Finding {
        id: finding.id,
        version,
        track,
        round,
        source,
        said,
        files: finding.files.clone(),
        reply: String::new(),
        status: FindingStatus::Open,
        created: mark,
        changed: None,
        extra: Extra::new(),
    });
}

/// An id is opaque; where the gateway may be called is for whoever calls it to say.
fn app_at(app: &AppAt) -> Result<AppAt, Refusal> {
    let id = text::line(&app.id, text::LINE, "app")?;
    let gateway = text::line(&app.gateway, text::URL, "gateway")?;
    if !text::is_web(&gateway) {
        return Err(Refusal::ours(RefusalCode::WrongKind).at(Place::input("gateway")));
    }
    Ok(AppAt { id, gateway })
}

fn checked(details: &ProjectDetails, facts: &Facts) -> Result<ProjectDetails, Refusal> {
    let name = text::line(&details.name, text::LINE, "name")?;
    let slug = text::optional_line(&details.slug, text::LINE, "slug")?;
    let owner = text::optional_line(&details.owner, text::LINE, "owner")?;
    if facts.name_taken {
        return Err(Refusal::ours(RefusalCode::NameTaken).with("name", &name).at(Place::input("name")));
    }
    if !slug.is_empty() && !is_slug(&slug) {
        return Err(Refusal::ours(RefusalCode::NotASlug).at(Place::input("slug")));
    }
    if facts.slug_taken {
        return Err(Refusal::ours(RefusalCode::SlugTaken).with("slug", &slug).at(Place::input("slug")));
    }
    Ok(ProjectDetails { name, slug, owner })
}
