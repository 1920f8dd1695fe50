//! Damaged stores: what a person did comes through.

use std::fs;
use std::io::{Seek, SeekFrom, Write as _};
use std::path::PathBuf;

use domain::Timestamp;
use domain::checklist::Outcome;
use domain::fields::FieldKey;
use rusqlite::Connection;

use super::super::outbox::{OutboxRow, OutboxState};
use super::*;

/// A store with work that was never sent, a draft and a setting; closed.
async fn worked() -> (TempDir, testing::Furniture, Vec<OutboxRow>) {
    let (dir, desk, at) = furnished().await;
    let items = testing::items();
    for n in 0..120 {
        desk.tick(at.run, &items[n % items.len()], Outcome::Pass, vec![]).await;
    }
    desk.set(at.project, at.version, FieldKey::Description, "typed by hand").await;
    desk.store.write(|tx| tx.set_draft("reply", Some("half a reply"))).await.unwrap();
    desk.store.write(|tx| tx.set_setting("pinned", &"x".into())).await.unwrap();
    let rows = desk.store.read(|view| view.outbox()).await.unwrap();
    desk.store.close();
    (dir, at, rows)
}

fn overwrite(file: &Path, at: u64, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new().write(true).open(file).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

/// The pages of a table, the first being its root.
fn pages(file: &Path, table: &str) -> Vec<u64> {
    let connection = Connection::open(file).unwrap();
    let root: u64 = connection
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = ?1", [table], |row| row.get::<_, i64>(0))
        .unwrap()
        .unsigned_abs();
    drop(connection);
    let bytes = fs::read(file).unwrap();
    let page = |n: u64| &bytes[usize::try_from((n - 1) * 4096).unwrap()..];
    let mut all = vec![root];
    // An interior page of a table names its children in its cells.
    if page(root)[0] == 5 {
        let cells = u16::from_be_bytes([page(root)[3], page(root)[4]]);
        for cell in 0..usize::from(cells) {
            let at = 12 + cell * 2;
            let at = usize::from(u16::from_be_bytes([page(root)[at], page(root)[at + 1]]));
            all.push(u64::from(u32::from_be_bytes(page(root)[at..at + 4].try_into().unwrap())));
        }
    }
    all
}

#[tokio::test]
async fn what_was_done_comes_through_every_kind_of_damage() {
    type Damage = fn(&Path);
    let kinds: [(&str, Damage, bool); 6] = [
        ("zeroed header", |file| overwrite(file, 0, &[0; 100]), true),
        ("zeroed first page", |file| overwrite(file, 0, &[0; 4096]), true),
        (
            "no database at all in its first bytes",
            |file| overwrite(file, 0, b"something else entirely"),
            true,
        ),
        (
            "the middle is noise",
            |file| {
                let root = pages(file, "shown")[0];
                overwrite(file, (root - 1) * 4096, &[0xA5; 4096]);
            },
            true,
        ),
        (
            "the end is cut off",
            |file| {
                let file = fs::OpenOptions::new().write(true).open(file).unwrap();
                let length = file.metadata().unwrap().len();
                file.set_len(length - 4096 * 3).unwrap();
            },
            false,
        ),
        (
            "a page of the outbox is noise",
            |file| {
                let page = pages(file, "outbox")[3];
                overwrite(file, (page - 1) * 4096, &[0xFF; 4096]);
            },
            false,
        ),
    ];
    for (what, damage, whole) in kinds {
        let (dir, at, rows) = worked().await;
        let file = dir.path().join(FILE);
        damage(&file);
        match Store::open(dir.path()) {
            Err(OpenError::Damaged) => {}
            other => panic!("{what}: {:?}", other.err()),
        }
        let recovered = recover(dir.path(), Timestamp(42)).unwrap();
        assert_eq!(recovered.aside, Some(dir.path().join("cache.damaged-42.db")), "{what}");
        let store = Store::open(dir.path()).unwrap();
        let (open, draft, pinned, run) = store
            .read(move |view| {
                Ok::<_, StoreError>((
                    view.outbox()?,
                    view.draft("reply")?,
                    view.setting("pinned")?,
                    view.run(at.run)?,
                ))
            })
            .await
            .unwrap();
        assert_eq!((draft.as_deref(), pinned.is_some()), (Some("half a reply"), true), "{what}");
        if whole {
            assert!(recovered.complete, "{what}");
            assert_eq!(open, rows, "{what}");
            assert_eq!(
                run.unwrap().items.values().map(|log| log.entries.len()).sum::<usize>(),
                120,
                "{what}"
            );
        } else {
            // The rows of a damaged page are gone, those beside it are not; none is made up.
            assert!(open.len() >= rows.len() - 12, "{what}: {} of {}", open.len(), rows.len());
            assert!(open.iter().all(|row| rows.contains(row)), "{what}");
        }
        assert_eq!(recovered.outbox, open.len());
        let left: Vec<PathBuf> =
            fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        let stray = left.iter().filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            ["salvage", "rescued", "fresh", "unfinished"].iter().any(|word| name.contains(word))
        });
        assert_eq!(stray.count(), 0, "{left:?}");
    }
}

/// A large file is not looked through before it is opened, but damage in it is found when it is.
#[tokio::test]
async fn damage_in_a_large_file_is_found_while_it_is_in_use() {
    let (dir, desk, _) = furnished().await;
    let large = "x".repeat(9 * 1024 * 1024);
    desk.store.write(move |tx| tx.set_draft("large", Some(&large))).await.unwrap();
    desk.store.close();
    let file = dir.path().join(FILE);
    let root = pages(&file, "activity")[0];
    let store = Store::open(dir.path()).unwrap();
    check(dir.path()).unwrap();
    store.close();
    overwrite(&file, (root - 1) * 4096, &[0xA5; 4096]);
    let store = Store::open(dir.path()).unwrap();
    assert!(matches!(check(dir.path()), Err(OpenError::Damaged)));
    store.close();
    let recovered = recover(dir.path(), Timestamp(1)).unwrap();
    assert_eq!(recovered.drafts, 1);
}

/// Bytes flipped in a text are seen by no check of the file, but where the text is read.
#[tokio::test]
async fn a_text_that_is_no_json_any_more_is_damage() {
    for table in ["shown", "confirmed", "project_row", "run_row"] {
        let (dir, at, rows) = worked().await;
        let file = dir.path().join(FILE);
        let column = if table.ends_with("row") { "row" } else { "state" };
        let connection = Connection::open(&file).unwrap();
        connection.execute("INSERT INTO confirmed VALUES ('run', 'x', 1, 1, '{}')", []).unwrap();
        connection
            .execute(&format!("UPDATE {table} SET {column} = replace({column}, '{{', '(')"), [])
            .unwrap();
        drop(connection);
        assert!(matches!(Store::open(dir.path()), Err(OpenError::Damaged)), "{table}");
        let recovered = recover(dir.path(), Timestamp(1)).unwrap();
        assert!(recovered.complete);
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.read(|view| view.outbox()).await.unwrap(), rows);
        assert!(store.read(move |view| view.run(at.run)).await.unwrap().is_some());
    }
}

/// A state in words that this version does not know: kept, told apart from damage, in nobody's way.
#[tokio::test]
async fn a_state_by_a_newer_version_is_kept_and_is_no_damage() {
    let (dir, desk, at) = furnished().await;
    let id = at.run;
    desk.store
        .write(move |tx| {
            let text = table::shown::text(tx.tx(), AggregateRef::Run(id))?.unwrap();
            let text = text.replace("\"kind\":\"qa\"", "\"kind\":\"accessibility\"");
            let state = serde_json::from_str(&text)?;
            let new =
                domain::protocol::State { aggregate: AggregateRef::Run(id), revision: 9, number: 9, state };
            table::confirmed::take(tx.tx(), &new)?;
            derive(tx, &[AggregateRef::Run(id), AggregateRef::Project(at.project)].into())
        })
        .await
        .unwrap();
    let read = desk.store.read(move |view| view.run(id)).await;
    assert!(matches!(read, Err(StoreError::Newer(_))), "{read:?}");
    let item = testing::items()[0].clone();
    let refused =
        desk.submit(testing::command(AggregateRef::Run(id), testing::tick(&item, Outcome::Pass, vec![])));
    assert!(matches!(refused.await, Err(SubmitError::Store(StoreError::Newer(_)))));
    desk.set(at.project, at.version, FieldKey::Notes, "goes on").await;
    desk.store.close();
    Store::open(dir.path()).unwrap();
}

/// A recovery that is cut short anywhere is finished by the next start, and nothing is lost in between.
#[tokio::test]
async fn a_recovery_can_be_cut_short() {
    let (dir, _, rows) = worked().await;
    let file = dir.path().join(FILE);
    overwrite(&file, 0, &[0; 100]);
    let damaged = fs::read(&file).unwrap();
    recover(dir.path(), Timestamp(42)).unwrap();
    let (aside, rescued) = (dir.path().join("cache.damaged-42.db"), dir.path().join("cache.rescued-42.db"));

    // Before the damaged one was set aside, and between that and the new one taking its place.
    for set_aside in [false, true] {
        fs::rename(&file, &rescued).unwrap();
        if !set_aside {
            fs::rename(&aside, &file).unwrap();
        }
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.read(|view| view.outbox()).await.unwrap(), rows, "{set_aside}");
        store.close();
        assert!(!rescued.exists());
        assert_eq!(fs::read(&aside).unwrap(), damaged);
    }
    // Before the new one was whole: it is begun again.
    fs::remove_file(&file).unwrap();
    fs::rename(&aside, &file).unwrap();
    fs::write(dir.path().join("cache.unfinished.db"), "half").unwrap();
    assert!(matches!(Store::open(dir.path()), Err(OpenError::Damaged)));
    assert!(recover(dir.path(), Timestamp(43)).unwrap().complete);
    assert_eq!(Store::open(dir.path()).unwrap().read(|view| view.outbox()).await.unwrap(), rows);
}

/// What no way leads to any more in the file comes from the newest backup.
#[tokio::test]
async fn gaps_are_filled_from_the_newest_backup() {
    let (dir, _, rows) = worked().await;
    let file = dir.path().join(FILE);
    let day = 24 * 60 * 60 * 1000;
    backup::daily(dir.path(), &[FILE], Timestamp(100 * day)).unwrap();
    let desk = Desk::new(Store::open(dir.path()).unwrap());
    let later = desk.project("Made after the backup").await;
    desk.store.close();
    for page in pages(&file, "outbox").into_iter().skip(2).step_by(3) {
        overwrite(&file, (page - 1) * 4096, &[0xFF; 4096]);
    }
    let recovered = recover(dir.path(), Timestamp(1)).unwrap();
    assert!(!recovered.complete);
    let store = Store::open(dir.path()).unwrap();
    let open = store.read(|view| view.outbox()).await.unwrap();
    assert_eq!(open[..rows.len()], rows);
    let last = &open[rows.len()..];
    assert!(last.is_empty() || last[0].envelope.aggregate == AggregateRef::Project(later));
}

/// The process was killed: what was committed stands in the log beside the file, and comes through with it.
#[tokio::test]
async fn the_log_beside_a_damaged_file_is_read_too() {
    let (dir, desk, _) = furnished().await;
    let copy = tempfile::tempdir().unwrap();
    desk.store.write(|tx| tx.set_draft("late", Some("in the log only"))).await.unwrap();
    let rows = desk.store.read(|view| view.outbox()).await.unwrap();
    for file in ["cache.db", "cache.db-wal"] {
        fs::copy(dir.path().join(file), copy.path().join(file)).unwrap();
    }
    assert!(fs::metadata(copy.path().join("cache.db-wal")).unwrap().len() > 0);
    let recovered = recover(copy.path(), Timestamp(1)).unwrap();
    assert!(recovered.complete);
    let store = Store::open(copy.path()).unwrap();
    assert_eq!(store.read(|view| view.outbox()).await.unwrap(), rows);
    assert_eq!(store.read(|view| view.draft("late")).await.unwrap().as_deref(), Some("in the log only"));
}

#[tokio::test]
async fn nothing_to_rescue_is_a_new_store() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(FILE), vec![0x5A; 50_000]).unwrap();
    assert!(matches!(Store::open(dir.path()), Err(OpenError::Damaged)));
    for (at, length) in [(1, 50_000), (1, 0)] {
        let recovered = recover(dir.path(), Timestamp(at)).unwrap();
        assert_eq!((recovered.outbox, recovered.drafts, recovered.settings), (0, 0, 0));
        let kept = fs::metadata(recovered.aside.unwrap()).unwrap().len();
        if length > 0 {
            assert_eq!(kept, length, "the damaged file is kept as it was");
        }
        Store::open(dir.path()).unwrap().close();
    }
}

/// What was in flight when the file broke may have been taken: it is asked for again, not discarded.
#[tokio::test]
async fn what_was_in_flight_is_queued_as_unsure() {
    let (dir, desk, _) = furnished().await;
    let none = BTreeSet::new();
    desk.store.write(move |tx| feed::take_batch(tx, &none, 2, 100_000)).await.unwrap();
    desk.store.close();
    overwrite(&dir.path().join(FILE), 0, &[0; 100]);
    recover(dir.path(), Timestamp(1)).unwrap();
    let store = Store::open(dir.path()).unwrap();
    let open = store.read(|view| view.outbox()).await.unwrap();
    assert!(open.iter().all(|row| row.state == OutboxState::Queued));
    assert_eq!(open.iter().filter(|row| row.unsure).count(), 2);
}
