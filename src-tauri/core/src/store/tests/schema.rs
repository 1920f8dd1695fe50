//! Opening: migrations, stores by other versions, folders that cannot be used.

use domain::Timestamp;
use domain::ids::CommandId;
use rusqlite::Connection;

use super::super::schema::{MIGRATIONS, migrate};
use super::*;

fn version(file: &Path) -> u32 {
    Connection::open(file).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_store_by_a_newer_version_is_refused_and_left_alone() {
    let (dir, desk) = open();
    desk.store.close();
    let file = dir.path().join(FILE);
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(&file).unwrap();
    let known = u32::try_from(MIGRATIONS.len()).unwrap();
    match Store::open(dir.path()) {
        Err(OpenError::TooNew { found: 99, known: said }) => assert_eq!(said, known),
        other => panic!("{:?}", other.err()),
    }
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

/// A migration may empty the lists; what they list is in the shown states.
#[tokio::test]
async fn lists_that_were_emptied_are_made_anew() {
    let (dir, desk, at) = furnished().await;
    let old = desk.project("Old").await;
    desk.go(AggregateRef::Project(old), domain::Body::ProjectSetArchived { archived: true }).await;
    let lists = |store: &Store| {
        store.read(move |view| {
            let query = ProjectQuery { text: "call".into(), limit: 10, ..ProjectQuery::default() };
            let counts = (view.project_counts(false)?, view.project_counts(true)?);
            let versions = view.open_versions(10)?;
            let runs = (view.run_rows()?, view.open_runs(at.project, at.version)?);
            Ok::<_, StoreError>((view.project_rows(&query)?, counts, versions, runs))
        })
    };
    let before = lists(&desk.store).await.unwrap();
    assert_eq!((before.0.total, before.2.len(), before.3.1.len()), (1, 1, 1));
    desk.store.close();
    let rows_of_another_shape = MIGRATIONS[10];
    for emptied in
        ["DELETE FROM project_row; DELETE FROM version_row; DELETE FROM run_row;", rows_of_another_shape]
    {
        Connection::open(dir.path().join(FILE)).unwrap().execute_batch(emptied).unwrap();
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(lists(&store).await.unwrap(), before, "{emptied}");
        store.close();
    }
}

/// A released migration is never edited: stores out there were made by its text. Each is held here by its FNV-1a hash.
#[test]
fn released_migrations_do_not_change() {
    let hash = |sql: &&str| {
        let bytes = sql.bytes().filter(|byte| *byte != b'\r');
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let hashes: Vec<String> = MIGRATIONS.iter().map(hash).map(|hash| format!("{hash:016x}")).collect();
    assert_eq!(
        hashes,
        [
            "ae13b8f0da2d235f",
            "dc6c0532cba469d1",
            "3c8b1a6f42157354",
            "09c7a1a501efef33",
            "f9fc475064f970dc",
            "d37560dfb001a09d",
            "093f8dffb0160c49",
            "7edfb573b7d77902",
            "06e9ad7dc0bb1a79",
            "235ae3f29cd4c5c8",
            "1d4066da665f4173",
            "76a1c629ad65ac44",
            "67ca7ea9dc61669f"
        ]
    );
}

#[test]
fn a_migration_is_all_or_nothing_and_backed_up_before() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join(FILE);
    let backups = dir.path().join(backup::FOLDER);
    let first = "CREATE TABLE a (n INTEGER);";
    let mut connection = Connection::open(&file).unwrap();
    migrate(&mut connection, &[first], &backups).unwrap();
    connection.execute("INSERT INTO a VALUES (1)", []).unwrap();
    assert!(backup::list(dir.path()).unwrap().is_empty(), "nothing to save in a new one");

    let broken = "CREATE TABLE b (n INTEGER); INSERT INTO a VALUES (2); INSERT INTO nowhere VALUES (1);";
    assert!(migrate(&mut connection, &[first, broken], &backups).is_err());
    let rows = |connection: &Connection| -> i64 {
        connection.query_row("SELECT count(*) FROM a", [], |row| row.get(0)).unwrap()
    };
    assert_eq!((version(&file), rows(&connection)), (1, 1));
    assert!(connection.prepare("SELECT * FROM b").is_err());

    let [saved] = &backup::list(dir.path()).unwrap()[..] else { panic!("one backup") };
    assert_eq!((saved.name.as_str(), saved.file.as_str()), (FILE, "schema1-cache.db"));
    assert_eq!(rows(&Connection::open(saved.path(dir.path())).unwrap()), 1);

    let sound = "ALTER TABLE a ADD COLUMN m INTEGER;";
    migrate(&mut connection, &[first, sound, "CREATE TABLE c (n INTEGER);"], &backups).unwrap();
    assert_eq!((version(&file), rows(&connection)), (3, 1));
    match migrate(&mut connection, &[first], &backups) {
        Err(OpenError::TooNew { found: 3, known: 1 }) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn folders_that_cannot_be_used() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("this-computer");
    std::fs::write(&path, "a file").unwrap();
    assert!(matches!(Store::open(&path), Err(OpenError::Io(_))));
    // A folder where the database should be.
    std::fs::create_dir_all(dir.path().join("other").join(FILE)).unwrap();
    assert!(Store::open(&dir.path().join("other")).is_err());
    // `/sys` takes no file from anybody, root included.
    #[cfg(target_os = "linux")]
    if Path::new("/sys/kernel").is_dir() {
        let refused = Store::open(Path::new("/sys/kernel"));
        assert!(matches!(refused, Err(OpenError::ReadOnly)), "{:?}", refused.err());
    }
}

#[test]
fn what_sqlite_and_the_system_say_is_told_apart() {
    use rusqlite::ffi;
    let says = |code| rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
    for (code, wanted) in [
        (ffi::SQLITE_CORRUPT, "Damaged"),
        (ffi::SQLITE_NOTADB, "Damaged"),
        (ffi::SQLITE_FULL, "DiskFull"),
        (ffi::SQLITE_READONLY, "ReadOnly"),
        (ffi::SQLITE_CANTOPEN, "ReadOnly"),
        (ffi::SQLITE_BUSY, "Io"),
    ] {
        let said = format!("{:?}", OpenError::from(says(code)));
        assert!(said.starts_with(wanted), "{code}: {said}");
    }
    for (kind, wanted) in [
        (std::io::ErrorKind::ReadOnlyFilesystem, "ReadOnly"),
        (std::io::ErrorKind::PermissionDenied, "ReadOnly"),
        (std::io::ErrorKind::StorageFull, "DiskFull"),
        (std::io::ErrorKind::NotADirectory, "Io"),
    ] {
        let said = format!("{:?}", OpenError::from(std::io::Error::from(kind)));
        assert!(said.starts_with(wanted), "{kind}: {said}");
    }
}

/// What was redacted before redaction reached the stored commands is blank in them from then on; what was never taken stays
/// its author's.
#[test]
fn comments_that_were_redacted_once_lose_their_words() {
    let connection = Connection::open_in_memory().unwrap();
    MIGRATIONS[..11].iter().for_each(|sql| connection.execute_batch(sql).unwrap());
    let actor = domain::ids::MemberId::from_u128(7);
    let comment = |id| domain::ids::CommentId::from_u128(id);
    let add = |id, text: &str| domain::Body::CommentAdd {
        comment: comment(id),
        subject: domain::comment::Subject::Project,
        reply_to: None,
        text: text.to_owned(),
        mentions: vec![actor],
    };
    let redact = domain::Body::CommentRedact { comment: comment(1), reason: "It's \"personal\"".to_owned() };
    let edit = domain::Body::CommentEdit {
        comment: comment(1),
        text: "Ana is \"ill\"".to_owned(),
        mentions: vec![],
    };
    let mut id = 0;
    let said = [add(1, "Ana"), edit, add(2, "Stays"), redact].map(|body| {
        id += 1;
        let aggregate = AggregateRef::Project(ProjectId::from_u128(2));
        let command = domain::Command { id: CommandId::from_u128(id), aggregate, body };
        domain::Envelope::new(&command, Timestamp(4), Vec::new())
    });
    for (number, command) in (1_i64..).zip(&said) {
        let (json, id) = (serde_json::to_string(command).unwrap(), command.id.to_string());
        let row = rusqlite::params![number, id, actor.to_string(), 9, json, command.kind];
        let sql = "INSERT INTO activity (number, id, actor, at, envelope, kind, words) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'ana')";
        connection.execute(sql, row).unwrap();
        for state in ["done", "refused"] {
            let id = format!("{}{id}", &state[..1]);
            let row = rusqlite::params![id, actor.to_string(), json, state];
            let sql = "INSERT INTO outbox (id, kind, aggregate, actor, roles, made_at, envelope, state)
                       VALUES (?1, 'project', 'x', ?2, '[]', 4, ?3, ?4)";
            connection.execute(sql, row).unwrap();
        }
    }
    connection.execute("INSERT INTO activity (number, id, actor, at, envelope, kind, words) VALUES (9, 'x', 'x', 0, 'no json', '', '')", []).unwrap();
    connection.execute_batch(MIGRATIONS[11]).unwrap();

    let by = domain::redact::Redacted::by(&said[3], actor, Timestamp(9)).unwrap();
    let mut blanked = said.to_vec();
    assert_eq!(blanked.iter_mut().filter_map(|envelope| by.blank(envelope).then_some(())).count(), 2);
    let read = |sql: &str| -> Vec<domain::Envelope> {
        let mut query = connection.prepare(sql).unwrap();
        let found = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
        found.map(|json| serde_json::from_str(&json.unwrap()).unwrap()).collect()
    };
    assert_eq!(read("SELECT envelope FROM activity WHERE number < 9 ORDER BY number"), blanked);
    assert_eq!(read("SELECT envelope FROM outbox WHERE state = 'done' ORDER BY seq"), blanked);
    assert_eq!(read("SELECT envelope FROM outbox WHERE state = 'refused' ORDER BY seq"), said);
    let words: Vec<String> = {
        let mut query =
            connection.prepare("SELECT words FROM activity WHERE number < 9 ORDER BY number").unwrap();
        query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(words, ["", "", "ana", "ana"]);
}
