//! Opening, backing up and restoring the store.

use partner_service::{Identities, OpenError, Service};

use crate::world::{
    On, World, command, create_project, embedded, item, number, people, project, run, started, tick,
};

#[tokio::test]
async fn a_store_is_the_same_after_it_was_closed() {
    let world = World::new(On::Sqlite).await;
    world.take(&started()).await;
    let (me, states, changes) = (world.me().await, world.states().await, world.changes().await);
    let world = world.reopened().await;
    assert_eq!((world.me().await, world.states().await, world.changes().await), (me, states, changes));
    assert_eq!(world.take(&[command(5, run(1), tick(item(0)))]).await, 5);
}

#[tokio::test]
async fn a_new_epoch_leaves_the_numbers_and_the_ids() {
    let world = World::new(On::Sqlite).await;
    world.take(&started()).await;
    let before = world.me().await;
    world.service.new_epoch().await.unwrap();
    let after = world.me().await;
    assert_ne!(after.epoch, before.epoch);
    assert_eq!(after.head, before.head);
    // A desktop sends again what it knows as taken: the numbers are those of before.
    let again = world.send(&started()).await;
    assert_eq!(again.results.iter().map(|r| number(&r.outcome)).collect::<Vec<_>>(), [1, 2, 3, 4].map(Some));
    assert_eq!(world.take(&[command(5, run(1), tick(item(0)))]).await, 5);
    assert_eq!(world.reopened().await.me().await.epoch, after.epoch);
}

/// A backup taken while the service is in use, and a store restored from it after more was written: it goes on from
/// the backup's head under a new epoch, and what desktops send again is taken.
#[tokio::test]
async fn a_restored_store_goes_on_under_a_new_epoch() {
    let world = World::new(On::Sqlite).await;
    world.take(&started()).await;
    let backup = world.folder.path().join("backup.db");
    world.service.backup_to(&backup).unwrap();
    let lost = command(5, run(1), tick(item(0)));
    world.take(&[lost.clone(), command(6, project(2), create_project("Queue Lens"))]).await;
    // A second backup takes the place of the first, and the first can still be restored from meanwhile.
    let newer = world.folder.path().join("newer.db");
    world.service.backup_to(&newer).unwrap();
    let (before, clock, path) = (world.me().await, world.clock(), world.path());
    let World { folder, service, .. } = world;
    drop(service);

    let tokens = || Identities::Tokens(people());
    let restored = Service::open_restored(&backup, &path, tokens(), clock.clone()).unwrap();
    let world = World { folder, ..World::of(restored) };
    let after = world.me().await;
    assert_eq!((before.head, after.head), (6, 4));
    assert_ne!(after.epoch, before.epoch);
    assert_eq!(world.take(&[lost]).await, 5);
    assert_eq!(world.states().await.len(), 3);

    // What stood there is kept, whole.
    let kept: Vec<_> = std::fs::read_dir(world.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("service.db.replaced-"))
        .collect();
    let [kept] = kept.as_slice() else { panic!("{kept:?}") };
    let kept = World::of(Service::open(kept, tokens(), clock.clone()).unwrap());
    assert_eq!(kept.me().await, before);

    // A backup is restored into an empty folder too, and stays as it is.
    let elsewhere = world.folder.path().join("elsewhere.db");
    let bytes = std::fs::read(&newer).unwrap();
    let moved = Service::open_restored(&newer, &elsewhere, tokens(), clock).unwrap();
    let moved = World::of(moved);
    assert_eq!(moved.me().await.head, 6);
    assert_ne!(moved.me().await.epoch, before.epoch);
    assert_eq!(std::fs::read(&newer).unwrap(), bytes);
}

/// After a power cut the last commits stand in the log beside the file. A restore must neither lose them from what it
/// sets aside nor play them into the restored file.
#[tokio::test]
async fn a_log_left_by_a_power_cut_is_set_aside_with_its_store() {
    let world = World::new(On::Sqlite).await;
    world.take(&started()).await;
    let backup = world.folder.path().join("backup.db");
    world.service.backup_to(&backup).unwrap();
    world.take(&[command(5, run(1), tick(item(0)))]).await;
    // The files as they stand while the service runs: what a power cut leaves.
    let cut = tempfile::tempdir().unwrap();
    let path = cut.path().join("service.db");
    for end in ["", "-wal"] {
        std::fs::copy(format!("{}{end}", world.path().display()), format!("{}{end}", path.display()))
            .unwrap();
    }
    assert!(std::fs::metadata(format!("{}-wal", path.display())).unwrap().len() > 0);

    let tokens = || Identities::Tokens(people());
    let restored = Service::open_restored(&backup, &path, tokens(), world.clock()).unwrap();
    let restored = World::of(restored);
    assert_eq!(restored.me().await.head, 4);
    assert_eq!(restored.changes().await.changes.len(), 4);
    let kept = std::fs::read_dir(cut.path()).unwrap().map(|entry| entry.unwrap().path());
    let kept = kept.into_iter().find(|path| {
        path.to_string_lossy().contains("replaced-")
            && path.extension().is_some_and(|end| !end.to_string_lossy().ends_with("-wal"))
    });
    let kept = Service::open(&kept.unwrap(), tokens(), world.clock()).unwrap();
    assert_eq!(World::of(kept).me().await.head, 5);
}

#[tokio::test]
async fn what_cannot_be_opened_says_why_and_stays_as_it_was() {
    let world = World::new(On::Sqlite).await;
    world.take(&started()).await;
    let (path, clock) = (world.path(), world.clock());
    let folder = world.folder;
    drop(world.service);
    let sql = |sql: &str| rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let open = |path| Service::open(path, embedded(), clock.clone()).map(|_| ()).unwrap_err();

    let opened = rusqlite::Connection::open(&path).unwrap();
    let own: u32 = opened.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    drop(opened);
    sql(&format!("PRAGMA user_version = {}", own + 1));
    let before = std::fs::read(&path).unwrap();
    let too_new = open(&path);
    assert!(
        matches!(too_new, OpenError::TooNew { found, known } if found == own + 1 && known == own),
        "{too_new:?}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
    sql(&format!("PRAGMA user_version = {own}"));

    let mut torn = std::fs::read(&path).unwrap();
    let half = torn.len() / 2;
    torn[half..].fill(0x55);
    let damaged = folder.path().join("damaged.db");
    std::fs::write(&damaged, &torn).unwrap();
    assert!(matches!(open(&damaged), OpenError::Damaged));
    assert_eq!(std::fs::read(&damaged).unwrap(), torn);

    // A backup that is no good leaves the store in its place.
    let foreign = folder.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE note (text TEXT)").unwrap();
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    let before = std::fs::read(&path).unwrap();
    for bad in [&damaged, &foreign, &empty, &folder.path().join("missing.db")] {
        assert!(Service::open_restored(bad, &path, embedded(), clock.clone()).is_err(), "{}", bad.display());
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    assert!(matches!(open(&folder.path().join("no/such/folder.db")), OpenError::Storage(_)));
    Service::open(&path, embedded(), clock).unwrap();
}
