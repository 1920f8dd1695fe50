//! What storage does when something goes wrong in or below it.

use std::sync::OnceLock;

use domain::command::Envelope;
use domain::comment::Subject;
use domain::ids::{CommandId, CommentId, MemberId, ProjectId, WorkspaceId};
use domain::{AggregateRef, Body, Timestamp, redact};
use local_postgres::Server;
use rusqlite::Connection;
use tempfile::TempDir;

use super::postgres::Postgres;
use super::sqlite::Sqlite;
use super::{Command, Entry, Held, Storage, Taken, Wanted, Written};
use crate::error::{OpenError, StoreError};

const WORKSPACE: WorkspaceId = WorkspaceId::from_u128(1);

fn sqlite() -> (TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("service.db"), &[WORKSPACE]).unwrap();
    (folder, store)
}

/// An empty database, where `PostgreSQL` is installed; continuous integration has it.
pub(super) fn database() -> Option<String> {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = || SERVER.get_or_init(|| Server::start(&[]).unwrap());
    local_postgres::can_run().then(|| server().database().unwrap())
}

async fn postgres() -> Option<Postgres> {
    Some(Postgres::open(&database()?, &[WORKSPACE]).await.unwrap())
}

/// The commands up to a number, each on the one project.
fn taken(numbers: std::ops::RangeInclusive<u64>, json: &str) -> Taken {
    let of = AggregateRef::Project(ProjectId::from_u128(2));
    let command = |number| Command {
        number,
        actor: MemberId::from_u128(3),
        taken_at: Timestamp(5),
        envelope: Envelope {
            id: CommandId::from_u128(number.into()),
            kind: "project.set_archived".to_owned(),
            v: 1,
            aggregate: of,
            made_at: Timestamp(4),
            needs: Vec::new(),
            args: serde_json::json!({}),
            extra: domain::Extra::new(),
        },
    };
    let head = *numbers.end();
    let state = Held { of, revision: head, json: json.to_owned() };
    let entry = Entry::Project { name_folded: "call notes".to_owned(), slug: String::new() };
    let aggregates = vec![Written { state, number: head, entry }];
    let commands = numbers.map(command).collect();
    Taken { head, last_at: Timestamp(5), commands, aggregates, people: None }
}

async fn commit(store: &dyn Storage, taken: Taken) -> Result<(), StoreError> {
    store.turn(WORKSPACE, &Wanted::default()).await?.turn.commit(taken).await
}

async fn head(store: &dyn Storage) -> u64 {
    store.feed(WORKSPACE).await.unwrap().head
}

/// A turn that is given up, is left, or fails in the middle of its writes.
async fn what_is_cut_short_leaves_nothing(store: &dyn Storage) {
    commit(store, taken(1..=1, "{}")).await.unwrap();
    drop(store.turn(WORKSPACE, &Wanted::default()).await.unwrap());
    store.turn(WORKSPACE, &Wanted::default()).await.unwrap().turn.leave().await.unwrap();
    // Number 1 is given already: what was written before it in the same turn goes with it.
    let mut twice = taken(2..=3, "{\"never\":\"seen\"}");
    twice.commands.reverse();
    twice.commands.push(taken(1..=1, "{}").commands.remove(0));
    assert!(commit(store, twice).await.unwrap_err().passing().is_none());
    assert_eq!(head(store).await, 1);
    commit(store, taken(2..=2, "{\"kept\":true}")).await.unwrap();
    let of = AggregateRef::Project(ProjectId::from_u128(2));
    let wanted = Wanted {
        commands: (1..=3).map(CommandId::from_u128).collect(),
        aggregates: [of].into(),
        names: ["call notes".to_owned(), "no\0body".to_owned()].into(),
        ..Wanted::default()
    };
    let begun = store.turn(WORKSPACE, &wanted).await.unwrap();
    assert_eq!((begun.feed.head, begun.feed.last_at), (2, Timestamp(5)));
    let found = begun.found;
    assert_eq!(found.commands.iter().map(|command| command.number).max(), Some(2));
    assert_eq!(found.aggregates[0].json, "{\"kept\":true}");
    assert_eq!(found.names, [("call notes".to_owned(), ProjectId::from_u128(2))]);
}

#[tokio::test]
async fn what_is_cut_short_leaves_nothing_in_sqlite() {
    what_is_cut_short_leaves_nothing(&sqlite().1).await;
}

#[tokio::test]
async fn what_is_cut_short_leaves_nothing_in_postgres() {
    if let Some(store) = postgres().await {
        what_is_cut_short_leaves_nothing(&store).await;
    }
}

#[tokio::test]
async fn a_full_disk_and_a_lock_pass() {
    let (folder, store) = sqlite();
    let pages: i64 = store.writer.lock().await.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let limit = |pages: i64| format!("PRAGMA max_page_count = {pages}");
    let large = format!("\"{}\"", "x".repeat(100_000));
    store.writer.lock().await.query_row(&limit(pages), [], |_| Ok(())).unwrap();
    let full = commit(&store, taken(1..=1, &large)).await.unwrap_err();
    assert_eq!(full.passing(), Some("disk_full"));
    store.writer.lock().await.query_row(&limit(1_000_000), [], |_| Ok(())).unwrap();
    commit(&store, taken(1..=1, &large)).await.unwrap();

    store.writer.lock().await.busy_timeout(std::time::Duration::ZERO).unwrap();
    let other = Connection::open(folder.path().join("service.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(commit(&store, taken(2..=2, "{}")).await.unwrap_err().passing(), Some("busy"));
    // Readers wait for no writer.
    assert_eq!(head(&store).await, 1);
    other.execute_batch("ROLLBACK").unwrap();
    commit(&store, taken(2..=2, "{}")).await.unwrap();
    assert_eq!(StoreError::NoFeed.passing(), None);
}

/// A workspace's lock keeps out whoever writes to the same, and nobody else; a server that ends its connections is
/// waited out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workspace_is_written_by_one_at_a_time() {
    let Some(address) = database() else { return };
    let other = WorkspaceId::from_u128(9);
    let store = Postgres::open(&address, &[WORKSPACE, other]).await.unwrap();
    let held = store.turn(WORKSPACE, &Wanted::default()).await.unwrap();
    drop(store.turn(other, &Wanted::default()).await.unwrap());
    let second = Postgres::open(&address, &[]).await.unwrap();
    let waiting =
        tokio::spawn(
            async move { second.turn(WORKSPACE, &Wanted::default()).await.map(|begun| begun.feed.head) },
        );
    // The other replica waits on the lock: the database says so.
    let (watch, connection) = tokio_postgres::connect(&address, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    while watch.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    held.turn.commit(taken(1..=1, "{}")).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), 1);

    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE application_name = 'partner-service' AND datname = current_database()";
    let held = store.turn(WORKSPACE, &Wanted::default()).await.unwrap();
    watch.query(end, &[]).await.unwrap();
    assert_eq!(held.turn.commit(taken(2..=2, "{}")).await.unwrap_err().passing(), Some("database"));
    let again = async || commit(&store, taken(2..=2, "{}")).await;
    // A connection that the server has ended may be met once more, never for good.
    while let Err(error) = again().await {
        assert_eq!(error.passing(), Some("database"));
    }
    assert_eq!(head(&store).await, 2);
}

/// Replicas that start at once, on nothing, make the tables once.
#[tokio::test]
async fn replicas_start_together() {
    let Some(address) = database() else { return };
    let open = || Postgres::open(&address, &[WORKSPACE]);
    let (a, b, c) = tokio::join!(open(), open(), open());
    for store in [a, b, c] {
        assert_eq!(head(&store.unwrap()).await, 0);
    }
}

#[tokio::test]
async fn a_database_that_is_not_ours_stays_untouched() {
    let Some(address) = database() else { return };
    let (client, connection) = tokio_postgres::connect(&address, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("CREATE TABLE workspace (note text)").await.unwrap();
    assert!(matches!(Postgres::open(&address, &[]).await.err(), Some(OpenError::Foreign)));
    client.batch_execute("DROP TABLE workspace").await.unwrap();
    drop(Postgres::open(&address, &[]).await.unwrap());
    client.batch_execute("UPDATE partner_service SET version = 99").await.unwrap();
    assert!(matches!(Postgres::open(&address, &[]).await.err(), Some(OpenError::TooNew { found: 99, .. })));
    let away = Postgres::open("postgres:///partner?host=/nowhere&user=nobody", &[]).await;
    assert!(matches!(away.err(), Some(OpenError::Postgres(_))));
}

/// Each look-up that a command may ask for is answered from an index.
#[tokio::test]
async fn look_ups_read_no_table_from_end_to_end() {
    let (_folder, store) = sqlite();
    for sql in [
        "SELECT project FROM project_name WHERE workspace = ?1 AND name_folded = ?2",
        "SELECT project FROM project_name WHERE workspace = ?1 AND slug = ?2",
        "SELECT run FROM run_of WHERE workspace = ?1 AND project = ?2 AND version = ?3 ORDER BY started",
        "SELECT state FROM aggregate WHERE workspace = ?1 AND kind = ?2 AND id = ?3",
        "SELECT state FROM aggregate WHERE workspace = ?1 AND number > ?2 ORDER BY number",
        "SELECT envelope FROM command WHERE workspace = ?1 AND id = ?2",
        "SELECT envelope FROM command WHERE workspace = ?1 AND number > ?2 ORDER BY number",
    ] {
        let writer = store.writer.lock().await;
        let mut statement = writer.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let count = statement.parameter_count();
        let rows = statement.query_map(rusqlite::params_from_iter(vec![1; count]), |row| row.get(3)).unwrap();
        let plan: Vec<String> = rows.collect::<Result<_, _>>().unwrap();
        let [step] = plan.as_slice() else { panic!("{sql}: {plan:?}") };
        assert!(
            step.starts_with("SEARCH") && step.contains("INDEX") | step.contains("PRIMARY KEY"),
            "{sql}: {step}"
        );
    }
}

/// Commands of before redaction reached them: a comment with an edit, another one, and the redaction of the first.
pub(super) struct Redacted {
    pub(super) said: [Envelope; 4],
}

impl Redacted {
    pub(super) const ACTOR: MemberId = MemberId::from_u128(0x0189_0000_0000_7000_8000_0000_0000_00ab);
    pub(super) const AT: i64 = 1_767_225_600_000;

    pub(super) fn new() -> Self {
        let comment = CommentId::from_u128;
        let (subject, reply_to) = (Subject::Project, None);
        let add = |id, text: &str| Body::CommentAdd {
            comment: comment(id),
            subject: subject.clone(),
            reply_to,
            text: text.to_owned(),
            mentions: vec![Self::ACTOR],
        };
        let text = "Ana is \"ill\" today".to_owned();
        let bodies = [
            add(1, "Ana is \"ill\""),
            Body::CommentEdit { comment: comment(1), text, mentions: Vec::new() },
            add(2, "Stays"),
            Body::CommentRedact { comment: comment(1), reason: "It's \"personal\"".to_owned() },
        ];
        let mut id = 0;
        let said = bodies.map(|body| {
            id += 1;
            let aggregate = AggregateRef::Project(ProjectId::from_u128(2));
            Envelope::new(
                &domain::Command { id: CommandId::from_u128(id), aggregate, body },
                Timestamp(4),
                vec![],
            )
        });
        Self { said }
    }

    /// What it becomes of them.
    pub(super) fn blanked(&self) -> Vec<Envelope> {
        let by = redact::Redacted::by(&self.said[3], Self::ACTOR, Timestamp(Self::AT)).unwrap();
        let mut all = self.said.to_vec();
        let blanked = all.iter_mut().filter_map(|envelope| by.blank(envelope).then_some(())).count();
        assert_eq!(blanked, 2);
        all
    }
}
