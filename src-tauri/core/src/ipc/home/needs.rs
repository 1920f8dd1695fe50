//! What needs someone now, and what lies on one person's desk.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::alert::{self, Alert, AlertKind, DAY, DocumentEnd, Snoozed};
use domain::fields::TrackName;
use domain::ids::{DocumentId, InstallationId, MemberId, ProjectId, RunId, TicketId, VersionId};
use domain::protocol::FailingApp;
use domain::status::Status;
use domain::workspace::Workspace;
use serde::Serialize;

use super::super::View;
use super::super::review::is_overdue;
use crate::error::Error;
use crate::store::{InstallationRow, OpenRun, VersionRow, word};
use domain::time;

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
    /// Who acts meanwhile, where that one is away.
    pub acting: Option<MemberId>,
    /// Its name, by which it is put off.
    pub key: String,
    /// Put off until this day, `YYYY-MM-DD`.
    pub snoozed: Option<String>,
    /// What an installation's alert tells.
    pub alert: Option<Alert>,
}

impl Need {
    pub(crate) fn new(kind: NeedKind, key: String, name: &str, since: Timestamp) -> Self {
        Self {
            kind,
            project: None,
            name: name.to_owned(),
            version: None,
            number: String::new(),
            run: None,
            track: None,
            document: None,
            ticket: None,
            installation: None,
            count: 0,
            since,
            days: 0,
            due: None,
            assignee: None,
            acting: None,
            key,
            snoozed: None,
            alert: None,
        }
    }

    /// Whether it is told of when it comes: it has no date before which there is time.
    pub(crate) fn is_news(&self) -> bool {
        matches!(self.kind, NeedKind::DeliveryFailing | NeedKind::DeliveryGivenUp | NeedKind::Stopped)
            || self.alert.as_ref().is_some_and(|alert| alert.kind.is_news())
    }

    /// The date that nobody can put off. That somebody has waited for longer than the workspace's own measure is none.
    fn deadline(&self) -> Option<Timestamp> {
        self.due.filter(|_| !matches!(self.kind, NeedKind::Overdue | NeedKind::Ticket))
    }

    fn rests(&mut self, snoozed: &BTreeMap<String, Snoozed>, now: Timestamp) {
        let put_off = snoozed.get(&self.key).filter(|put_off| put_off.rests(self.deadline(), now));
        self.snoozed = put_off.map(|put_off| put_off.until.clone());
    }
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
    /// Talkdesk shows an installation as failed or suspended.
    Stopped,
    /// The app behind the relay does not take its events; `count` of them wait.
    DeliveryFailing,
    /// So many events were given up, for the app behind the relay did not take them.
    DeliveryGivenUp,
    /// A customer uninstalled.
    Uninstalled,
    /// A trial ends soon.
    TrialEnding,
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
    /// New credentials of an installation came.
    Rotated,
    /// A customer's plan changed.
    Plan,
    /// A trial began, was made longer, or is over.
    Trial,
    /// A customer added or removed users.
    Users,
}

impl NeedKind {
    /// Whether it is told of before its date: there is something to do until then.
    pub(crate) const fn comes_near(self) -> bool {
        matches!(self, Self::AnswerTalkdesk | Self::Rotation | Self::TrialEnding | Self::Document)
    }
}

impl From<AlertKind> for NeedKind {
    fn from(kind: AlertKind) -> Self {
        match kind {
            AlertKind::AnswerTalkdesk => Self::AnswerTalkdesk,
            AlertKind::Rotation => Self::Rotation,
            AlertKind::Stopped => Self::Stopped,
            AlertKind::TrialEnding => Self::TrialEnding,
            AlertKind::Users => Self::Users,
            AlertKind::Plan => Self::Plan,
            AlertKind::Trial => Self::Trial,
            AlertKind::Uninstalled => Self::Uninstalled,
            AlertKind::Rotated => Self::Rotated,
        }
    }
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
    let Some(workspace) = workspace else { return Ok((Vec::new(), Vec::new())) };
    let most = workspace.policies.overdue_days;
    let mut needs = needs_of_partner(&workspace, now);
    for row in view.installation_rows()? {
        needs_of_installation(&row, now, workspace.policies.trial_days, &mut needs);
    }
    needs_of_apps(view, &workspace, now, &mut needs)?;
    let mut work = Vec::new();
    for row in view.open_versions(MOST)? {
        let runs = view.open_runs(row.project, row.version)?;
        needs_of(&row, &runs, now, most, &mut needs);
        work_of(&row, runs, me, &mut work);
    }
    for need in &mut needs {
        let acting = need.assignee.map(|member| workspace.acting(member, now));
        need.acting = acting.filter(|acting| Some(*acting) != need.assignee);
    }
    needs.sort_by_key(|need| (urgency(need, now), need.since));
    work.sort_by_key(|work| std::cmp::Reverse(work.at));
    Ok((needs, work))
}

/// How near a date has to be to come before everything that has none.
const NEAR: i64 = 7 * DAY;

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

/// What an installation tells somebody at this moment.
fn needs_of_installation(row: &InstallationRow, now: Timestamp, trial_days: u32, needs: &mut Vec<Need>) {
    for alert in alert::current(&row.alerts, now, trial_days) {
        let mut need = Need {
            project: row.project,
            number: alert.word.clone(),
            installation: Some(row.id),
            due: alert.due,
            assignee: row.owner,
            ..Need::new(alert.kind.into(), alert.key.clone(), &row.account, alert.since)
        };
        need.rests(&row.snoozed, now);
        need.alert = Some(alert);
        needs.push(need);
    }
}

/// Apps behind the relay that do not take their events. Whoever looks after the newest version looks after its app.
fn needs_of_apps(
    view: View<'_>,
    workspace: &Workspace,
    now: Timestamp,
    needs: &mut Vec<Need>,
) -> Result<(), Error> {
    for failing in view.failing()? {
        let FailingApp { project, waits, events, since, .. } = failing;
        let Some(project) = view.project(project)? else { continue };
        let kind = if waits { NeedKind::DeliveryFailing } else { NeedKind::DeliveryGivenUp };
        let newest = project.newest();
        let mut need = Need {
            project: Some(project.id),
            version: newest.map(|version| version.id),
            number: newest.map(|version| version.number.clone()).unwrap_or_default(),
            assignee: newest.and_then(|version| version.assignee),
            count: events,
            ..Need::new(kind, failing.key(), &project.details.name, since)
        };
        need.rests(alert::put_off_of_app(&project, workspace), now);
        needs.push(need);
    }
    Ok(())
}

/// Documents that are over or will be soon, tickets on which Talkdesk is silent.
fn needs_of_partner(workspace: &Workspace, now: Timestamp) -> Vec<Need> {
    let policies = &workspace.policies;
    let documents = workspace.documents.iter().filter(|document| document.removed.is_none());
    let ending = documents.filter(|document| document.end(now, policies.expiry_days) != DocumentEnd::Far);
    let documents = ending.map(|document| Need {
        document: Some(document.id),
        days: u32::try_from(document.days_left(now).unwrap_or_default().abs()).unwrap_or(u32::MAX),
        due: document.due(),
        assignee: document.owner,
        ..Need::new(NeedKind::Document, format!("document:{}", document.id), &document.details.name, now)
    });
    let silent = workspace.tickets.iter().filter(|ticket| ticket.is_silent(now, policies.silent_days));
    let tickets = silent.map(|ticket| {
        let since = ticket.silent_from();
        Need {
            ticket: Some(ticket.id),
            project: ticket.details.about.project,
            version: ticket.details.about.version,
            number: ticket.details.number.clone(),
            days: time::working_days(since, now),
            due: Some(time::after_working_days(since, policies.silent_days)),
            assignee: ticket.owner,
            ..Need::new(NeedKind::Ticket, format!("ticket:{}", ticket.id), &ticket.details.subject, since)
        }
    });
    documents
        .chain(tickets)
        .map(|mut need| {
            need.rests(&workspace.snoozed, now);
            need
        })
        .collect()
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
        let mut key = format!("{}:{}", word(&kind), row.version);
        for part in [track.map(|track| word(&track)), run.map(|run| run.to_string())].into_iter().flatten() {
            key = format!("{key}:{part}");
        }
        let mut need = Need {
            project: Some(row.project),
            version: Some(row.version),
            number: row.number.clone(),
            run,
            track,
            count,
            days,
            due,
            assignee: row.assignee,
            ..Need::new(kind, key, &row.name, row.since)
        };
        need.rests(&row.snoozed, now);
        needs.push(need);
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
            due: days.map(|days| Timestamp(NOW.0 + days * DAY)),
            ..Need::new(kind, String::new(), "", NOW)
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

    /// Protects what is put off: a deadline is back in its last day, a measure of our own that is over is none.
    #[test]
    fn what_waits_for_too_long_can_be_put_off_and_a_deadline_that_is_near_cannot() {
        use NeedKind::{AnswerTalkdesk, ConfirmLive, Document, Overdue, Ticket, Users};
        let until = time::day(Timestamp(NOW.0 + 3 * DAY));
        let mark = domain::common::Mark {
            by: MemberId::from_u128(1),
            at: NOW,
            command: domain::ids::CommandId::from_u128(1),
        };
        let put_off = BTreeMap::from([(String::new(), Snoozed { until, mark })]);
        for (kind, days, rests) in [
            (Overdue, Some(-4), true),
            (Ticket, Some(-1), true),
            (Users, None, true),
            (AnswerTalkdesk, Some(5), true),
            (AnswerTalkdesk, Some(1), false),
            (Document, Some(-1), false),
            (ConfirmLive, Some(0), false),
        ] {
            let mut need = need(kind, days);
            need.rests(&put_off, NOW);
            assert_eq!(need.snoozed.is_some(), rests, "{kind:?} {days:?}");
        }
    }

    /// Protects the one name by which the desktop puts off and the service leaves out.
    #[test]
    fn the_service_names_an_alert_as_the_desktop_does() {
        let version = VersionId::from_u128(7);
        assert_eq!(alert::overdue_key(version), format!("{}:{version}", word(&NeedKind::Overdue)));
        for (kind, waits) in [(NeedKind::DeliveryFailing, true), (NeedKind::DeliveryGivenUp, false)] {
            let hook = uuid::Uuid::from_u128(9);
            let app = FailingApp { hook, project: ProjectId::from_u128(1), waits, events: 1, since: NOW };
            assert_eq!(app.key(), format!("{}:{hook}", word(&kind)));
        }
    }
}
