//! A long spell away from the service: ten thousand commands go out batch by batch, and a person sees how far it is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::AggregateRef;
use domain::ids::CommandId;
use domain::protocol::BATCH;
use partner_core::sync::{SyncState, SyncStatus};

use crate::desktop::{Desktop, blocked, states, taken};
use crate::proxy::{Asks, Fault, Proxy};
use crate::{Served, http, member, token};

const MANY: usize = 10_000;
/// Apps that were worked on, each with its project, its version and the run of its checklist.
const APPS: usize = 50;
/// How long it may take on a machine that is busy.
const AT_MOST: Duration = Duration::from_mins(2);

/// What a person did while the service was out of reach, in order.
async fn done_offline(desktop: &Desktop) -> Vec<CommandId> {
    desktop.workspace().await;
    for app in 0..APPS {
        let (.., run) = desktop.furnish(&format!("Sample App {app:02}")).await;
        // Project, version and run, and once the workspace; all else of its share are results.
        let share = MANY / APPS - 3 - usize::from(app == 0);
        let results = (0..share).map(|n| blocked(n, &format!("result {n}")));
        desktop.go_all(AggregateRef::Run(run), results.collect()).await;
    }
    desktop.open_rows().await.into_iter().map(|row| row.id).collect()
}

/// The connection breaks in the middle: a batch is taken, and its answer lost.
#[expect(clippy::print_stdout, reason = "how long it took is worth knowing where nothing failed")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_commands_go_out_batch_by_batch_and_it_is_told_how_far() {
    let served = Served::start().await;
    let proxy = Proxy::before(served.address).await;
    let desktop = Desktop::open(member(1));
    let done = done_offline(&desktop).await;
    assert_eq!(done.len(), MANY);

    let began = Instant::now();
    let sync = desktop.sync(Arc::new(http(proxy.address, &token(1))));
    let mut status = sync.watch();
    let mut told: Vec<SyncStatus> = Vec::new();
    let all = async {
        let mut broken = false;
        loop {
            status.changed().await.unwrap();
            let now = *status.borrow_and_update();
            told.push(now);
            if now.queued <= MANY / 2 && !broken {
                proxy.fault(Asks::Commands, Fault::LostAnswer, 1);
                broken = true;
            }
            if now.state == SyncState::Idle && now.queued == 0 && now.last_synced_at.is_some() {
                break;
            }
        }
    };
    tokio::time::timeout(AT_MOST, all).await.expect("it comes to its end");
    println!("{MANY} commands: sent and read in {:?}", began.elapsed());
    sync.stop().await;

    let direct = served.transport(&token(1));
    assert!(taken(&*direct).await == done, "each is taken once, in the order in which it was done");
    assert!(desktop.open_rows().await.is_empty());
    let known = states(&*direct).await;
    assert_eq!(desktop.states(known.keys().copied()).await, known);

    let (batches, faults) = (proxy.batches(), proxy.faults().len());
    assert!(batches.iter().all(|batch| *batch <= BATCH), "{batches:?}");
    assert_eq!(faults, 1);
    assert_eq!(batches.iter().sum::<usize>(), MANY + BATCH, "one batch went twice: its answer was lost");

    // What waits falls step by step, and each time what was sent and what waits make up what there was to be sent.
    let queued: Vec<usize> = told.iter().map(|now| now.queued).collect();
    assert!(queued.is_sorted_by(|before, after| before >= after), "{queued:?}");
    let away =
        told.iter().position(|now| matches!(now.state, SyncState::Offline { .. })).expect("it is told");
    let (before, after) = told.split_at(away);
    for (part, of) in [(before, MANY), (after, after[0].queued)] {
        let steps: Vec<(usize, usize)> = part
            .iter()
            .filter_map(|now| match now.state {
                SyncState::Syncing { sent } if sent > 0 => Some((sent, now.queued)),
                _ => None,
            })
            .collect();
        assert!(steps.iter().all(|(sent, queued)| sent + queued == of), "of {of}: {steps:?}");
        // Of two that come close together the later one may stand for both: half of all batches are on either side.
        assert!(steps.len() > MANY / BATCH / 4, "told {} times: {steps:?}", steps.len());
    }
    served.stop().await;
}
