//! A feed as a stream of events: where it stands, at once and whenever it moved, whichever replica moved it.

use std::time::{Duration, Instant};

use axum::body::Body as HttpBody;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use domain::ids::MemberId;
use http_body_util::BodyExt;
use partner_service::Service;
use serde_json::Value;
use tokio::time::timeout;
use tower::ServiceExt;

use crate::world::{
    MANAGER, On, STRANGER, World, can_run, command, create_project, get, item, project, run, started, tick,
};

crate::both! {
    a_stream_tells_where_the_feed_stands,
}

/// How long a change may take until it is told, on a machine that is busy: far less than until the next look.
const SOON: Duration = Duration::from_secs(5);

struct Stream {
    body: HttpBody,
    rest: String,
}

impl Stream {
    async fn open(service: &Service, member: MemberId) -> Self {
        let mut request = get(member, "/v1/changes?after=7");
        request.headers_mut().insert(ACCEPT, "text/event-stream".parse().unwrap());
        let answer = service.router().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/event-stream");
        Self { body: answer.into_body(), rest: String::new() }
    }

    /// The next event: its head.
    async fn head(&mut self) -> u64 {
        loop {
            if let Some((event, rest)) = self.rest.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.rest = rest;
                assert!(event.contains("event: head"), "{event}");
                let data = event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
                let data: Value = serde_json::from_str(data).unwrap();
                return data["head"].as_u64().unwrap();
            }
            let frame = timeout(SOON, self.body.frame()).await.expect("an event in time");
            let data = frame.unwrap().unwrap().into_data().unwrap();
            self.rest.push_str(std::str::from_utf8(&data).unwrap());
        }
    }

    /// Reads until the feed stands there.
    async fn until(&mut self, head: u64) {
        let began = Instant::now();
        while self.head().await != head {}
        assert!(began.elapsed() < SOON);
    }

    async fn says_nothing(&mut self) {
        assert!(timeout(Duration::from_millis(300), self.body.frame()).await.is_err());
    }
}

async fn a_stream_tells_where_the_feed_stands(on: On) {
    let world = World::new(on).await;
    let mut stream = Stream::open(&world.service, MANAGER).await;
    let mut stranger = Stream::open(&world.service, STRANGER).await;
    assert_eq!((stream.head().await, stranger.head().await), (0, 0));
    world.take(&started()).await;
    stream.until(4).await;
    // Refused, or taken before: nothing moved.
    world.send(&started()).await;
    world.send(&[command(9, project(1), create_project("Call Notes"))]).await;
    stream.says_nothing().await;
    // Many at once may be told as one; the last is told.
    for n in 10..20 {
        world.take(&[command(n, run(1), tick(item(0)))]).await;
    }
    stream.until(14).await;
    // One who comes later is told at once; another workspace's feed is nobody else's.
    assert_eq!(Stream::open(&world.service, MANAGER).await.head().await, 14);
    world.service.new_epoch().await.unwrap();
    stranger.says_nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_listens_hears_what_another_replica_on_postgres_took() {
    if !can_run(On::Postgres) {
        return;
    }
    let world = World::new(On::Postgres).await;
    let other = world.open().await.unwrap();
    let mut stream = Stream::open(&other, MANAGER).await;
    assert_eq!(stream.head().await, 0);
    world.take(&started()).await;
    stream.until(4).await;
    // The database ends the connection that listens: what is missed meanwhile is told once it is back.
    let end = "UPDATE workspace SET last_at = last_at WHERE (SELECT count(pg_terminate_backend(pid)) FROM \
               pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()) > 0";
    assert!(world.store.change(end).await > 0);
    world.take(&[command(5, run(1), tick(item(0)))]).await;
    let came = timeout(SOON, async {
        loop {
            let data = stream.body.frame().await.unwrap().unwrap().into_data().unwrap();
            if String::from_utf8_lossy(&data).contains("\"head\":5") {
                break;
            }
        }
    });
    came.await.expect("told after the connection is back");
}
