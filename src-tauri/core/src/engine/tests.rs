//! What the engine looks after while a workspace is open.

use std::fs;
use std::os::unix::fs::FileExt as _;

use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::alert::DAY;
use domain::ids::{DocumentId, VersionId};
use domain::workspace::DocumentDetails;
use rusqlite::Connection;

use super::*;
use crate::blobs::Blobs;
use crate::ipc::boot::{Phase, RecoveryProblem};
use crate::store::{FILE, backup};
use crate::sync::Transport;
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
        let actor = Actor { member: seat.member, roles: domain::Role::ALL.to_vec() };
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
        tokio::time::sleep(Duration::from_millis(100)).await;
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
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    engine.close().await;
    drop(engine);

    // Closed by whoever lets go of it last; until then its log stands in the file's place.
    while folder.join(format!("{FILE}-wal")).exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
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

/// Some days on, when the files were looked through.
async fn pass(engine: &Engine, clock: &AtomicI64, days: i64) {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let now = clock.fetch_add(days * DAY, Ordering::Relaxed) + days * DAY;
    let (store, _) = engine.open_store().unwrap();
    while store.read(|view| view.setting(files::SWEPT)).await.unwrap() != Some(now.into()) {
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
    // What went is not read any more, and its bytes go right after.
    let _over = store.filing().await;
}

#[tokio::test(start_paused = true)]
async fn files_that_nothing_names_go_by_themselves_after_a_month_by_the_clock_and_no_others() {
    let data = tempfile::tempdir().unwrap();
    let clock = Arc::new(AtomicI64::new(1_790_000_000_000));
    let start = || {
        let clock = clock.clone();
        Engine::start(Options {
            data: data.path().to_owned(),
            host: Arc::new(NoDesktop),
            embedded: Arc::new(Kept::default()),
            clock: Arc::new(move || Timestamp(clock.load(Ordering::Relaxed))),
            keychain: Arc::new(crate::vault::NoKeychain),
        })
    };
    let engine = start().await;
    engine.start_here("Sample Apps", "PM").await.unwrap();
    let document = |files| Body::DocumentSet {
        document: DocumentId::from_u128(1),
        details: DocumentDetails { name: "Agreement".to_owned(), files, ..DocumentDetails::default() },
    };
    let office = AggregateRef::Workspace(engine.workspace_id().unwrap());
    let [loose, named, typed] = [b"loose", b"named", b"typed"].map(|bytes| bytes.to_vec());
    let loose = engine.add_file("loose.txt", loose).await.unwrap();
    let named = engine.add_file("named.txt", named).await.unwrap();
    let typed = engine.add_file("typed.txt", typed).await.unwrap();
    engine.change(office, document(vec![named.clone()])).await.unwrap();
    engine.keep_draft("answer".to_owned(), serde_json::to_string(&[&typed]).unwrap()).await.unwrap();
    let blobs = Blobs::of(&data.path().join("this-computer"));
    let here = || [&loose, &named, &typed].map(|file| blobs.has(file.sha256));
    pass(&engine, &clock, 0).await;
    pass(&engine, &clock, 29).await;
    assert_eq!(here(), [true, true, true], "nothing was unnamed for a month");
    pass(&engine, &clock, 1).await;
    assert_eq!(here(), [false, true, true], "what a document and a draft name stays");
    engine.close().await;
    drop(engine);

    // Taken out of its document: its month begins with the next look, whoever makes it.
    let engine = start().await;
    let office = AggregateRef::Workspace(engine.workspace_id().unwrap());
    engine.change(office, document(Vec::new())).await.unwrap();
    pass(&engine, &clock, 60).await;
    assert_eq!(here(), [false, true, true]);
    engine.close().await;
}

/// Protects what a workspace decided on how long it keeps originals, and the credentials in those that it keeps.
#[tokio::test]
async fn originals_go_by_the_rule_of_the_workspace_and_those_with_credentials_stay() {
    use domain::installation::{CredentialSet, EventFacts, Happened, Received};
    use domain::workspace::Policies;
    let data = tempfile::tempdir().unwrap();
    let clock = Arc::new(AtomicI64::new(1_790_000_000_000));
    let moved = clock.clone();
    let service = Arc::new(Kept::default());
    let engine = Engine::start(Options {
        data: data.path().to_owned(),
        host: Arc::new(NoDesktop),
        embedded: service.clone(),
        clock: Arc::new(move || Timestamp(moved.load(Ordering::Relaxed))),
        keychain: Arc::new(crate::vault::NoKeychain),
    })
    .await;
    engine.start_here("Sample Apps", "PM").await.unwrap();
    engine.vault().set_passphrase(&Secret::new("correct horse battery".to_owned())).unwrap();
    // The service says when something was taken: by the same clock, and before time goes on.
    let (store, _) = engine.open_store().unwrap();
    let sent = async || {
        let mut changes = engine.changes();
        while store.read(|view| view.counts().map_err(Error::from)).await.unwrap().queued > 0 {
            changes.recv().await.unwrap();
        }
    };
    let takes = async |event: &str, what: Happened| {
        let facts = EventFacts {
            id: event.to_owned(),
            happened_at: engine.now(),
            what,
            installation: "i1".to_owned(),
            account: "a1".to_owned(),
            account_name: String::new(),
            app: String::new(),
            version: String::new(),
            version_name: String::new(),
            root: "https://api.talkdeskapp.eu".to_owned(),
            region: String::new(),
            tokens: String::new(),
            authorization: String::new(),
            key_id: "k1".to_owned(),
            received: Received::ByHand,
            body: None,
        };
        engine.seal_original(&facts, event.as_bytes().to_vec()).await.unwrap();
        let of = AggregateRef::Installation(intake::installation_id("i1"));
        engine.change(of, Body::EventTake { event: Box::new(facts) }).await.unwrap();
        sent().await;
    };
    let logout = || Happened::UserLogout { user: "u1".to_owned() };
    let pass = |days: i64| {
        clock.fetch_add(days * DAY, Ordering::Relaxed);
        service.0.lock().unwrap().as_ref().unwrap().stands_at(engine.now());
    };
    let here = || ["e1", "e2", "e3"].map(|event| engine.vault().holds(engine.original(event).unwrap()));
    pass(0);
    takes("e1", Happened::Installed { set: CredentialSet::default() }).await;
    takes("e2", logout()).await;
    pass(20);
    takes("e3", logout()).await;
    pass(11);
    engine.sweep_originals().await.unwrap();
    assert_eq!(here(), [true; 3], "no rule, nothing goes");
    let office = AggregateRef::Workspace(engine.workspace_id().unwrap());
    let policies = Policies { originals_days: Some(30), ..Policies::default() };
    engine.change(office, Body::SetPolicies { policies }).await.unwrap();
    engine.sweep_originals().await.unwrap();
    assert_eq!(here(), [true, false, true]);
    pass(400);
    engine.sweep_originals().await.unwrap();
    assert_eq!(here(), [true, false, false], "what may hold credentials is where they are kept");
    // A workspace that is taken off the computer leaves none behind.
    let goes = engine.originals_of(ConnectionName::ThisComputer).await.unwrap();
    engine.forget(goes).await.unwrap();
    assert_eq!(here(), [false; 3]);
    engine.close().await;
}

/// Once closing was answered the folder can be opened, also while a task that is about to end holds the old engine.
#[tokio::test]
async fn a_closed_folder_is_free_at_once() {
    let data = tempfile::tempdir().unwrap();
    let start = || {
        Engine::start(Options {
            data: data.path().to_owned(),
            host: Arc::new(NoDesktop),
            embedded: Arc::new(Kept::default()),
            clock: Arc::new(|| Timestamp(1_700_000_000_000)),
            keychain: Arc::new(crate::vault::NoKeychain),
        })
    };
    let before = start().await;
    before.start_here("Sample Apps", "PM").await.unwrap();
    before.close().await;
    let after = start().await;
    assert!(matches!(after.phase().await.unwrap(), Phase::Open(_)));
    drop(before);
    after.close().await;
}
