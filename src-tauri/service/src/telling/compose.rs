//! What is told to whom: pure, from the states and the moment.

use std::collections::BTreeMap;

use domain::alert::{self, Alert, AlertKind, DAY, DocumentEnd, NEWS, Snoozed};
use domain::ids::MemberId;
use domain::installation::{Installation, Standing};
use domain::project::Project;
use domain::protocol::FailingApp;
use domain::status::{self, Status};
use domain::workspace::{MailWish, Workspace};
use domain::{Role, Timestamp, time};
use uuid::Uuid;

use super::Telling;
use super::words::{Said, Words};
use crate::identity::people::People;
use crate::storage::messages::{Look, NewMessage};

/// A workspace with its people and installations.
pub(super) struct Team {
    pub(super) workspace: Workspace,
    pub(super) people: People,
    pub(super) installations: Vec<Installation>,
    /// What apps behind the relay did not take, each with its project, where this version can read it.
    pub(super) failing: Vec<(FailingApp, Option<Project>)>,
}

/// Whom a message is for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Recipient {
    Member(MemberId),
    Webhook(String),
}

impl Recipient {
    fn write(&self) -> String {
        match self {
            Self::Member(id) => format!("member:{id}"),
            Self::Webhook(name) => format!("webhook:{name}"),
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("member", id) => Some(Self::Member(id.parse().ok()?)),
            ("webhook", name) => Some(Self::Webhook(name.to_owned())),
            _ => None,
        }
    }
}

/// A thing to be told, before it has words.
struct Item<'a> {
    /// The name by which it is told once.
    what: String,
    name: String,
    said: Said<'a>,
    at: Option<Timestamp>,
    owner: Option<MemberId>,
    /// Whether a second person hears of it.
    second: bool,
}

impl Team {
    fn is_here(&self, member: MemberId) -> bool {
        self.workspace.members.iter().any(|known| known.id == member && known.left.is_none())
            && (self.people.members.is_empty() || self.people.member(member).is_some())
    }

    /// Who is told of what somebody looks after: that person or whoever covers; where nobody does, the partner managers.
    fn looked_after(&self, owner: Option<MemberId>, now: Timestamp) -> Vec<MemberId> {
        let acting =
            owner.map(|owner| self.workspace.acting(owner, now)).filter(|acting| self.is_here(*acting));
        if let Some(acting) = acting {
            return vec![acting];
        }
        let roles = |id: MemberId, written: &[Role]| {
            self.people.member(id).map_or_else(|| written.to_vec(), |person| person.roles.clone())
        };
        let members = self.workspace.members.iter().filter(|known| self.is_here(known.id));
        let members = members.filter(|known| roles(known.id, &known.roles).contains(&Role::PartnerManager));
        let mut acting: Vec<MemberId> = members
            .map(|known| self.workspace.acting(known.id, now))
            .filter(|id| self.is_here(*id))
            .collect();
        acting.sort();
        acting.dedup();
        acting
    }

    fn wish(&self, member: MemberId) -> MailWish {
        let known = self.workspace.members.iter().find(|known| known.id == member);
        known.and_then(|known| known.mail.clone()).unwrap_or_default()
    }

    fn name_of(&self, member: MemberId) -> &str {
        self.workspace.members.iter().find(|known| known.id == member).map_or("", |known| &known.name)
    }
}

/// The alerts that are to be told at a moment, a message for each recipient. What was told before is left out by the
/// storage.
pub(super) fn alerts(team: &Team, telling: &Telling, look: &Look, now: Timestamp) -> Vec<NewMessage> {
    let all: Vec<(Installation, Vec<Alert>)> = team
        .installations
        .iter()
        .map(|installation| (installation.clone(), alert::of_installation(installation)))
        .collect();
    let mut items = Vec::new();
    for (installation, alerts) in &all {
        let dated = alert::current(alerts, now, team.workspace.policies.trial_days);
        let near = dated.into_iter().filter_map(|alert| {
            let due = alert.due?;
            let stage = alert::stage(due, now);
            (stage > 0)
                .then(|| (format!("{} {} {} {stage}", installation.id, alert.key, due.0), alert, stage))
        });
        // Each event by itself: a group would tell again what was told. How it stands is told once, however long it does.
        let news = alerts.iter().filter(|alert| {
            let new = alert.since >= look.since && now.0 - alert.since.0 <= NEWS;
            alert.kind == AlertKind::Stopped || alert.kind.is_news() && new
        });
        let news = news.map(|alert| (format!("{} {}", installation.id, alert.key), alert.clone(), 0));
        for (what, alert, stage) in near.chain(news) {
            if !rests(&installation.snoozed, &alert.key, alert.due, now) {
                let second = (1..=2).contains(&stage);
                items.push((what, alert, second, installation));
            }
        }
    }
    let mut told: Vec<Item<'_>> = items
        .iter()
        .map(|(what, alert, second, installation)| Item {
            what: what.clone(),
            second: *second,
            ..of_alert(alert, installation)
        })
        .collect();
    told.extend(of_partner(&team.workspace, now).into_iter().map(|item| {
        let stage = item.at.map_or(0, |at| alert::stage(at, now));
        let document = matches!(item.said, Said::Document { .. });
        Item { what: format!("{} {stage}", item.what), second: document && (1..=2).contains(&stage), ..item }
    }));
    told.extend(of_apps(team, now));
    messages(team, telling, &told, None, now)
}

/// The digests of a day: to each what they look after, and what nobody does.
pub(super) fn digests(
    team: &Team,
    projects: &[Project],
    telling: &Telling,
    day: &str,
    now: Timestamp,
) -> Vec<NewMessage> {
    let policies = &team.workspace.policies;
    let shown: Vec<(&Installation, Alert)> = team
        .installations
        .iter()
        .flat_map(|installation| {
            let all = alert::of_installation(installation);
            let current = alert::current(&all, now, policies.trial_days);
            current.into_iter().map(move |alert| (installation, alert))
        })
        .filter(|(installation, alert)| !rests(&installation.snoozed, &alert.key, alert.due, now))
        .collect();
    let mut items: Vec<Item<'_>> =
        shown.iter().map(|(installation, alert)| of_alert(alert, installation)).collect();
    items.extend(of_partner(&team.workspace, now));
    // What was given up is told once: nothing waits for anybody.
    items.extend(of_apps(team, now).filter(|item| matches!(item.said, Said::App { waits: true, .. })));
    for project in projects.iter().filter(|project| project.archived.is_none()) {
        for version in &project.versions {
            let days = time::working_days(status::since(project, version), now);
            let put_off = rests(&project.snoozed, &alert::overdue_key(version.id), None, now);
            if status::status(project, version) == Status::InReview
                && days > policies.overdue_days
                && !put_off
            {
                items.push(Item {
                    what: String::new(),
                    name: format!("{} {}", project.details.name, version.number),
                    said: Said::Review { days },
                    at: None,
                    owner: version.assignee,
                    second: false,
                });
            }
        }
    }
    items.sort_by_key(|item| (item.at.is_none(), item.at));
    messages(team, telling, &items, Some(&format!("digest {day}")), now)
}

fn rests(snoozed: &BTreeMap<String, Snoozed>, key: &str, due: Option<Timestamp>, now: Timestamp) -> bool {
    snoozed.get(key).is_some_and(|put_off| put_off.rests(due, now))
}

fn of_alert<'a>(alert: &'a Alert, installation: &Installation) -> Item<'a> {
    let said = match alert.kind {
        AlertKind::AnswerTalkdesk => Said::Answer { kind: &alert.word },
        AlertKind::Rotation => Said::Rotation { compromised: alert.text == alert::COMPROMISED },
        AlertKind::Stopped => Said::Stopped { state: &alert.word, reason: &alert.text },
        AlertKind::TrialEnding => Said::TrialEnding,
        AlertKind::Users => Said::Users { added: alert.count, removed: alert.gone },
        AlertKind::Plan => Said::Plan { plan: &alert.text },
        AlertKind::Trial => Said::Trial { kind: &alert.word, reason: &alert.text },
        AlertKind::Uninstalled => Said::Uninstalled { reason: &alert.word, message: &alert.text },
        AlertKind::Rotated => Said::Rotated,
    };
    let standing = Standing::of(installation);
    let name = if standing.account_name.is_empty() { standing.account } else { standing.account_name };
    Item { what: String::new(), name, said, at: alert.due, owner: installation.owner, second: false }
}

/// What apps behind the relay did not take, apart from what was put off. Told once for what waits, as long as the first of
/// it does; and once a day for what was given up. Whoever looks after the newest version looks after its app.
fn of_apps(team: &Team, now: Timestamp) -> impl Iterator<Item = Item<'_>> {
    team.failing.iter().filter_map(move |(failing, project)| {
        let FailingApp { hook, waits, events, since, .. } = failing;
        let put_off = project
            .as_ref()
            .map_or(&team.workspace.snoozed, |project| alert::put_off_of_app(project, &team.workspace));
        let of = if *waits { format!("waits {}", since.0) } else { format!("given up {}", since.0 / DAY) };
        let newest = project.as_ref().and_then(Project::newest);
        (!rests(put_off, &failing.key(), None, now)).then(|| Item {
            what: format!("relay {hook} {of}"),
            name: project.as_ref().map(|project| project.details.name.clone()).unwrap_or_default(),
            said: Said::App { waits: *waits, events: *events },
            at: Some(*since),
            owner: newest.and_then(|version| version.assignee),
            second: false,
        })
    })
}

/// Silent tickets and documents that end.
fn of_partner(workspace: &Workspace, now: Timestamp) -> Vec<Item<'static>> {
    let policies = &workspace.policies;
    let documents = workspace.documents.iter().filter(|document| document.removed.is_none());
    let documents = documents.filter_map(|document| {
        let end = document.end(now, policies.expiry_days);
        let (key, due) = (format!("document:{}", document.id), document.due());
        (end != DocumentEnd::Far && !rests(&workspace.snoozed, &key, due, now)).then(|| Item {
            what: format!("{key} {}", due.unwrap_or_default().0),
            name: document.details.name.clone(),
            said: Said::Document { over: end == DocumentEnd::Over },
            at: due,
            owner: document.owner,
            second: false,
        })
    });
    let tickets = workspace.tickets.iter().filter(|ticket| ticket.is_silent(now, policies.silent_days));
    let tickets = tickets.filter_map(|ticket| {
        let (key, since) = (format!("ticket:{}", ticket.id), ticket.silent_from());
        (!rests(&workspace.snoozed, &key, None, now)).then(|| Item {
            what: format!("{key} {}", since.0),
            name: format!("{} {}", ticket.details.number, ticket.details.subject),
            said: Said::Ticket { days: ticket.silent_days(now) },
            at: None,
            owner: ticket.owner,
            second: false,
        })
    });
    documents.chain(tickets).collect()
}

/// A message for each recipient, with its lines in the recipient's language.
fn messages(
    team: &Team,
    telling: &Telling,
    items: &[Item<'_>],
    digest: Option<&str>,
    now: Timestamp,
) -> Vec<NewMessage> {
    let mut to: BTreeMap<Recipient, Vec<(String, String)>> = BTreeMap::new();
    let workspace = &team.workspace;
    let line = |item: &Item<'_>, language: &str, chat: bool| {
        let at = item.at.map(|at| telling.shown(at)).unwrap_or_default();
        // A customer's own words stay out of chat tools.
        let said = match item.said {
            Said::Uninstalled { reason, .. } if chat => Said::Uninstalled { reason, message: "" },
            said => said,
        };
        Words::of(language).line(&said, &item.name, &at)
    };
    for item in items {
        let first = team.looked_after(item.owner, now);
        let second = workspace.policies.escalate_to.filter(|_| item.second);
        let second = second.map(|second| workspace.acting(second, now));
        let second = second.filter(|second| team.is_here(*second) && !first.contains(second));
        if telling.mail.is_some() {
            for member in first.iter().copied().chain(second) {
                let wish = team.wish(member);
                if !(if digest.is_some() { wish.digest } else { wish.alerts }) {
                    continue;
                }
                let mut text = line(item, &wish.language, false);
                if let (Some(owner), true) = (first.first(), Some(member) == second) {
                    text = Words::of(&wish.language).for_second(&text, team.name_of(*owner));
                }
                to.entry(Recipient::Member(member)).or_default().push((item.what.clone(), text));
            }
        }
        for hook in &telling.webhooks {
            if hook.workspace.is_none_or(|only| only == workspace.id) {
                let text = line(item, &hook.language, true);
                to.entry(Recipient::Webhook(hook.name.clone())).or_default().push((item.what.clone(), text));
            }
        }
    }
    let language = |recipient: &Recipient| match recipient {
        Recipient::Member(member) => team.wish(*member).language,
        Recipient::Webhook(name) => {
            let known = telling.webhooks.iter().find(|known| known.name == *name);
            known.map(|known| known.language.clone()).unwrap_or_default()
        }
    };
    to.into_iter()
        .map(|(recipient, lines)| NewMessage {
            id: Uuid::now_v7(),
            language: language(&recipient),
            recipient: recipient.write(),
            from: workspace.name.clone(),
            digest: digest.is_some(),
            once: digest.map(str::to_owned),
            lines,
            at: now,
        })
        .collect()
}
