//! Deliveries into the program while it is killed in the middle of it, again and again: what it acknowledged is there,
//! once; what it did not acknowledge is sent again, as Talkdesk does.
//!
//! `PARTNER_INGEST_EVENTS` says how many events; without it as many as a debug build takes in some seconds.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use domain::protocol::{Deliveries, MadeHook};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::json;
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};

use crate::crash::Program;
use crate::hooks::Gateway;
use crate::socket::post;
use crate::world::{MANAGER, On, Store, can_run, project_id, started};

const EVENTS: usize = 1_000;
const KILLS: usize = 4;
/// Deliveries that are on their way at the same time.
const SENDERS: usize = 16;
/// Of so many events one is delivered twice.
const TWICE: usize = 5;

fn events() -> usize {
    let wanted = std::env::var("PARTNER_INGEST_EVENTS").ok();
    wanted.map_or(EVENTS, |wanted| wanted.parse().expect("PARTNER_INGEST_EVENTS is a number"))
}

fn start(folder: &Path, store: &Store, gateway: &Gateway) -> Program {
    let (key, regions) = (folder.join("vault-key"), folder.join("regions.json"));
    std::fs::write(&key, "5a".repeat(32)).unwrap();
    std::fs::write(&regions, serde_json::to_vec(&gateway.regions()).unwrap()).unwrap();
    let (key, regions) = (key.to_str().unwrap(), regions.to_str().unwrap());
    let options = ["--sandbox", "--hook-rate", "0", "--person-rate", "0"];
    Program::with(folder, store, &[&options[..], &["--vault-key", key, "--regions", regions]].concat()).0
}

fn ask(http: &Client, method: Method, at: SocketAddr, path: &str) -> RequestBuilder {
    let request = http.request(method, format!("http://{at}{path}"));
    request.header("partner-protocol", "1").bearer_auth(MANAGER)
}

/// Talkdesk, as far as it delivers.
struct Talkdesk {
    gateway: Gateway,
    http: Client,
    path: String,
    /// Events that are to be sent, each by its number.
    queue: Mutex<VecDeque<usize>>,
    /// How often each was answered as taken.
    taken: Mutex<Vec<u32>>,
    /// How many deliveries were acknowledged.
    acknowledged: watch::Sender<usize>,
}

impl Talkdesk {
    /// Sends what is to be sent, and again what was not acknowledged, until nothing is left.
    async fn send(self: Arc<Self>, mut at: watch::Receiver<SocketAddr>, all: usize) {
        let mut acknowledged = self.acknowledged.subscribe();
        loop {
            let next = self.queue.lock().unwrap().pop_front();
            let Some(event) = next else {
                if *acknowledged.borrow_and_update() == all {
                    return;
                }
                // What another sends at this moment may come back.
                acknowledged.changed().await.unwrap();
                continue;
            };
            let to = *at.borrow_and_update();
            let body = self.gateway.event(&format!("e-{event}"));
            let request = self.http.post(format!("http://{to}{}", self.path));
            let request = request.header("x-hub-ecdsa-signature-id", "key-1");
            let request = request.header("x-hub-ecdsa-signature", self.gateway.sign(&body)).body(body);
            let word = match request.send().await {
                Ok(answer) if answer.status() == StatusCode::OK => answer.bytes().await.ok(),
                Ok(answer) => {
                    assert!(answer.status().is_server_error(), "{}", answer.status());
                    None
                }
                Err(_) => None,
            };
            let Some(word) = word else {
                self.queue.lock().unwrap().push_front(event);
                // The next one stands elsewhere.
                if *at.borrow() == to {
                    at.changed().await.unwrap();
                }
                continue;
            };
            if &word[..] == br#"{"delivery":"taken"}"# {
                self.taken.lock().unwrap()[event] += 1;
            } else {
                assert_eq!(&word[..], br#"{"delivery":"duplicate"}"#);
            }
            self.acknowledged.send_modify(|count| *count += 1);
        }
    }
}

/// Protects every event that was acknowledged, against a kill at any moment, and the console from taking one twice.
#[expect(clippy::print_stderr, reason = "how long it took is half of what it is run for")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_kills_and_stands_there_once() {
    if !can_run(On::Postgres) {
        return;
    }
    let events = events();
    let (folder, gateway) = (tempfile::tempdir().unwrap(), Gateway::start().await);
    let store = Store::new(On::Postgres, &folder);
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let http = Client::builder().no_proxy().build().unwrap();
    let mut program = start(folder.path(), &store, &gateway);
    let address = program.address;
    spawn_blocking(move || post(address, &started()).unwrap()).await.unwrap();
    let made = ask(&http, Method::POST, address, "/v1/hooks").header("content-type", "application/json");
    let made = made.body(json!({ "project": project_id(1) }).to_string()).send().await.unwrap();
    let hook: MadeHook = serde_json::from_slice(&made.bytes().await.unwrap()).unwrap();

    let twice = |event: usize| if event.is_multiple_of(TWICE) { 2 } else { 1 };
    let queue: VecDeque<_> = (0..events).flat_map(|event| std::iter::repeat_n(event, twice(event))).collect();
    let all = queue.len();
    let talkdesk = Arc::new(Talkdesk {
        gateway,
        http: http.clone(),
        path: hook.path,
        queue: Mutex::new(queue),
        taken: Mutex::new(vec![0; events]),
        acknowledged: watch::Sender::new(0),
    });
    let (moved, at) = watch::channel(address);
    let mut acknowledged = talkdesk.acknowledged.subscribe();
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        senders.spawn(Arc::clone(&talkdesk).send(at.clone(), all));
    }
    for kill in 1..=KILLS {
        acknowledged.wait_for(|count| *count >= all * kill / (KILLS + 1)).await.unwrap();
        // At this moment some are on their way, or in the middle of being written.
        program.child.kill().unwrap();
        program.child.wait().unwrap();
        program = start(folder.path(), &store, &talkdesk.gateway);
        moved.send_replace(program.address);
    }
    while let Some(sent) = senders.join_next().await {
        sent.unwrap();
    }
    let took = began.elapsed();

    let mut found = Vec::new();
    let mut after = 0;
    loop {
        let page = ask(&http, Method::GET, program.address, &format!("/v1/deliveries?after={after}"));
        let page = page.send().await.unwrap().bytes().await.unwrap();
        let page: Deliveries = serde_json::from_slice(&page).unwrap();
        for row in page.deliveries {
            assert!(row.number > after, "each by a number of its own, in their order");
            after = row.number;
            assert_eq!(row.delivery.unverified, None);
            found.push(row.delivery.event.unwrap().id);
        }
        if !page.more {
            break;
        }
    }
    let expected: BTreeSet<_> = (0..events).map(|event| format!("e-{event}")).collect();
    assert_eq!(found.len(), events, "none twice");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected, "none lost");
    // One whose answer was lost by a kill is a duplicate when it comes again; none is taken a second time.
    let taken = talkdesk.taken.lock().unwrap();
    assert!(taken.iter().all(|times| *times <= 1), "what was acknowledged was forgotten, and taken again");
    let once = taken.iter().filter(|times| **times == 1).count();
    eprintln!(
        "{events} events, {all} deliveries, {KILLS} kills: {:.1} s, {:.0} deliveries a second; {} lost their answer",
        took.as_secs_f64(),
        f64::from(u32::try_from(all).unwrap()) / took.as_secs_f64(),
        events - once,
    );
}
