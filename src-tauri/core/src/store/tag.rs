//! What changed, in the words that the window's reads are refreshed by.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use domain::AggregateRef;
use domain::ids::{InstallationId, ProjectId, RunId};
use tokio::sync::Notify;

/// Something that a screen shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Tag {
    /// The workspace: members, accounts, customers, templates.
    Workspace,
    /// Any list over projects or versions.
    Projects,
    /// One project.
    Project(ProjectId),
    /// Any list over runs.
    Runs,
    /// One run.
    Run(RunId),
    /// Any list over installations or their events.
    Installations,
    /// One installation.
    Installation(InstallationId),
    /// The outbox.
    Outbox,
    /// The activity.
    Activity,
    /// What a person typed and did not hand in yet.
    Drafts,
    /// A setting.
    Settings,
    /// How the sync stands.
    Sync,
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workspace => f.write_str("workspace"),
            Self::Projects => f.write_str("projects"),
            Self::Project(id) => write!(f, "project:{id}"),
            Self::Runs => f.write_str("runs"),
            Self::Run(id) => write!(f, "run:{id}"),
            Self::Installations => f.write_str("installations"),
            Self::Installation(id) => write!(f, "installation:{id}"),
            Self::Outbox => f.write_str("outbox"),
            Self::Activity => f.write_str("activity"),
            Self::Drafts => f.write_str("drafts"),
            Self::Settings => f.write_str("settings"),
            Self::Sync => f.write_str("sync"),
        }
    }
}

impl Tag {
    /// The tags of an aggregate whose state changed.
    pub fn of(aggregate: AggregateRef) -> Vec<Self> {
        match aggregate {
            AggregateRef::Workspace(_) => vec![Self::Workspace],
            AggregateRef::Project(id) => vec![Self::Projects, Self::Project(id)],
            AggregateRef::Run(id) => vec![Self::Runs, Self::Run(id)],
            AggregateRef::Installation(id) => vec![Self::Installations, Self::Installation(id)],
        }
    }
}

/// Hands the tags of each commit to whoever listens.
#[derive(Default)]
pub(super) struct Changed {
    listeners: Mutex<Vec<Weak<Listener>>>,
}

#[derive(Default)]
struct Listener {
    tags: Mutex<BTreeSet<Tag>>,
    some: Notify,
    closed: std::sync::atomic::AtomicBool,
}

/// What changed since it was last asked for. However slow the listener, nothing is lost and nothing piles up:
/// tags of several commits come as one set.
pub struct Changes(Arc<Listener>);

impl Changes {
    /// Waits for the next commit that changed something; `None` once the store is closed.
    pub async fn next(&mut self) -> Option<BTreeSet<Tag>> {
        loop {
            let tags = std::mem::take(&mut *self.0.tags.lock().unwrap_or_else(PoisonError::into_inner));
            if !tags.is_empty() {
                return Some(tags);
            }
            if self.0.closed.load(std::sync::atomic::Ordering::Acquire) {
                return None;
            }
            self.0.some.notified().await;
        }
    }
}

impl Changed {
    pub(super) fn listen(&self) -> Changes {
        let listener = Arc::new(Listener::default());
        self.lock().push(Arc::downgrade(&listener));
        Changes(listener)
    }

    pub(super) fn tell(&self, tags: &BTreeSet<Tag>) {
        if tags.is_empty() {
            return;
        }
        self.each(|listener| {
            listener.tags.lock().unwrap_or_else(PoisonError::into_inner).extend(tags);
        });
    }

    pub(super) fn close(&self) {
        self.each(|listener| listener.closed.store(true, std::sync::atomic::Ordering::Release));
    }

    fn each(&self, act: impl Fn(&Listener)) {
        self.lock().retain(|listener| {
            let Some(listener) = listener.upgrade() else { return false };
            act(&listener);
            listener.some.notify_one();
            true
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Listener>>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
