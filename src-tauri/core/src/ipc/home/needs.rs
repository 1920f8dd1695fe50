//! What needs someone now, and what lies on one person's desk.

use domain::Timestamp;
use domain::fields::TrackName;
use domain::ids::{DocumentId, InstallationId, MemberId, ProjectId, RunId, TicketId, VersionId};
use domain::status::Status;
use domain::workspace::Workspace;
use serde::Serialize;

use super::super::View;
use super::super::partner::{self, DocumentEnd};
use super::super::review::is_overdue;
use crate::error::Error;
use crate::store::{InstallationRow, OpenRun, VersionRow};
use crate::time;

/// Something that needs someone.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Need {
    /// What.
    pub kind: NeedKind,
    /// The project, where it is about one.
    pub project: Option<ProjectId>,
    /// The name of the project, the document or the ticket.
    pub name: String,
    /// The version, where it is about one.
    pub version: Option<VersionId>,
    /// The number of the version or the ticket.
    pub number: String,
    /// The run it is about.
    pub run: Option<RunId>,
    /// The track it is about.
    pub track: Option<TrackName>,
    /// The partner document it is about.
    pub document: Option<DocumentId>,
    /// The ticket it is about.
    pub ticket: Option<TicketId>,
    /// The installation it is about.
    pub installation: Option<InstallationId>,
    /// How many findings, items or fields.
    pub count: u32,
    /// Since when.
    pub since: Timestamp,
    /// Working days in that state.
    pub days: u32,
    /// Until when it has to be done, where there is a date.
    pub due: Option<Timestamp>,
    /// Who looks after it.
    pub assignee: Option<MemberId>,
}

/// Something on a person's own desk.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Work {
    /// What.
    pub kind: WorkKind,
    /// The project's name.
    pub name: String,
    /// The version's number.
    pub number: String,
    /// The project.
    pub project: ProjectId,
    /// The version.
    pub version: VersionId,
    /// The run it is about.
    pub run: Option<RunId>,
    /// How many items or fields.
    pub count: u32,
    /// When it was touched last.
    pub at: Timestamp,
}

/// What can lie on a desk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// Checklist items assigned to the person and not settled.
    Items,
    /// Carrying to Partner Project was begun and is not at its end.
    Carry,
}

/// What can need someone, the most pressing first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NeedKind {
    /// A track was rejected: findings to mend, then a new round.
    Rejected,
    /// Talkdesk's answer is overdue by the workspace's own measure.
    Overdue,
    /// Talkdesk waits for an answer to an install, an update or an uninstall; `number` is the event's type.
    AnswerTalkdesk,
    /// An installation's old credentials end while the new ones are not acknowledged.
    Rotation,
    /// A partner document is over, or will be soon.
    Document,
    /// A ticket waits for Talkdesk for longer than the workspace's own measure.
    Ticket,
    /// A go-live date waits for approval.
    ApproveGoLive,
    /// A go-live date was approved: see it live.
    ConfirmLive,
    /// Disputed, failed or retest items.
    ItemsToSettle,
    /// Installable, and no link is recorded.
    NoLink,
    /// Everything is filled: the version can be submitted.
    ReadyToSubmit,
}

/// Versions that are looked at for what they need: a partner has 1 to 20 apps.
const MOST: usize = 500;

/// What needs someone now, over all projects.
pub(crate) fn needs(view: View<'_>, now: Timestamp, me: MemberId) -> Result<Vec<Need>, Error> {
    open_work(view, now, me).map(|(needs, _)| needs)
}

/// What needs someone now over all projects, and what lies on one person's desk.
pub(super) fn open_work(
    view: View<'_>,
    now: Timestamp,
    me: MemberId,
) -> Result<(Vec<Need>, Vec<Work>), Error> {
    let workspace = view.workspace()?;
    let most = workspace.as_ref().map(|workspace| workspace.policies.overdue_days).unwrap_or_default();
    let mut needs = workspace.map(|workspace| needs_of_partner(&workspace, now)).unwrap_or_default();
    needs.extend(needs_of_installations(&view.installation_rows()?));
    let mut work = Vec::new();
    for row in view.open_versions(MOST)? {
        let runs = view.open_runs(row.project, row.version)?;
        needs_of(&row, &runs, now, most, &mut needs);
        work_of(&row, runs, me, &mut work);
    }
    needs.sort_by_key(|need| (urgency(need, now), need.since));
    work.sort_by_key(|work| std::cmp::Reverse(work.at));
    Ok((needs, work))
}

/// How near a date has to be to come before everything that has none.
const NEAR: i64 = 7 * DAY;
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// What is due soon comes first, by its date; then what has none, by its weight; then what is due later.
fn urgency(need: &Need, now: Timestamp) -> (u8, Timestamp, NeedKind) {
    match need.due {
        Some(due) if due.0 - now.0 < NEAR => (0, due, need.kind),
        None => (1, Timestamp(0), need.kind),
        Some(due) => (2, due, need.kind),
    }
}

fn work_of(row: &VersionRow, runs: Vec<OpenRun>, me: MemberId, work: &mut Vec<Work>) {
    let mut lies = |kind, run: Option<RunId>, count: u32, at| {
        if count > 0 {
            work.push(Work {
                kind,
                name: row.name.clone(),
                number: row.number.clone(),
                project: row.project,
                version: row.version,
                run,
                count,
                at,
            });
        }
    };
    for run in runs {
        let mine = run.assigned.get(&me).copied().unwrap_or_default();
        lies(WorkKind::Items, Some(run.id), mine, run.updated_at);
    }
    if let Some((last, open)) = row.needs.carrying {
        lies(WorkKind::Carry, None, open, last);
    }
}

/// What Talkdesk waits for, and rotations that are not at their end: each has a date.
fn needs_of_installations(rows: &[InstallationRow]) -> Vec<Need> {
    let plain = |row: &InstallationRow, kind, number: &str, since, due| Need {
        kind,
        project: row.project,
        name: row.account.clone(),
        version: None,
        number: number.to_owned(),
        run: None,
        track: None,
        document: None,
        ticket: None,
        installation: Some(row.id),
        count: 0,
        since,
        days: 0,
        due: Some(due),
        assignee: None,
    };
    let of = |row: &InstallationRow| {
        let rotation = row.rotation.map(|until| plain(row, NeedKind::Rotation, "", row.updated_at, until));
        let nearest = row.deadlines.first().map(|deadline| {
            plain(row, NeedKind::AnswerTalkdesk, &deadline.kind, deadline.since, deadline.until)
        });
        nearest.into_iter().chain(rotation).collect::<Vec<_>>()
    };
    rows.iter().flat_map(of).collect()
}

/// Documents that are over or will be soon, tickets on which Talkdesk is silent.
fn needs_of_partner(workspace: &Workspace, now: Timestamp) -> Vec<Need> {
    let plain = |kind, name: &str, number: &str| Need {
        kind,
        project: None,
        name: name.to_owned(),
        version: None,
        number: number.to_owned(),
        run: None,
        track: None,
        document: None,
        ticket: None,
        installation: None,
        count: 0,
        since: now,
        days: 0,
        due: None,
        assignee: None,
    };
    let policies = &workspace.policies;
    let documents = partner::documents(workspace, now).into_iter().filter_map(|document| {
        // It holds to the end of its last day.
        let due =
            time::day_start(document.details.valid_until.as_deref()?).map(|start| Timestamp(start.0 + DAY));
        (document.end != DocumentEnd::Far).then(|| Need {
            document: Some(document.id),
            days: u32::try_from(document.days_left.unwrap_or_default().abs()).unwrap_or(u32::MAX),
            due,
            ..plain(NeedKind::Document, &document.details.name, "")
        })
    });
    let silent =
        workspace.tickets.iter().filter(|ticket| partner::is_silent(ticket, now, policies.silent_days));
    let tickets = silent.map(|ticket| {
        let since = partner::silent_since(ticket);
        Need {
            ticket: Some(ticket.id),
            project: ticket.details.about.project,
            version: ticket.details.about.version,
            since,
            days: time::working_days(since, now),
            due: Some(time::after_working_days(since, policies.silent_days)),
            ..plain(NeedKind::Ticket, &ticket.details.subject, &ticket.details.number)
        }
    });
    documents.chain(tickets).collect()
}

fn needs_of(row: &VersionRow, runs: &[OpenRun], now: Timestamp, most: u32, needs: &mut Vec<Need>) {
    let wants = &row.needs;
    let go_live = wants.go_live.as_ref().and_then(|date| time::day_start(date));
    let days = time::working_days(row.since, now);
    let mut need = |kind, track: Option<TrackName>, run: Option<RunId>, count: u32| {
        let due = match kind {
            NeedKind::Overdue => Some(time::after_working_days(row.since, most)),
            NeedKind::ApproveGoLive | NeedKind::ConfirmLive => go_live,
            _ => None,
        };
        needs.push(Need {
            kind,
            project: Some(row.project),
            name: row.name.clone(),
            version: Some(row.version),
            number: row.number.clone(),
            run,
            track,
            document: None,
            ticket: None,
            installation: None,
            count,
            since: row.since,
            days,
            due,
            assignee: row.assignee,
        });
    };
    for (track, open) in &wants.rejected {
        need(NeedKind::Rejected, Some(*track), None, *open);
    }
    if is_overdue(row.status, days, most) {
        need(NeedKind::Overdue, None, None, 0);
    }
    if row.status == Status::Approved && wants.go_live.is_some() {
        let kind = if wants.approved { NeedKind::ConfirmLive } else { NeedKind::ApproveGoLive };
        need(kind, None, None, 0);
    }
    for run in runs.iter().filter(|run| run.to_settle > 0) {
        need(NeedKind::ItemsToSettle, None, Some(run.id), run.to_settle);
    }
    if wants.no_link {
        need(NeedKind::NoLink, None, None, 0);
    }
    for track in &wants.ready {
        need(NeedKind::ReadyToSubmit, Some(*track), None, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn need(kind: NeedKind, days: Option<i64>) -> Need {
        Need {
            kind,
            project: Some(ProjectId::from_u128(1)),
            name: String::new(),
            version: Some(VersionId::from_u128(2)),
            number: String::new(),
            run: None,
            track: None,
            document: None,
            ticket: None,
            installation: None,
            count: 0,
            since: NOW,
            days: 0,
            due: days.map(|days| Timestamp(NOW.0 + days * DAY)),
            assignee: None,
        }
    }

    #[test]
    fn what_is_due_soon_comes_before_what_is_only_heavy_and_that_before_what_has_time() {
        use NeedKind::{ApproveGoLive, ConfirmLive, NoLink, Overdue, Rejected};
        let mut needs = [
            need(ApproveGoLive, Some(30)),
            need(NoLink, None),
            need(Rejected, None),
            need(ConfirmLive, Some(3)),
            need(Overdue, Some(-2)),
        ];
        needs.sort_by_key(|need| urgency(need, NOW));
        let kinds = needs.map(|need| need.kind);
        assert_eq!(kinds, [Overdue, ConfirmLive, Rejected, NoLink, ApproveGoLive]);
    }
}
