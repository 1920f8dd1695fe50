//! Backups of the precious files.

use domain::Timestamp;

use super::*;

const DAY: i64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn one_a_day_is_made_the_last_seven_are_kept_and_each_can_be_put_back() {
    let (dir, desk) = open();
    desk.workspace().await;
    let start = 1_790_000_000_000;
    for day in 0..10 {
        desk.project(&format!("App {day}")).await;
        for hour in 0..3 {
            let now = Timestamp(start + day * DAY + hour * 1_000);
            let made = backup::daily(dir.path(), &[FILE, "service.db"], now).unwrap();
            assert_eq!(made.len(), usize::from(hour == 0), "once a day, and only of what is there");
        }
    }
    let kept = backup::list(dir.path()).unwrap();
    assert_eq!(kept.len(), 7);
    assert!(kept.windows(2).all(|pair| pair[0].file > pair[1].file), "newest first");
    assert!(kept.iter().all(|backup| backup.name == FILE && backup.bytes > 0 && backup.at.0 > 0));
    let stray = dir.path().join(backup::FOLDER).join("notes.txt");
    std::fs::write(stray, "not a backup").unwrap();
    assert_eq!(backup::list(dir.path()).unwrap().len(), 7);

    desk.store.close();
    let file = dir.path().join(FILE);
    let oldest = kept.last().unwrap().path(dir.path());
    let aside = backup::restore(&oldest, &file, Timestamp(7)).unwrap().unwrap();
    assert!(aside.exists(), "what was there is kept");
    let store = Store::open(dir.path()).unwrap();
    let query = ProjectQuery { limit: 100, ..ProjectQuery::default() };
    let page = store.read(move |view| view.project_rows(&query)).await.unwrap();
    assert_eq!(page.total, 4, "days 0 to 3");
}

/// Protects the first day's work: the backup made at the first start is one of an empty database.
#[tokio::test]
async fn the_days_backup_is_made_anew_where_something_changed_since_and_only_there() {
    let (dir, desk) = open();
    let now = Timestamp(1_790_000_000_000);
    let projects = async |file: &Path| {
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(file, copy.path().join(FILE)).unwrap();
        let store = Store::open(copy.path()).unwrap();
        let query = ProjectQuery { limit: 10, ..ProjectQuery::default() };
        store.read(move |view| view.project_rows(&query)).await.unwrap().total
    };
    let made = backup::daily(dir.path(), &[FILE], now).unwrap();
    assert_eq!(projects(&made[0]).await, 0);

    desk.workspace().await;
    desk.project("App").await;
    assert!(backup::daily(dir.path(), &[FILE], now).unwrap().is_empty(), "a start leaves the day's one");
    assert_eq!(backup::renew(dir.path(), &[FILE, "service.db"], now, &|_, _| true).unwrap(), made);
    assert_eq!(projects(&made[0]).await, 1);
    assert!(
        backup::renew(dir.path(), &[FILE], now, &|_, _| true).unwrap().is_empty(),
        "nothing changed since"
    );
    assert_eq!(backup::list(dir.path()).unwrap().len(), 1, "one a day");
}

#[test]
fn a_damaged_backup_is_refused_and_changes_nothing() {
    let (dir, desk) = open();
    desk.store.close();
    let file = dir.path().join(FILE);
    let before = std::fs::read(&file).unwrap();
    let backup = dir.path().join("backup.db");
    std::fs::write(&backup, vec![7; 8_192]).unwrap();
    assert!(matches!(backup::restore(&backup, &file, Timestamp(7)), Err(OpenError::Damaged)));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_backup_that_is_stopped_leaves_nothing_unfinished() {
    let dir = tempfile::tempdir().unwrap();
    let database = Connection::open(dir.path().join("large.db")).unwrap();
    database.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(20000000));").unwrap();
    let heard = std::cell::RefCell::new(Vec::new());
    let stopped = backup::renew(dir.path(), &["large.db"], Timestamp(1_790_000_000_000), &|done, of| {
        heard.borrow_mut().push((done, of));
        heard.borrow().len() < 2
    });
    assert!(
        matches!(&stopped, Err(OpenError::Io(error)) if error.kind() == std::io::ErrorKind::Interrupted),
        "{stopped:?}"
    );
    let heard = heard.into_inner();
    assert_eq!(heard.len(), 2, "stopped at the step where it was asked to");
    assert!(heard[0].0 < heard[1].0 && heard[1].0 < heard[1].1, "{heard:?}");
    assert_eq!(std::fs::read_dir(dir.path().join(backup::FOLDER)).unwrap().count(), 0);
}
