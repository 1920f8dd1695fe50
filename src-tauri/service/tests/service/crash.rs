//! The program: started, spoken to, killed in the middle of its work, told to stop.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

use domain::command::Envelope;
use domain::protocol::Changes;
use partner_service::TokenHash;
use serde_json::json;

use crate::socket::{answer, post, send};
use crate::world::{MANAGER, On, Store, can_run, command, item, number, people, run, started, tick};

pub struct Program {
    pub child: Child,
    pub address: SocketAddr,
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_partner-service"))
}

impl Program {
    pub fn start(folder: &Path, store: &Store) -> Self {
        Self::with(folder, store, &[]).0
    }

    /// Started with more options; gives what it says after its address, too.
    pub fn with(folder: &Path, store: &Store, options: &[&str]) -> (Self, BufReader<ChildStdout>) {
        let members: Vec<_> = people()
            .into_iter()
            .map(|person| {
                json!({
                    "name": person.name,
                    "member": person.member,
                    "workspace": person.workspace,
                    "roles": person.roles,
                    "token_sha256": TokenHash::of(&person.member.to_string()).to_string(),
                })
            })
            .collect();
        let file = folder.join("members.json");
        std::fs::write(&file, serde_json::to_vec(&members).unwrap()).unwrap();
        let mut child = program()
            .arg("--database")
            .arg(store.argument())
            .arg("--members")
            .arg(file)
            .args(["--listen", "127.0.0.1:0"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap().parse().unwrap();
        (Self { child, address }, said)
    }

    /// Asks it to end, as the system does.
    #[cfg(unix)]
    pub fn tell_to_stop(&self) {
        let told = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_was_answered_as_taken_outlives_a_kill_on_sqlite() {
    what_was_answered_as_taken_outlives_a_kill(On::Sqlite);
}

#[test]
fn what_was_answered_as_taken_outlives_a_kill_on_postgres() {
    if can_run(On::Postgres) {
        what_was_answered_as_taken_outlives_a_kill(On::Postgres);
    }
}

/// Killed again and again while a desktop sends tick after tick: whatever was answered as taken is there, under the
/// number that was answered; sent again as a whole, every tick is there once and in its order.
fn what_was_answered_as_taken_outlives_a_kill(on: On) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(on, &folder);
    let mut sent: Vec<Envelope> = started();
    let mut answered: Vec<(Envelope, u64)> = Vec::new();
    let mut next = 10;
    {
        let program = Program::start(folder.path(), &store);
        post(program.address, &sent).unwrap();
    }
    for round in 0..6_u64 {
        let mut program = Program::start(folder.path(), &store);
        let address = program.address;
        let (count, (seen, enough)) = (AtomicU64::new(0), mpsc::channel());
        std::thread::scope(|scope| {
            let count = &count;
            let desktop = scope.spawn(move || {
                let (mut sent, mut answered) = (Vec::new(), Vec::new());
                loop {
                    let batch: Vec<_> =
                        (next..next + 3).map(|n| command(n, run(1), tick(item((n % 5) as usize)))).collect();
                    sent.extend(batch.clone());
                    next += 3;
                    let Ok(results) = post(address, &batch) else { return (sent, answered, next) };
                    for (envelope, result) in batch.into_iter().zip(&results.results) {
                        answered.push((envelope, number(&result.outcome).unwrap()));
                    }
                    if count.fetch_add(1, Ordering::SeqCst) + 1 == 3 + 2 * round {
                        seen.send(()).unwrap();
                    }
                }
            });
            // The next request is on its way, or in the middle of its transaction.
            enough.recv().unwrap();
            program.child.kill().unwrap();
            let (more, taken, after) = desktop.join().unwrap();
            sent.extend(more);
            answered.extend(taken);
            next = after;
        });
    }

    let program = Program::start(folder.path(), &store);
    let mut feed = Vec::new();
    let pull = |after: u64| -> Changes {
        let uri = format!("/v1/changes?after={after}");
        let (status, page) = answer(send(program.address, "GET", &uri, MANAGER, "").unwrap()).unwrap();
        assert_eq!(status, 200);
        serde_json::from_value(page).unwrap()
    };
    feed.extend(pull(0).changes);
    for (envelope, number) in &answered {
        let change = &feed[usize::try_from(*number).unwrap() - 1];
        assert_eq!((change.number, &change.command), (*number, envelope));
    }
    assert!(answered.len() >= 6 * 9, "{}", answered.len());
    for batch in sent.chunks(100) {
        let results = post(program.address, batch).unwrap();
        assert!(results.results.iter().all(|result| number(&result.outcome).is_some()));
    }
    let mut feed = pull(0).changes;
    assert_eq!(
        feed.iter().map(|change| change.number).collect::<Vec<_>>(),
        (1..=sent.len() as u64).collect::<Vec<_>>()
    );
    feed.sort_by_key(|change| change.command.id);
    sent.sort_by_key(|envelope| envelope.id);
    assert!(feed.iter().map(|change| &change.command).eq(&sent));
}

#[cfg(unix)]
#[test]
fn the_program_stops_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path(), &Store::new(On::Sqlite, &folder));
    post(program.address, &started()).unwrap();
    program.tell_to_stop();
    assert!(program.child.wait().unwrap().success());
    // Closed in order: nothing is left in a log beside the file.
    assert!(!folder.path().join("service.db-wal").exists());
}

#[test]
fn the_program_says_plainly_what_it_will_not_do() {
    let folder = tempfile::tempdir().unwrap();
    let (database, members) = (folder.path().join("service.db"), folder.path().join("members.json"));
    let run = |listen: &str| {
        let mut program = program();
        program.arg("--database").arg(&database).arg("--members").arg(&members).args(["--listen", listen]);
        let output = program.output().unwrap();
        assert!(!output.status.success());
        assert!(!database.exists());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run("127.0.0.1:0").contains("cannot read"));
    std::fs::write(&members, "[]").unwrap();
    assert!(run("127.0.0.1:0").contains("it names nobody"));
    let id = MANAGER.to_string();
    let entry =
        json!([{ "name": "A", "member": id, "workspace": id, "roles": [], "token_sha256": "0".repeat(64) }]);
    std::fs::write(&members, entry.to_string()).unwrap();
    let refused = run("0.0.0.0:0");
    assert!(refused.contains("0.0.0.0:0 is no loopback address"), "{refused}");
}

#[test]
fn a_token_is_printed_with_its_hash() {
    let output = program().arg("token").output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let words: Vec<_> = text.split_whitespace().collect();
    let ["token", token, "token_sha256", hash] = words.as_slice() else { panic!("{text}") };
    assert_eq!(TokenHash::of(token).to_string(), *hash);
}
