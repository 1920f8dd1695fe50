//! What the engine looks after while a workspace is open.

use std::fs;
use std::os::unix::fs::FileExt as _;

use rusqlite::Connection;

use super::*;
use crate::ipc::boot::{Phase, RecoveryProblem};
use crate::store::{FILE, backup};
use crate::testing::Fake;

struct NoDesktop;

impl Host for NoDesktop {
    fn open(&self, _: &str) -> Result<(), String> {
        Err("no desktop".to_owned())
    }
    fn quit(&self) {}
    fn carry(&self, _: ProjectId, _: VersionId) -> Result<(), String> {
        Err("no desktop".to_owned())
    }
    fn notify(&self, _: &str, _: &str, _: Option<String>) -> Result<(), String> {
        Err("no desktop".to_owned())
    }
    fn downloads(&self) -> Option<PathBuf> {
        None
    }
}

/// One service for all openings, beside a database that it does not use.
#[derive(Default)]
struct Kept(Mutex<Option<Arc<Fake>>>);

impl Embedded for Kept {
    fn open(&self, database: &Path, seat: &Seat) -> Result<Arc<dyn Transport>, EmbeddedFault> {
        Connection::open(database).unwrap().execute_batch("CREATE TABLE IF NOT EXISTS a (n)").unwrap();
        let actor = Actor { member: seat.member, roles: Role::ALL.to_vec() };
        let mut kept = self.0.lock().unwrap();
        Ok(kept.get_or_insert_with(|| Arc::new(Fake::new(actor))).clone())
    }
    fn restore(&self, _: &Path, _: &Path, _: &Seat) -> Result<(), EmbeddedFault> {
        Err(EmbeddedFault::Damaged)
    }
}

async fn wait(engine: &Engine, problem: Option<RecoveryProblem>) {
    for _ in 0..1_000 {
        let found = match engine.phase().await.unwrap() {
            Phase::Recovery(recovery) => Some(recovery.problem),
            _ => None,
        };
        if found == problem {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{problem:?} did not come");
}

/// A large store opens at once; it is looked through and backed up a little later, and damage leads to the recovery.
#[tokio::test(start_paused = true)]
async fn a_large_store_is_looked_through_and_backed_up_while_it_is_in_use() {
    let data = tempfile::tempdir().unwrap();
    let service: Arc<Kept> = Arc::default();
    let start = || {
        Engine::start(Options {
            data: data.path().to_owned(),
            host: Arc::new(NoDesktop),
            embedded: service.clone(),
            clock: Arc::new(|| Timestamp(1_700_000_000_000)),
            keychain: Arc::new(crate::vault::NoKeychain),
        })
    };
    let engine = start().await;
    engine.start_here("Sample Apps", "PM").await.unwrap();
    engine.keep_draft("large".to_owned(), "x".repeat(9 * 1024 * 1024)).await.unwrap();
    engine.close().await;
    drop(engine);
    let folder = data.path().join("this-computer");
    fs::remove_dir_all(folder.join(backup::FOLDER)).unwrap();

    let engine = start().await;
    assert!(backup::list(&folder).unwrap().is_empty(), "nothing large is copied at the start");
    while backup::list(&folder).unwrap().len() < 2 {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    engine.close().await;
    drop(engine);

    // Closed by whoever lets go of it last; until then its log stands in the file's place.
    while folder.join(format!("{FILE}-wal")).exists() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let root: i64 = Connection::open(folder.join(FILE))
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'activity_project'", [], |row| row.get(0))
        .unwrap();
    let file = fs::OpenOptions::new().write(true).open(folder.join(FILE)).unwrap();
    file.write_all_at(&[0xA5; 4096], (root.unsigned_abs() - 1) * 4096).unwrap();
    let looked = store::check(&folder);
    assert!(matches!(looked, Err(store::OpenError::Damaged)), "{looked:?}");
    let engine = start().await;
    wait(&engine, Some(RecoveryProblem::CacheDamaged)).await;
    engine.recover_cache().await.unwrap();
    wait(&engine, None).await;
    engine.close().await;
}
