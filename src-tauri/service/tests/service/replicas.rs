//! Two replicas of the program on one database, fifty desktops, and one replica killed under load.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::command::Envelope;
use domain::ids::CommandId;
use domain::protocol::{Change, Changes, Snapshot, State};
use domain::{AggregateRef, Body};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::crash::Program;
use crate::socket::{answer, send, try_post};
use crate::world::{
    MANAGER, On, Store, can_run, command, create_project, item, number, project, run, started, tick,
};

const DESKTOPS: u128 = 50;
const BATCHES: u128 = 6;
const BATCH: u128 = 4;

/// What a desktop does: a project of its own, and results on the run that all share.
fn batch(desktop: u128, n: u128) -> Vec<Envelope> {
    let id = |at: u128| 10_000 * (desktop + 1) + n * BATCH + at;
    (0..BATCH)
        .map(|at| match (n, at) {
            (0, 0) => {
                let own = project(100 + desktop);
                command(id(at), own, create_project(&format!("Project {desktop}")))
            }
            (_, 0) => {
                let archived = n.is_multiple_of(2);
                command(id(at), project(100 + desktop), Body::ProjectSetArchived { archived })
            }
            _ => command(id(at), run(1), tick(item(usize::try_from(desktop % 7).unwrap()))),
        })
        .collect()
}

/// Does something until somebody answers, at another replica after each failure: what a desktop does. A connection that
/// is refused costs a moment, as it does there.
fn until_answered<T>(
    replicas: [SocketAddr; 2],
    first: usize,
    ask: impl Fn(SocketAddr) -> std::io::Result<T>,
) -> T {
    for attempt in first..first + 200 {
        if let Ok(answer) = ask(replicas[attempt % 2]) {
            return answer;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("nobody answers");
}

/// Sends a batch, and gives the number of each command that was taken.
fn sent(replicas: [SocketAddr; 2], first: usize, commands: &[Envelope]) -> Vec<(CommandId, u64)> {
    let results = until_answered(replicas, first, |at| try_post(at, commands));
    results.results.iter().filter_map(|result| Some((result.id, number(&result.outcome)?))).collect()
}

fn page<T: DeserializeOwned>(at: SocketAddr, uri: &str) -> std::io::Result<T> {
    match answer(send(at, "GET", uri, MANAGER, "")?)? {
        (200, page) => Ok(serde_json::from_value(page)?),
        (status, fault) => Err(std::io::Error::other(format!("{status}: {fault}"))),
    }
}

/// What a desktop knows of the workspace: the states, and every command that it met.
#[derive(Default)]
struct View {
    states: BTreeMap<AggregateRef, State>,
    feed: Vec<Change>,
}

impl View {
    /// Reads on from where it ended, page by page, each from whichever replica answers.
    fn pull(&mut self, replicas: [SocketAddr; 2], first: usize, limit: u128) {
        loop {
            let after = self.feed.last().map_or(0, |change| change.number);
            let uri = format!("/v1/changes?after={after}&limit={limit}");
            let page: Changes = until_answered(replicas, first + self.feed.len(), |at| page(at, &uri));
            for state in page.states {
                let known = self.states.get(&state.aggregate);
                if known.is_none_or(|known| known.revision < state.revision) {
                    self.states.insert(state.aggregate, state);
                }
            }
            self.feed.extend(page.changes);
            if !page.more {
                return;
            }
        }
    }

    fn numbers(&self) -> Vec<u64> {
        self.feed.iter().map(|change| change.number).collect()
    }
}

/// One that begins with a snapshot.
fn snapshot(at: SocketAddr) -> BTreeMap<AggregateRef, State> {
    let (mut states, mut after) = (BTreeMap::new(), 0);
    loop {
        let page: Snapshot = page(at, &format!("/v1/snapshot?after={after}&limit=7")).unwrap();
        after = page.states.last().map_or(after, |state| state.number);
        states.extend(page.states.into_iter().map(|state| (state.aggregate, state)));
        if !page.more {
            return states;
        }
    }
}

fn hash(states: &BTreeMap<AggregateRef, State>) -> String {
    let all = serde_json::to_vec(&states.values().collect::<Vec<_>>()).unwrap();
    format!("{:?}", Sha256::digest(all))
}

/// A desktop at work: it sends, and reads what the others did meanwhile.
fn work(replicas: [SocketAddr; 2], desktop: u128, answered: &AtomicUsize) -> (Vec<(CommandId, u64)>, View) {
    let (mut taken, mut view) = (Vec::new(), View::default());
    for n in 0..BATCHES {
        let first = usize::try_from(desktop + n).unwrap();
        taken.extend(sent(replicas, first, &batch(desktop, n)));
        answered.fetch_add(1, Ordering::SeqCst);
        view.pull(replicas, first, 200 + desktop);
    }
    (taken, view)
}

#[test]
fn a_replica_on_postgres_that_is_killed_under_load_loses_nothing_and_doubles_nothing() {
    if !can_run(On::Postgres) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(On::Postgres, &folder);
    // All of them come as one person, who is not to be held back.
    let start = || Program::with(folder.path(), &store, &["--person-rate", "0"]).0;
    let (mut doomed, other) = (start(), start());
    let replicas = [doomed.address, other.address];
    sent(replicas, 0, &started());

    let answered = AtomicUsize::new(0);
    let desktops: Vec<(Vec<(CommandId, u64)>, View)> = std::thread::scope(|scope| {
        let working = |desktop| {
            let answered = &answered;
            scope.spawn(move || work(replicas, desktop, answered))
        };
        let desktops: Vec<_> = (0..DESKTOPS).map(working).collect();
        // A third of the work is answered, everybody is at it.
        while answered.load(Ordering::SeqCst) < usize::try_from(DESKTOPS * BATCHES / 3).unwrap() {
            std::thread::yield_now();
        }
        doomed.child.kill().unwrap();
        desktops.into_iter().map(|desktop| desktop.join().unwrap()).collect()
    });

    // Nothing that was acknowledged is lost: each stands once, under the number that was answered, and none is left out.
    let made = usize::try_from(DESKTOPS * BATCHES * BATCH).unwrap();
    let taken: Vec<_> = desktops.iter().flat_map(|(taken, _)| taken).collect();
    assert_eq!(taken.len(), made, "every command was answered as taken");
    let mut whole = View::default();
    whole.pull([other.address; 2], 0, 500);
    assert_eq!(whole.numbers(), (1..=(made as u64 + 4)).collect::<Vec<_>>());
    let known: BTreeMap<CommandId, u64> =
        whole.feed.iter().map(|change| (change.command.id, change.number)).collect();
    assert_eq!(known.len(), whole.feed.len());
    for (id, number) in taken {
        assert_eq!(known.get(id), Some(number));
    }
    // Nothing is applied twice: sent again as a whole, each is known under its number, and nothing moves.
    for desktop in 0..DESKTOPS {
        for n in 0..BATCHES {
            for (id, number) in sent([other.address; 2], 0, &batch(desktop, n)) {
                assert_eq!(known.get(&id), Some(&number));
            }
        }
    }
    assert_eq!(whole.states[&run(1)].revision, 1 + u64::try_from(DESKTOPS * BATCHES * (BATCH - 1)).unwrap());

    // Every desktop read each command once and in its order while others wrote, and they all come to the same; so does
    // one that begins with a snapshot.
    let mut hashes = BTreeSet::from([hash(&whole.states), hash(&snapshot(other.address))]);
    for (at, (_, mut view)) in desktops.into_iter().enumerate() {
        view.pull([other.address; 2], 0, 200);
        assert_eq!(view.numbers(), whole.numbers(), "desktop {at}");
        hashes.insert(hash(&view.states));
    }
    assert_eq!(hashes.len(), 1, "{hashes:?}");
}
