//! Everybody and what they do, and what has to hold in the end.

use std::time::Duration;

use domain::Timestamp;
use domain::ids::CommandId;
use partner_core::store::outbox::{self, OutboxState};
use partner_core::store::{ProjectQuery, StoreError};
use partner_core::sync::SyncState;

use super::place::{Place, Trouble, Wrong};
use super::{DESKTOPS, Happens, RELEASED, command, person, released, roles};
use crate::desktop::{Desktop, States, states};

/// Everybody, and what they did.
pub struct World {
    pub place: Place,
    desktops: Vec<Option<Desktop>>,
    clocks: Vec<Wrong>,
    accepted: Vec<CommandId>,
    let_go: Vec<CommandId>,
    restored: bool,
}

impl World {
    /// Two sets of things that all know of.
    pub async fn new() -> Self {
        let clocks: Vec<Wrong> = (0..DESKTOPS).map(|_| Wrong::new()).collect();
        let open = |n: usize| Some(Desktop::open_as(person(n), roles(n), clocks[n].clock()));
        let desktops = (0..DESKTOPS).map(open).collect();
        let (accepted, let_go) = (Vec::new(), Vec::new());
        let mut world = Self { place: Place::new(), desktops, clocks, accepted, let_go, restored: false };
        for kind in [
            "workspace.create",
            "template.add",
            "project.create",
            "version.create",
            "run.start",
            "event.take",
        ] {
            let n = RELEASED.iter().position(|command| command.kind == kind).unwrap();
            for twin in [false, true] {
                // There is one workspace.
                if !(twin && kind == "workspace.create") {
                    world.desktop(0).send(released(n, twin)).await.unwrap();
                }
            }
        }
        world.all_meet().await;
        world.place.back_up();
        world
    }

    fn desktop(&self, who: usize) -> &Desktop {
        self.desktops[who].as_ref().unwrap()
    }

    /// One round, to its end or to that of the process.
    async fn meets(&mut self, who: usize, troubles: &[Trouble]) {
        let desktop = self.desktops[who].take().unwrap();
        let before = synced_at(&desktop).await;
        let way = self.place.way(who, troubles);
        let sync = desktop.sync(way.clone());
        let mut status = sync.watch();
        let done = status.wait_for(|now| match now.state {
            SyncState::Syncing { .. } => false,
            SyncState::Idle => now.last_synced_at.is_some() && now.last_synced_at != before,
            SyncState::Offline { .. } => true,
            other => panic!("{other:?}"),
        });
        let killed = tokio::time::timeout(Duration::from_mins(1), async {
            tokio::select! {
                done = done => done.map(|_| false).unwrap(),
                () = way.killed.notified() => true,
            }
        });
        let killed = killed.await.expect("a round ends");
        sync.stop().await;
        self.desktops[who] = Some(if killed { desktop.restarted() } else { desktop });
    }

    pub async fn all_meet(&mut self) {
        for who in 0..DESKTOPS {
            self.meets(who, &[]).await;
        }
    }

    pub async fn happens(&mut self, happening: &Happens) {
        match happening {
            Happens::Released(who, ..)
            | Happens::Types(who, ..)
            | Happens::Ticks(who, ..)
            | Happens::Undoes(who, ..) => {
                let desktop = self.desktop(*who);
                if let Some(command) = command(desktop, happening).await
                    && let Ok(id) = desktop.send(command).await
                {
                    self.accepted.push(id);
                }
            }
            Happens::Settles(who, again) => {
                let desktop = self.desktop(*who);
                let before = desktop.open_rows().await;
                settle(desktop, *again).await;
                let after = desktop.open_rows().await;
                let gone = before.iter().filter(|row| after.iter().all(|other| other.id != row.id));
                self.let_go.extend(gone.map(|row| row.id));
            }
            Happens::Meets(who, troubles) => self.meets(*who, troubles).await,
            Happens::Arrives => drop(self.place.arrives().await),
            Happens::Clock(whose, years) => self.clocks.get(*whose).unwrap_or(&self.place.clock).set(*years),
            Happens::Restored => {
                self.place.restore();
                self.place.back_up();
                self.restored = true;
            }
        }
    }

    /// Whatever was done is at the service once, or waits for somebody once.
    pub async fn nothing_is_lost_or_doubled(&self) {
        let taken = self.place.taken().await;
        let mut waiting = Vec::new();
        for desktop in self.desktops.iter().flatten() {
            for row in desktop.open_rows().await {
                let decided = matches!(row.state, OutboxState::Refused | OutboxState::Conflicted);
                assert!(decided || row.waits_for.is_some(), "neither sent nor held up: {row:?}");
                waiting.push(row.id);
            }
        }
        for id in &self.accepted {
            let there = taken.iter().filter(|known| *known == id).count();
            let here = waiting.iter().filter(|known| *known == id).count();
            assert!(there + here <= 1, "{id} is at the service {there} times and waits {here} times");
            // A service that lost commands gets those back that are not older than a month, which a wrong clock says.
            let may_be_gone = self.restored || self.let_go.contains(id);
            assert!(may_be_gone || there + here == 1, "{id} is nowhere");
        }
    }

    /// Lets go of what was decided against, until nothing is open.
    pub async fn decide(&mut self) {
        for _ in 0..100 {
            let mut open = 0;
            for who in 0..DESKTOPS {
                settle(self.desktop(who), false).await;
                self.meets(who, &[]).await;
                open += self.desktop(who).open_rows().await.len();
            }
            if open == 0 {
                break;
            }
        }
        self.all_meet().await;
    }

    /// All see what the service has, and so does one that starts from nothing.
    pub async fn all_agree(&mut self) {
        let known = states(&*self.place.way(0, &[])).await;
        let fresh = Desktop::open_as(person(0), roles(0), self.clocks[0].clock());
        let sync = fresh.sync(self.place.way(0, &[]));
        sync.watch().wait_for(|now| now.last_synced_at.is_some()).await.unwrap();
        sync.stop().await;
        let (shown, expected) = everything(&fresh, &known).await;
        assert_eq!(shown, known, "a new desktop");
        for (who, desktop) in self.desktops.iter().flatten().enumerate() {
            assert!(desktop.open_rows().await.is_empty(), "desktop {who} has something open");
            let (shown, lists) = everything(desktop, &known).await;
            assert_eq!(shown, known, "desktop {who}");
            assert_eq!(lists, expected, "lists of desktop {who}");
        }
    }
}

async fn synced_at(desktop: &Desktop) -> Option<Timestamp> {
    let feed = desktop.store.read(|view| {
        let feed = view.feed()?;
        Ok::<_, StoreError>(feed)
    });
    feed.await.unwrap().and_then(|at| at.synced_at)
}

/// Sends again, or lets go, what was decided against.
async fn settle(desktop: &Desktop, again: bool) {
    let decided = |state| matches!(state, OutboxState::Refused | OutboxState::Conflicted);
    let rows = desktop.open_rows().await;
    let ids: Vec<CommandId> = rows.iter().filter(|row| decided(row.state)).map(|row| row.id).collect();
    if again {
        for id in ids {
            // Whatever it met is met again, or the text goes over the other's.
            desktop.store.write(move |tx| outbox::retry(tx, id)).await.unwrap();
        }
    } else if !ids.is_empty() {
        desktop.store.write(move |tx| outbox::discard(tx, ids)).await.unwrap();
    }
}

/// What lists, the search and the counts show.
async fn lists(desktop: &Desktop) -> String {
    let read = desktop.store.read(|view| {
        let query = ProjectQuery { limit: 100, ..ProjectQuery::default() };
        // Hits of one rank come in the order of the index, which is that in which things came to this desktop.
        let found = |words: &str| {
            let mut hits: Vec<_> = view.search(words, 100)?.iter().map(|hit| format!("{hit:#?}")).collect();
            hits.sort_unstable();
            Ok::<_, StoreError>(hits.join("\n"))
        };
        Ok::<_, StoreError>(format!(
            "{:#?} {:#?} {:#?} {:#?} {:#?} {} {}",
            view.project_rows(&query)?,
            view.project_counts(false)?,
            view.review_rows()?,
            view.run_rows()?,
            view.installation_rows()?,
            found("sample")?,
            found("one")?,
        ))
    });
    read.await.unwrap()
}

async fn everything(desktop: &Desktop, known: &States) -> (States, String) {
    (desktop.states(known.keys().copied()).await, lists(desktop).await)
}
