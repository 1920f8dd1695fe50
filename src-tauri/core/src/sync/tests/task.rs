//! The task around the rounds: what it says, when it asks, when it keeps still.

use super::*;

/// Time is paused and runs ahead whenever everything waits, on the store too: what is looked at is when the service
/// was asked, never how long anything took here.
#[tokio::test(start_paused = true)]
async fn a_service_that_fails_is_left_alone_for_as_long_as_it_has_to() {
    let place = Place::new();
    place.desk.workspace().await;
    let transport: Arc<dyn Transport> = place.fake.clone();
    let failing = 12;
    place.fake.trouble(std::iter::repeat_n(Trouble::Unreachable, failing));
    let sync = start(place.desk.store.clone(), transport, place.desk.clock.clone());
    let mut status = sync.watch();
    status.wait_for(|now| matches!(now.state, SyncState::Offline { .. })).await.unwrap();
    let SyncState::Offline { since } = sync.status().state else { panic!() };
    assert_eq!(sync.status().queued, 1);
    // Woken all the time.
    let waker = sync.waker();
    let woken = tokio::spawn(async move {
        loop {
            waker.wake();
            sleep(Duration::from_millis(60)).await;
        }
    });
    let idle = |now: &SyncStatus| {
        if let SyncState::Offline { since: now } = now.state {
            assert_eq!(now, since, "since it first failed");
        }
        now.state == SyncState::Idle
    };
    status.wait_for(idle).await.unwrap();
    woken.abort();
    let times = place.fake.times();
    for pair in times[..=failing].windows(2) {
        assert!(pair[1] - pair[0] >= Duration::from_secs(1), "{:?}", pair[1] - pair[0]);
    }
    let now = sync.status();
    assert_eq!((now.queued, now.conflicted, now.refused), (0, 0, 0));
    assert!(now.last_synced_at.is_some());
    sync.stop().await;

    // Nobody wakes it: its patience grows to a minute and no further.
    let place = Place::new();
    place.desk.workspace().await;
    let transport: Arc<dyn Transport> = place.fake.clone();
    place.fake.trouble(std::iter::repeat_n(Trouble::Status(503), failing));
    let sync = start(place.desk.store.clone(), transport, place.desk.clock.clone());
    sync.watch().wait_for(|now| now.last_synced_at.is_some()).await.unwrap();
    let gaps: Vec<Duration> =
        place.fake.times()[..=failing].windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (at, gap) in gaps.iter().enumerate() {
        let most = Duration::from_secs(2 << at.min(10)).min(Duration::from_mins(1));
        // What the store takes comes on top.
        assert!(*gap >= most / 2 && *gap <= most + Duration::from_secs(5), "{gap:?} where {most:?} is most");
    }
    sync.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_task_says_how_it_stands() {
    let place = Place::new();
    place.desk.workspace().await;
    let transport: Arc<dyn Transport> = place.fake.clone();
    let sync = start(place.desk.store.clone(), transport, place.desk.clock.clone());
    let mut status = sync.watch();
    status.wait_for(|now| now.queued == 0 && now.last_synced_at.is_some()).await.unwrap();
    // Nothing to do and nobody else at the service: it keeps still.
    place.fake.asked();
    sleep(Duration::from_hours(1)).await;
    assert!(place.fake.asked().is_empty());

    for (trouble, wanted, least) in [
        (Trouble::SignedOut, "SignedOut", 1),
        // Not the service's words: something on the way asks to sign in.
        (Trouble::Status(401), "Intercepted", 1),
        (Trouble::Status(403), "Intercepted", 1),
        (Trouble::Status(407), "Intercepted", 1),
        (Trouble::Status(511), "Intercepted", 1),
        (Trouble::Status(302), "Intercepted", 1),
        (Trouble::Removed, "NotAMember", 1),
        (Trouble::Status(426), "UpdateNeeded", 1),
        (Trouble::Status(500), "Offline", 1),
        (Trouble::Status(404), "Offline", 1),
        (Trouble::LostReply, "Offline", 1),
        // The service names its own patience.
        (Trouble::Status(503), "Busy", 1),
        (Trouble::Busy(90), "Busy", 90),
    ] {
        place.desk.project(&format!("App {trouble:?}")).await;
        place.fake.times();
        place.fake.trouble([trouble]);
        sync.waker().wake();
        let seen =
            status.wait_for(|now| format!("{:?}", now.state).starts_with(wanted)).await.unwrap().queued;
        assert_eq!(seen, 1, "{trouble:?}: what waits is kept");
        sync.waker().wake();
        status.wait_for(|now| now.state == SyncState::Idle && now.queued == 0).await.unwrap();
        let times = place.fake.times();
        assert!(times[1] - times[0] >= Duration::from_secs(least), "{trouble:?}: {:?}", times[1] - times[0]);
    }
    sync.stop().await;
    place.synced().await;
    place.agrees().await;
}

#[tokio::test]
async fn work_done_while_a_round_is_under_way_is_in_the_next() {
    let place = Place::new();
    place.desk.workspace().await;
    let transport: Arc<dyn Transport> = place.fake.clone();
    let sync = start(place.desk.store.clone(), transport, place.desk.clock.clone());
    for n in 0..50 {
        place.desk.project(&format!("App {n}")).await;
        sync.waker().wake();
    }
    let mut status = sync.watch();
    let fake = place.fake.clone();
    status.wait_for(|now| now.queued == 0 && fake.taken().len() == 51).await.unwrap();
    // The last of it may have been cut short.
    sync.stop().await;
    place.synced().await;
    place.agrees().await;
    assert_eq!(place.fake.states().keys().filter(|of| **of == AggregateRef::Workspace(WORKSPACE)).count(), 1);
}
