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

/// Sends a batch until somebody answers, at another replica after each failure: what a desktop does. A connection that
/// is refused costs a moment, as it does there.
fn sent(replicas: [SocketAddr; 2], first: usize, commands: &[Envelope]) -> Vec<(CommandId, u64)> {
    for attempt in first..first + 200 {
        if let Ok(results) = try_post(replicas[attempt % 2], commands) {
            let taken =
                results.results.iter().filter_map(|result| Some((result.id, number(&result.outcome)?)));
            return taken.collect();
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("nobody answers");
}

fn page<T: DeserializeOwned>(at: SocketAddr, uri: &str) -> T {
    let (status, page) = answer(send(at, "GET", uri, MANAGER, "").unwrap()).unwrap();
    assert_eq!(status, 200, "{page}");
    serde_json::from_value(page).unwrap()
}

/// A desktop's view after it read the feed page by page, and the feed.
fn pulled(at: SocketAddr, limit: u128) -> (BTreeMap<AggregateRef, State>, Vec<Change>) {
    let (mut states, mut feed) = (BTreeMap::<AggregateRef, State>::new(), Vec::<Change>::new());
    loop {
        let after = feed.last().map_or(0, |change| change.number);
        let page: Changes = page(at, &format!("/v1/changes?after={after}&limit={limit}"));
        for state in page.states {
            if states.get(&state.aggregate).is_none_or(|known| known.revision < state.revision) {
                states.insert(state.aggregate, state);
            }
        }
        feed.extend(page.changes);
        if !page.more {
            return (states, feed);
        }
    }
}

fn hash(states: &BTreeMap<AggregateRef, State>) -> String {
    let all = serde_json::to_vec(&states.values().collect::<Vec<_>>()).unwrap();
    format!("{:?}", Sha256::digest(all))
}

#[test]
fn a_replica_on_postgres_that_is_killed_under_load_loses_nothing_and_doubles_nothing() {
    if !can_run(On::Postgres) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(On::Postgres, &folder);
    let mut doomed = Program::start(folder.path(), &store);
    let other = Program::start(folder.path(), &store);
    sent([doomed.address; 2], 0, &started());

    let replicas = [doomed.address, other.address];
    let answered = AtomicUsize::new(0);
    let taken: Vec<(CommandId, u64)> = std::thread::scope(|scope| {
        let desktops: Vec<_> = (0..DESKTOPS)
            .map(|desktop| {
                let answered = &answered;
                scope.spawn(move || {
                    let mut taken = Vec::new();
                    for n in 0..BATCHES {
                        let first = usize::try_from(desktop + n).unwrap();
                        taken.extend(sent(replicas, first, &batch(desktop, n)));
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                    taken
                })
            })
            .collect();
        // A third of the work is answered, everybody is at it.
        while answered.load(Ordering::SeqCst) < usize::try_from(DESKTOPS * BATCHES / 3).unwrap() {
            std::thread::yield_now();
        }
        doomed.child.kill().unwrap();
        desktops.into_iter().flat_map(|desktop| desktop.join().unwrap()).collect()
    });
    let made = usize::try_from(DESKTOPS * BATCHES * BATCH).unwrap();
    assert_eq!(taken.len(), made, "every command was answered as taken");

    // Each once, under the number that was answered, with no number left out.
    let (states, feed) = pulled(other.address, 500);
    let numbers: Vec<u64> = feed.iter().map(|change| change.number).collect();
    assert_eq!(numbers, (1..=(made as u64 + 4)).collect::<Vec<_>>());
    let known: BTreeMap<CommandId, u64> =
        feed.iter().map(|change| (change.command.id, change.number)).collect();
    assert_eq!(known.len(), feed.len());
    for (id, number) in &taken {
        assert_eq!(known.get(id), Some(number));
    }
    // Every desktop comes to the same, in pages of any size, and so does one that begins with a snapshot.
    let mut snapshot = BTreeMap::new();
    let mut after = 0;
    loop {
        let page: Snapshot = page(other.address, &format!("/v1/snapshot?after={after}&limit=7"));
        after = page.states.last().map_or(after, |state| state.number);
        snapshot.extend(page.states.into_iter().map(|state| (state.aggregate, state)));
        if !page.more {
            break;
        }
    }
    let mut hashes = BTreeSet::from([hash(&states), hash(&snapshot)]);
    hashes.extend((0..5).map(|desktop| hash(&pulled(other.address, 31 * (desktop + 1)).0)));
    assert_eq!(hashes.len(), 1);
    assert_eq!(states[&run(1)].revision, 1 + u64::try_from(DESKTOPS * BATCHES * (BATCH - 1)).unwrap());
}
