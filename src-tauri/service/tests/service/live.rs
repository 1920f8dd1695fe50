//! A feed as a stream of events: where it stands, at once and whenever it moved, whichever replica moved it; and who
//! else listens, whichever replica they are at.

use std::time::{Duration, Instant};

use axum::body::Body as HttpBody;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use domain::ids::MemberId;
use domain::protocol::{Here, Present};
use http_body_util::BodyExt;
use partner_service::Service;
use serde_json::Value;
use tokio::time::timeout;
use tower::ServiceExt;

use crate::world::{
    ADMIN, DEVELOPER, MANAGER, On, QA, STRANGER, VIEWER, World, can_run, command, create_project, get, item,
    project, run, started, tick,
};

crate::both! {
    a_stream_tells_where_the_feed_stands,
    a_stream_tells_who_is_here,
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

    /// The next event: its name and data.
    async fn event(&mut self) -> (String, Value) {
        loop {
            if let Some((event, rest)) = self.rest.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.rest = rest;
                let line = |name| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let data = serde_json::from_str(&line("data: ").unwrap()).unwrap();
                return (line("event: ").unwrap(), data);
            }
            let frame = self.body.frame().await;
            let data = frame.unwrap().unwrap().into_data().unwrap();
            self.rest.push_str(std::str::from_utf8(&data).unwrap());
        }
    }

    /// The next event of that name.
    async fn next(&mut self, name: &str) -> Value {
        let found = async {
            loop {
                let (event, data) = self.event().await;
                assert!(["head", "here"].contains(&event.as_str()), "{event}");
                if event == name {
                    return data;
                }
            }
        };
        timeout(SOON, found).await.expect("an event in time")
    }

    /// The next head that is told.
    async fn head(&mut self) -> u64 {
        self.next("head").await["head"].as_u64().unwrap()
    }

    /// Who is here, and since when, as it is told next.
    async fn here(&mut self) -> Vec<Present> {
        serde_json::from_value::<Here>(self.next("here").await).unwrap().here
    }

    /// Reads until these are here.
    async fn until_here(&mut self, members: &[MemberId]) {
        let here = |all: Vec<Present>| all.into_iter().map(|one| one.member).collect::<Vec<_>>();
        while here(self.here().await) != members {}
    }

    /// Reads until the feed stands there.
    async fn until(&mut self, head: u64) {
        let began = Instant::now();
        while self.head().await != head {}
        assert!(began.elapsed() < SOON);
    }

    /// Nothing of that name.
    async fn says_no(&mut self, name: &str) {
        let said = async { while self.event().await.0 != name {} };
        assert!(timeout(Duration::from_millis(300), said).await.is_err());
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
    stream.says_no("head").await;
    // Many at once may be told as one; the last is told.
    for n in 10..20 {
        world.take(&[command(n, run(1), tick(item(0)))]).await;
    }
    stream.until(14).await;
    // One who comes later is told at once; another workspace's feed is nobody else's.
    assert_eq!(Stream::open(&world.service, MANAGER).await.head().await, 14);
    world.service.new_epoch().await.unwrap();
    stranger.says_no("head").await;
}

async fn a_stream_tells_who_is_here(on: On) {
    let world = World::new(on).await;
    let mut manager = Stream::open(&world.service, MANAGER).await;
    let alone = manager.here().await;
    assert_eq!(alone.iter().map(|one| one.member).collect::<Vec<_>>(), [MANAGER]);
    let mut stranger = Stream::open(&world.service, STRANGER).await;
    stranger.until_here(&[STRANGER]).await;
    let mut qa = Stream::open(&world.service, QA).await;
    qa.until_here(&[MANAGER, QA]).await;
    let both = manager.here().await;
    assert_eq!(both[0], alone[0], "since when they came first");
    assert_eq!(both[1].member, QA);
    // A second desktop of the same person, and another workspace's people, are no news. Nor is whoever comes back soon.
    let second = Stream::open(&world.service, QA).await;
    drop((second, qa));
    let mut qa = Stream::open(&world.service, QA).await;
    assert_eq!(qa.here().await, both);
    manager.says_no("here").await;
    stranger.says_no("here").await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_here_is_told_over_all_replicas_on_postgres() {
    if !can_run(On::Postgres) {
        return;
    }
    let world = World::new(On::Postgres).await;
    let other = world.open().await.unwrap();
    let mut manager = Stream::open(&world.service, MANAGER).await;
    manager.until_here(&[MANAGER]).await;
    let mut qa = Stream::open(&other, QA).await;
    qa.until_here(&[MANAGER, QA]).await;
    manager.until_here(&[MANAGER, QA]).await;
    // At both at once: here once. Somebody whose replica ended is here since they came there.
    let (mut here, mut there) =
        (Stream::open(&world.service, VIEWER).await, Stream::open(&other, VIEWER).await);
    here.until_here(&[MANAGER, QA, VIEWER]).await;
    there.until_here(&[MANAGER, QA, VIEWER]).await;
    // What another replica says holds while it is there, and ends some time after it.
    let third = format!(
        "INSERT INTO present SELECT workspace, gen_random_uuid(), '{DEVELOPER}', 0, now() FROM present
         WHERE member = '{MANAGER}'"
    );
    assert_eq!(world.store.change(&third).await, 1);
    let mut late = Stream::open(&other, ADMIN).await;
    late.until_here(&[MANAGER, QA, VIEWER, ADMIN, DEVELOPER]).await;
    let died = format!("UPDATE present SET seen = seen - interval '1 hour' WHERE member = '{DEVELOPER}'");
    assert_eq!(world.store.change(&died).await, 1);
    drop(here);
    let _again = Stream::open(&world.service, VIEWER).await;
    late.until_here(&[MANAGER, QA, VIEWER, ADMIN]).await;
}
