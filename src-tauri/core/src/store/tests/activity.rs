//! The activity, page by page: the table and what is not in it yet answer the same questions alike.

use domain::Timestamp;
use domain::ids::MemberId;
use rusqlite::Connection;

use super::super::schema::MIGRATIONS;
use super::*;

const ROWS: usize = 2_000;

/// A store whose activity has many rows, of which the table knows all but the last command made here.
async fn filled() -> (TempDir, Desk, ProjectId) {
    let (dir, desk, furniture) = furnished().await;
    let connection = Connection::open(dir.path().join(FILE)).unwrap();
    let envelope =
        desk.store.read(|view| view.activity(&ActivityFilter::default(), 0, 1)).await.unwrap().rows;
    let mut insert = connection
        .prepare(
            "INSERT INTO activity (number, id, actor, at, project, envelope, kind, words)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )
        .unwrap();
    for n in 1..=ROWS {
        let mut envelope = envelope[0].envelope.clone();
        envelope.kind = ["version.edit", "finding.add", "run.sign"][n % 3].to_owned();
        let text = ["Größe", "SUMMARY"][n % 2];
        envelope.args = serde_json::json!({ "version": testing::fresh().to_string(), "text": text });
        let project =
            (n % 5 > 0).then_some(if n % 7 == 0 { ProjectId::from_u128(9) } else { furniture.project });
        insert
            .execute(rusqlite::params![
                i64::try_from(n).unwrap(),
                envelope.id.to_string(),
                MemberId::from_u128((n % 4) as u128).to_string(),
                i64::try_from(n).unwrap() * 60_000,
                project.map(|id| id.to_string()),
                serde_json::to_string(&envelope).unwrap(),
                envelope.kind,
                text.to_lowercase(),
            ])
            .unwrap();
    }
    (dir, desk, furniture.project)
}

#[tokio::test]
async fn a_page_is_the_same_stretch_of_the_whole_whatever_is_asked_for() {
    let (_dir, desk, project) = filled().await;
    let all = desk.store.read(|view| view.activity(&ActivityFilter::default(), 0, 10_000)).await.unwrap();
    let pending = all.rows.iter().filter(|row| row.pending).count();
    assert!(pending > 0, "what was made here is on top");
    assert_eq!((all.rows.len(), all.total), (ROWS + pending, ROWS + pending));

    let word = |text: &str| ActivityWord { texts: vec![text.to_owned()], ..ActivityWord::default() };
    let any = ActivityFilter::default;
    for filter in [
        any(),
        ActivityFilter { project: Some(project), ..any() },
        ActivityFilter { actor: Some(MemberId::from_u128(1)), ..any() },
        ActivityFilter { kinds: vec!["run.sign".into(), "finding.add".into()], ..any() },
        ActivityFilter { from: Some(Timestamp(600_000)), to: Some(Timestamp(6_000_000)), ..any() },
        ActivityFilter { words: vec![word("größe")], ..any() },
        ActivityFilter { words: vec![word("summ"), word("größe")], ..any() },
        ActivityFilter { words: vec![word("1.0")], ..any() },
        ActivityFilter { words: vec![word("nothing"), word("%")], ..any() },
        ActivityFilter {
            project: Some(project),
            words: vec![ActivityWord {
                kinds: vec!["run.sign".into()],
                actors: vec![MemberId::from_u128(2)],
                projects: vec![ProjectId::from_u128(9)],
                ..word("summary")
            }],
            ..any()
        },
    ] {
        let wanted: Vec<_> = all.rows.iter().filter(|row| filter.takes(row)).cloned().collect();
        for (offset, limit) in
            [(0, 1), (0, 100), (1, 7), (pending, 3), (ROWS / 3, 50), (ROWS - 2, 50), (99_999, 5)]
        {
            let asked = filter.clone();
            let page = desk.store.read(move |view| view.activity(&asked, offset, limit)).await.unwrap();
            assert_eq!(page.total, wanted.len(), "{filter:?}");
            let stretch: Vec<_> = wanted.iter().skip(offset).take(limit).cloned().collect();
            assert_eq!(page.rows, stretch, "{filter:?} {offset} {limit}");
        }
        let asked = filter.clone();
        let times = desk.store.read(move |view| view.activity_times(&asked)).await.unwrap();
        assert_eq!(times.iter().map(|stretch| stretch.count as usize).sum::<usize>(), wanted.len());
    }
}

#[tokio::test]
async fn rows_that_are_skipped_are_not_read() {
    let (dir, _desk, _) = filled().await;
    let connection = Connection::open(dir.path().join(FILE)).unwrap();
    let mut plan = connection
        .prepare(
            "EXPLAIN QUERY PLAN SELECT number FROM activity INDEXED BY activity_list
             WHERE project = 'a' AND kind IN (SELECT value FROM json_each('[]')) ORDER BY number DESC LIMIT 9 OFFSET 9",
        )
        .unwrap();
    let steps: Vec<String> = plan.query_map([], |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(steps.iter().any(|step| step.contains("COVERING INDEX activity_list")), "{steps:?}");
    assert!(steps.iter().all(|step| !step.contains("TEMP B-TREE FOR ORDER")), "{steps:?}");
}

/// What was in a store before it could be filtered is found as well.
#[test]
fn a_store_of_the_first_release_is_filtered_too() {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(MIGRATIONS[0]).unwrap();
    let envelope = serde_json::json!({ "kind": "finding.add", "args": {
        "version": "01890000-0000-7000-8000-000000000003", "finding": { "text": "The Page" }, "n": 1 } });
    let row = "INSERT INTO activity VALUES (1, 'a', 'b', 0, NULL, ?1), (2, 'c', 'd', 0, NULL, 'no json')";
    connection.execute(row, [envelope.to_string()]).unwrap();
    connection.execute_batch(MIGRATIONS[1]).unwrap();
    let found: Vec<(String, String)> = connection
        .prepare("SELECT kind, words FROM activity ORDER BY number")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(found, [("finding.add".into(), "the page".into()), (String::new(), String::new())]);
}
