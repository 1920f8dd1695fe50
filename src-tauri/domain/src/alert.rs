//! Alerts: what happened at a customer's, and dates that somebody has to act by, each with whoever looks after it.
//!
//! The desktop shows them on home and tells of them through the system; the team's service sends them. Both read them
//! here, so that nobody is told two things. What stands in a state is told without a clock ([`of_installation`]); the
//! moment decides what of it is shown ([`current`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::common::{Mark, Timestamp};
use crate::ids::{DocumentId, MemberId, TicketId, VersionId};
use crate::installation::{Deadline, EventFacts, Happened, Installation, Life, SetEnd, Standing, rotations};
use crate::project::Project;
use crate::time;
use crate::workspace::{PartnerDocument, Side, Ticket, Workspace};

/// A day, in milliseconds.
pub const DAY: i64 = 24 * 60 * 60 * 1_000;
/// How long before a date it is told of, the farthest first, and once more when it has come: three days, one day. At the
/// first two a second person is told, too (ours).
pub const BEFORE: [i64; 3] = [3 * DAY, DAY, 0];
/// How long what happened is told as news (ours): what is older was seen somewhere else.
pub const NEWS: i64 = 30 * DAY;
/// The documented states in which an installation serves nobody, though somebody wants it to (OAS).
const STOPPED: [&str; 2] = ["failed", "suspended"];
/// The most news of an installation.
const MOST: usize = 100;
/// What an alert of a rotation says of an old set that is known to others: it has no date on which it ends.
pub const COMPROMISED: &str = "compromised";
/// How long a trial's end that was not confirmed by an event is told after it came.
const TRIAL_OVER: i64 = 7 * DAY;

/// What an alert is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// Talkdesk waits for an answer to an install, an update or an uninstall (D/events-api: seven days).
    AnswerTalkdesk,
    /// An installation's old credentials end while the new ones are not acknowledged (D/events-api: seven days).
    Rotation,
    /// Talkdesk shows the installation as failed or suspended (OAS).
    Stopped,
    /// A trial ends soon.
    TrialEnding,
    /// Users were added or removed.
    Users,
    /// The plan changed.
    Plan,
    /// A trial began, was made longer, or is over.
    Trial,
    /// The customer uninstalled.
    Uninstalled,
    /// New credentials came.
    Rotated,
}

impl AlertKind {
    /// Whether it tells what happened: somebody marks it as seen. The others rest by what is done.
    pub const fn is_news(self) -> bool {
        matches!(self, Self::Users | Self::Plan | Self::Trial | Self::Uninstalled | Self::Rotated)
    }
}

/// An alert of an installation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Alert {
    /// What it is about.
    pub kind: AlertKind,
    /// Its name within the installation, by which it is put off.
    pub key: String,
    /// The events that it tells of.
    pub events: Vec<String>,
    /// Talkdesk's word: the event's type; of an uninstall the kind of reason, of a trial's end why it ended, of an
    /// installation that stopped its state.
    pub word: String,
    /// What came with it: the plan's name, the customer's words, Talkdesk's reason for a state, [`COMPROMISED`].
    pub text: String,
    /// Users who came; seats of a plan.
    pub count: u32,
    /// Users who went.
    pub gone: u32,
    /// Since when.
    pub since: Timestamp,
    /// Until when somebody has to act.
    pub due: Option<Timestamp>,
}

/// What somebody can look after, apart from a version.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cared {
    /// The installation that the command is about, with all its alerts.
    Installation,
    /// A ticket of the workspace.
    Ticket {
        /// Which.
        ticket: TicketId,
    },
    /// A partner document of the workspace.
    Document {
        /// Which.
        document: DocumentId,
    },
}

/// That an alert was put off.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Snoozed {
    /// The day on which it comes back, `YYYY-MM-DD`.
    pub until: String,
    /// By whom and when.
    pub mark: Mark,
}

impl Snoozed {
    /// Whether the alert rests: never in the last day before its date, so that nobody puts a deadline off.
    pub fn rests(&self, due: Option<Timestamp>, now: Timestamp) -> bool {
        let back = time::day_start(&self.until).unwrap_or_default();
        now < back && due.is_none_or(|due| due.0 - now.0 > DAY)
    }
}

/// The alert that Talkdesk's answer on a version is overdue, by which it is put off.
pub fn overdue_key(version: VersionId) -> String {
    format!("overdue:{version}")
}

/// What was put off of an app as a whole. Who looks after its newest version looks after the app, and what that person
/// put off stands with the project; before the first version nobody does, and it stands with the workspace.
pub fn put_off_of_app<'a>(project: &'a Project, workspace: &'a Workspace) -> &'a BTreeMap<String, Snoozed> {
    if project.newest().is_some() { &project.snoozed } else { &workspace.snoozed }
}

/// How many of [`BEFORE`] were reached: 0 while the date is far, 3 once it has come.
pub fn stage(due: Timestamp, now: Timestamp) -> u8 {
    u8::try_from(BEFORE.iter().filter(|before| due.0 - now.0 <= **before).count()).unwrap_or(u8::MAX)
}

/// What an installation's state tells, dates first; news that somebody marked as seen is left out.
pub fn of_installation(of: &Installation) -> Vec<Alert> {
    let standing = Standing::of(of);
    let mut alerts: Vec<Alert> = Deadline::open(of)
        .into_iter()
        .map(|open| Alert {
            due: Some(open.until),
            ..plain(AlertKind::AnswerTalkdesk, &open.event.id, open.event.what.kind(), open.event.happened_at)
        })
        .collect();
    if standing.life != Life::Uninstalled {
        alerts.extend(rotation_of(of));
        alerts.extend(stopped(of));
        alerts.extend(trial_of(&standing));
    }
    let news = of.in_order().into_iter().rev().filter(|taken| taken.marked.is_none());
    let news = news.flat_map(|taken| {
        let (id, at, what) = (&taken.event.id, taken.event.happened_at, &taken.event.what);
        let told = |kind| plain(kind, id, what.kind(), at);
        let count = |ids: &[String]| u32::try_from(ids.len()).unwrap_or(u32::MAX);
        match what {
            Happened::Updated { adding, removing, plan } => {
                let users = Alert { count: count(adding), gone: count(removing), ..told(AlertKind::Users) };
                let users = (users.count + users.gone > 0).then_some(users);
                let plan = plan.as_ref().map(|new| Alert {
                    text: new.name.clone(),
                    count: new.seats.unwrap_or_default(),
                    ..told(AlertKind::Plan)
                });
                users.into_iter().chain(plan).collect()
            }
            Happened::TrialStarted { .. } | Happened::TrialExtended { .. } => vec![told(AlertKind::Trial)],
            Happened::TrialEnded { reason, .. } => {
                vec![Alert { text: reason.clone(), ..told(AlertKind::Trial) }]
            }
            Happened::Uninstalled { reason, message } => {
                vec![Alert { word: reason.clone(), text: message.clone(), ..told(AlertKind::Uninstalled) }]
            }
            Happened::CredentialsRotated { .. } => vec![told(AlertKind::Rotated)],
            Happened::Installed { .. } | Happened::UserLogout { .. } | Happened::Other { .. } => Vec::new(),
        }
    });
    alerts.extend(news.take(MOST));
    alerts
}

fn plain(kind: AlertKind, event: &str, word: &str, since: Timestamp) -> Alert {
    let key = serde_json::to_value(kind).unwrap_or_default();
    Alert {
        kind,
        key: format!("{}:{event}", key.as_str().unwrap_or_default()),
        events: vec![event.to_owned()],
        word: word.to_owned(),
        text: String::new(),
        count: 0,
        gone: 0,
        since,
        due: None,
    }
}

/// The old set's end, while Talkdesk was not told that the new one is in use.
fn rotation_of(of: &Installation) -> Option<Alert> {
    let sets = rotations(of);
    let newest = sets.last()?;
    if newest.steps.is_some_and(|steps| steps.acknowledged.is_some()) {
        return None;
    }
    let old = sets.get(sets.len().checked_sub(2)?)?;
    let due = Some(old.until?);
    let text = if old.ends == Some(SetEnd::Compromised) { COMPROMISED } else { "" };
    let alert = plain(AlertKind::Rotation, newest.event, "app.credentials_rotated", newest.since);
    Some(Alert { due, text: text.to_owned(), ..alert })
}

/// That it was seen last, or stood after an answer, in a state in which no customer can use it; until it is seen in
/// another, or installed anew.
fn stopped(of: &Installation) -> Option<Alert> {
    let seen = of.seen.iter().map(|seen| (&seen.state, seen.mark.at));
    let answered = of.answers.iter().map(|answer| (&answer.after, answer.mark.at));
    let (state, at) = seen.chain(answered).max_by_key(|(_, at)| *at)?;
    let installs = |event: &EventFacts| matches!(event.what, Happened::Installed { .. });
    let anew = of.events.iter().any(|taken| installs(&taken.event) && taken.event.happened_at > at);
    if anew || !STOPPED.contains(&state.state.as_str()) {
        return None;
    }
    let since = state.updated_at.unwrap_or(at);
    // By Talkdesk's own time, where it gives one: seen again it is the same, and put off it stays so.
    let which = format!("{}:{}", state.state, state.updated_at.unwrap_or_default().0);
    Some(Alert {
        events: Vec::new(),
        text: state.reason.clone(),
        ..plain(AlertKind::Stopped, &which, &state.state, since)
    })
}

fn trial_of(standing: &Standing) -> Option<Alert> {
    let trial = standing.trial.as_ref().filter(|trial| !trial.over)?;
    let due = trial.ends_at?;
    // By its end: a trial that is made longer is another one to be told of.
    Some(Alert { due: Some(due), ..plain(AlertKind::TrialEnding, &due.0.to_string(), "", due) })
}

/// What of these alerts is shown at a moment: trials that end within so many days, the nearest date of a kind, news of
/// the last days, and of one kind of news a single alert with all its events.
pub fn current(alerts: &[Alert], now: Timestamp, trial_days: u32) -> Vec<Alert> {
    let mut shown: Vec<Alert> = Vec::new();
    let mut dated: Vec<&Alert> = alerts.iter().collect();
    dated.sort_by_key(|alert| alert.due);
    for alert in dated {
        let fits = match (alert.kind, alert.due) {
            (AlertKind::TrialEnding, Some(due)) => {
                let left = due.0 - now.0;
                left <= i64::from(trial_days) * DAY && left > -TRIAL_OVER
            }
            (kind, _) if kind.is_news() => now.0 - alert.since.0 <= NEWS,
            _ => true,
        };
        if !fits {
            continue;
        }
        match shown.iter_mut().find(|known| known.kind == alert.kind) {
            // Newest first: what came before is told with it.
            Some(known) if alert.kind.is_news() => {
                known.events.extend(alert.events.iter().cloned());
                if alert.kind == AlertKind::Users {
                    known.count += alert.count;
                    known.gone += alert.gone;
                }
            }
            // Talkdesk's next date of the same kind follows once the nearest is settled.
            Some(_) => {}
            None => shown.push(alert.clone()),
        }
    }
    shown
}

/// How the end of a partner document stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DocumentEnd {
    /// It has none, or it is far.
    Far,
    /// Within the workspace's own measure.
    Near,
    /// Its last day is over.
    Over,
}

impl PartnerDocument {
    /// Days until its last day is over: negative where it is, none without an end.
    pub fn days_left(&self, now: Timestamp) -> Option<i64> {
        self.details.valid_until.as_deref().and_then(|day| time::days_left(day, now))
    }

    /// How its end stands; `notice` days before it, it is near.
    pub fn end(&self, now: Timestamp, notice: u32) -> DocumentEnd {
        match self.days_left(now) {
            Some(left) if left < 0 => DocumentEnd::Over,
            Some(left) if left <= i64::from(notice) => DocumentEnd::Near,
            _ => DocumentEnd::Far,
        }
    }

    /// The end of its last day.
    pub fn due(&self) -> Option<Timestamp> {
        let day = self.details.valid_until.as_deref()?;
        time::day_start(day).map(|start| Timestamp(start.0 + DAY))
    }
}

impl Ticket {
    /// The moment since which nobody has written.
    pub fn silent_from(&self) -> Timestamp {
        time::day_start(self.silent_since()).unwrap_or(self.created.at)
    }

    /// Working days since anybody wrote; none once it is closed.
    pub fn silent_days(&self, now: Timestamp) -> u32 {
        if self.is_open() { time::working_days(self.silent_from(), now) } else { 0 }
    }

    /// Whether Talkdesk has been silent for longer than the workspace's own measure.
    pub fn is_silent(&self, now: Timestamp, most: u32) -> bool {
        self.is_open() && self.waits_for() == Side::Talkdesk && self.silent_days(now) > most
    }
}

impl Workspace {
    /// Who acts for a person at a moment: whoever covers, and for whom that one is away in turn; the person where nobody
    /// does.
    pub fn acting(&self, member: MemberId, now: Timestamp) -> MemberId {
        let today = time::day(now);
        let mut acting = member;
        for _ in 0..self.members.len() {
            let away = self.members.iter().find(|known| known.id == acting).and_then(|m| m.absence.as_ref());
            let cover = away.filter(|absence| absence.until >= today).and_then(|absence| absence.cover);
            match cover {
                Some(cover) if cover != member => acting = cover,
                // Nobody covers, or two cover for each other: it stays with the one whose it is.
                Some(_) => return member,
                None => return acting,
            }
        }
        acting
    }
}
