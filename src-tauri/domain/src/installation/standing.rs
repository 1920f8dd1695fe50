//! How an installation stands: read out of its events in the order in which they happened.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{EventFacts, Happened, Installation, SEVEN_DAYS, SubscribedPlan};
use crate::common::{Mark, Timestamp};

/// Whether the customer has the app.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// The event of its install was not taken: later ones tell of it.
    Unknown,
    /// Installed.
    Installed,
    /// Uninstalled.
    Uninstalled,
}

/// A trial.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Trial {
    /// When it ends, where an event said so.
    pub ends_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether it is over.
    pub over: bool,
}

/// How an installation stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Whether the customer has the app.
    pub life: Life,
    /// Since when.
    pub since: Option<Timestamp>,
    /// The account, its name, the app, the version's name and the links: as the newest event that says it has them.
    pub account: String,
    /// The account's name.
    pub account_name: String,
    /// The app's id at Talkdesk.
    pub app: String,
    /// The version's name.
    pub version_name: String,
    /// The gateway of its region.
    pub root: String,
    /// What that region is called.
    pub region: String,
    /// Where tokens are got.
    pub tokens: String,
    /// Where a person signs in.
    pub authorization: String,
    /// Who may use the app, as far as events told.
    pub users: BTreeSet<String>,
    /// The plan.
    pub plan: Option<SubscribedPlan>,
    /// The trial.
    pub trial: Option<Trial>,
    /// Why it was uninstalled: Talkdesk's word, and the customer's.
    pub reason: Option<(String, String)>,
}

impl Standing {
    /// How it stands.
    pub fn of(installation: &Installation) -> Self {
        let mut all = Self {
            life: Life::Unknown,
            since: None,
            account: String::new(),
            account_name: String::new(),
            app: String::new(),
            version_name: String::new(),
            root: String::new(),
            region: String::new(),
            tokens: String::new(),
            authorization: String::new(),
            users: BTreeSet::new(),
            plan: None,
            trial: None,
            reason: None,
        };
        for taken in installation.in_order() {
            all.take(&taken.event);
        }
        all
    }

    fn take(&mut self, event: &EventFacts) {
        for (known, said) in [
            (&mut self.account, &event.account),
            (&mut self.account_name, &event.account_name),
            (&mut self.app, &event.app),
            (&mut self.version_name, &event.version_name),
            (&mut self.root, &event.root),
            (&mut self.region, &event.region),
            (&mut self.tokens, &event.tokens),
            (&mut self.authorization, &event.authorization),
        ] {
            if !said.is_empty() {
                known.clone_from(said);
            }
        }
        match &event.what {
            Happened::Installed { .. } => {
                (self.life, self.since, self.reason) = (Life::Installed, Some(event.happened_at), None);
            }
            Happened::Updated { adding, removing, plan } => {
                self.users.extend(adding.iter().cloned());
                for gone in removing {
                    self.users.remove(gone);
                }
                if plan.is_some() {
                    self.plan.clone_from(plan);
                }
            }
            Happened::Uninstalled { reason, message } => {
                (self.life, self.since) = (Life::Uninstalled, Some(event.happened_at));
                self.reason = Some((reason.clone(), message.clone()));
            }
            Happened::TrialStarted { ends_at } => {
                self.trial = Some(Trial { ends_at: *ends_at, ended_at: None, over: false });
            }
            Happened::TrialExtended { ends_at } => {
                let before = self.trial.as_ref().and_then(|trial| trial.ends_at);
                self.trial = Some(Trial { ends_at: ends_at.or(before), ended_at: None, over: false });
            }
            Happened::TrialEnded { ended_at, .. } => {
                let ends_at = self.trial.as_ref().and_then(|trial| trial.ends_at);
                self.trial = Some(Trial { ends_at, ended_at: *ended_at, over: true });
            }
            Happened::CredentialsRotated { .. } | Happened::UserLogout { .. } | Happened::Other { .. } => {}
        }
    }
}

/// How a deadline came to rest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Settled {
    /// The partner answered from here.
    Answered(Mark),
    /// Talkdesk says that it does not wait any more: the app itself answered, or its time ran out.
    Elsewhere(Mark),
    /// The customer uninstalled meanwhile.
    Overtaken,
}

/// The seven days in which Talkdesk waits for an answer (D/events-api).
#[derive(Clone, PartialEq, Debug)]
pub struct Deadline<'a> {
    /// The event that wants the answer.
    pub event: &'a EventFacts,
    /// Until when.
    pub until: Timestamp,
    /// What became of it.
    pub settled: Option<Settled>,
}

impl Deadline<'_> {
    /// The deadlines of an installation, oldest first, those that came to rest among them.
    pub fn all(installation: &Installation) -> Vec<Deadline<'_>> {
        let events = installation.in_order();
        let gone = |at: &EventFacts| {
            !matches!(at.what, Happened::Uninstalled { .. })
                && events.iter().any(|later| {
                    matches!(later.event.what, Happened::Uninstalled { .. })
                        && later.event.happened_at >= at.happened_at
                })
        };
        let wanting = events.iter().map(|taken| &taken.event).filter(|event| event.what.wants_answer());
        wanting
            .map(|event| {
                let answered = installation.answers.iter().find(|answer| answer.events.contains(&event.id));
                let elsewhere = installation.seen.iter().find(|seen| seen.state.settles(event));
                let settled = match (answered, elsewhere) {
                    (Some(answer), _) => Some(Settled::Answered(answer.mark)),
                    (None, Some(seen)) => Some(Settled::Elsewhere(seen.mark)),
                    (None, None) => gone(event).then_some(Settled::Overtaken),
                };
                Deadline { event, until: Timestamp(event.happened_at.0.saturating_add(SEVEN_DAYS)), settled }
            })
            .collect()
    }

    /// Those that wait for an answer.
    pub fn open(installation: &Installation) -> Vec<Deadline<'_>> {
        Self::all(installation).into_iter().filter(|deadline| deadline.settled.is_none()).collect()
    }
}
