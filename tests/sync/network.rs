//! Everything that networks do to a desktop, in one table: whatever goes wrong with whichever request, each command is
//! done once, none is lost, and the service is left alone between attempts.

use std::sync::Arc;
use std::time::Duration;

use domain::AggregateRef;
use domain::protocol::{Import, PROTOCOL, PROTOCOL_HEADER};
use http::{Request, StatusCode};
use partner_core::sync::{Sync, SyncState, Transport};
use uuid::Uuid;

use crate::desktop::{Desktop, note, set_notes, states, taken};
use crate::proxy::{Asks, Fault, PORTAL, Proxy};
use crate::{Served, member, token};

/// How long a desktop of these tests waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// A page as a hotel's network answers with, in the place of everything.
const PAGE: &str = "<!doctype html><title>Welcome</title><form action=/portal/sign-in>";

const FAULTS: [Fault; 20] = [
    Fault::Refused,
    Fault::CutRequest,
    Fault::CutAnswer,
    Fault::LostAnswer,
    Fault::Noise,
    Fault::HalfBody,
    Fault::Slow,
    Fault::Silent,
    Fault::Answers(500, "", ""),
    Fault::Answers(502, "content-type: text/html\r\n", "<html>Bad Gateway</html>"),
    Fault::Answers(503, "retry-after: Wed, 21 Oct 2026 07:28:00 GMT\r\n", ""),
    Fault::Answers(429, "retry-after: 3\r\n", "{\"code\":\"rate_limited\",\"params\":{}}"),
    Fault::Answers(429, "", ""),
    // JSON, and nothing that was asked for.
    Fault::Answers(200, "content-type: application/json\r\n", "{\"ok\":true}"),
    // RFC 8910 and its forebears: a page, a redirect to one, the status of RFC 6585.
    Fault::Answers(200, "content-type: text/html\r\n", PAGE),
    Fault::Answers(401, "www-authenticate: Basic realm=\"proxy\"\r\n", ""),
    Fault::Answers(407, "proxy-authenticate: Basic realm=\"proxy\"\r\n", ""),
    Fault::Answers(302, "location: /portal/sign-in\r\n", ""),
    Fault::Answers(403, "content-type: text/html\r\n", PAGE),
    Fault::Answers(511, "content-type: text/html\r\n", PAGE),
];

fn through(proxy: &Proxy) -> Arc<dyn Transport> {
    Arc::new(crate::http(proxy.address, &token(1)).answering_within(PATIENCE))
}

/// Waits until it stands like that; gives what waits.
async fn stands(sync: &Sync, like: fn(SyncState) -> bool) -> usize {
    let mut status = sync.watch();
    let away = status.wait_for(|now| like(now.state));
    let away = tokio::time::timeout(Duration::from_secs(30), away).await.expect("it notices");
    away.unwrap().queued
}

/// What a person is told of it.
fn is_told(fault: Fault) -> fn(SyncState) -> bool {
    match fault {
        Fault::Answers(429 | 503, ..) => |now| matches!(now, SyncState::Busy { .. }),
        Fault::Answers(302 | 401 | 403 | 407 | 511, ..) | Fault::Answers(_, _, PAGE) => {
            |now| now == SyncState::Intercepted
        }
        _ => |now| matches!(now, SyncState::Offline { .. }),
    }
}

/// How often it goes wrong in a row.
fn times(asks: Asks, fault: Fault) -> usize {
    match (asks, fault) {
        (_, Fault::Refused) => 0,
        // No stream at all: it is asked for again in a minute.
        (Asks::Stream, Fault::Answers(200, ..) | Fault::HalfBody)
        // An answer that only takes long is no failure. A stream ends with it, and is opened again.
        | (Asks::Me | Asks::Commands | Asks::Changes, Fault::Slow) => 1,
        _ => 2,
    }
}

/// A desktop that has work to send comes to its service by a way that fails.
async fn case(asks: Asks, fault: Fault) {
    let served = Served::start().await;
    let mut proxy = Proxy::before(served.address).await;
    let desktop = Desktop::open(member(1));
    let sync = desktop.sync(through(&proxy));
    desktop.workspace().await;
    let (project, version, run) = desktop.furnish("Call Notes").await;
    sync.waker().wake();
    desktop.settled(&sync).await;
    sync.stop().await;

    let mut done = Vec::new();
    for n in 0..3 {
        done.push(desktop.go(AggregateRef::Run(run), note(n, &format!("note {n}"))).await);
    }
    done.push(desktop.go(AggregateRef::Project(project), set_notes(version, "by hand")).await);
    let (before, times) = (proxy.requests(), times(asks, fault));
    if fault == Fault::Refused {
        proxy.down().await;
    } else {
        proxy.fault(asks, fault, times);
    }
    let sync = desktop.sync(through(&proxy));
    if fault == Fault::Refused {
        assert_eq!(stands(&sync, is_told(fault)).await, 4, "what waits is kept");
        proxy.up().await;
    } else if asks != Asks::Stream && fault != Fault::Slow {
        // By the time the feed is read, all is sent.
        let waits = if asks == Asks::Changes { 0 } else { 4 };
        assert_eq!(stands(&sync, is_told(fault)).await, waits, "{fault:?} at {asks:?}: what waits is kept");
    }
    desktop.settled(&sync).await;
    // A stream that fails holds nothing up; it is opened again in its own time.
    let reopened = async {
        while asks == Asks::Stream && proxy.faults().len() < times {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), reopened).await.expect("the stream is opened again");

    let at = format!("{fault:?} at {asks:?}");
    assert!(desktop.open_rows().await.is_empty(), "{at}");
    let direct = served.transport(&token(1));
    let all = taken(&*direct).await;
    assert_eq!(all.len(), 4 + done.len(), "{at}: done twice, or not at all");
    assert!(all.ends_with(&done), "{at}: in the order in which it was done");
    let known = states(&*direct).await;
    assert_eq!(desktop.states(known.keys().copied()).await, known, "{at}");
    assert!(!proxy.led_astray(), "{at}: followed to {PORTAL}");

    let failed = proxy.faults();
    assert_eq!(failed.len(), times, "{at}");
    let least = match fault {
        // Nothing went wrong, it only took long.
        Fault::Slow => Duration::ZERO,
        Fault::Answers(_, "retry-after: 3\r\n", _) => Duration::from_secs(3),
        _ => Duration::from_secs(1),
    };
    for pair in failed.windows(2) {
        assert!(pair[1] - pair[0] >= least, "{at}: again after {:?}", pair[1] - pair[0]);
    }
    let asked = proxy.requests() - before;
    assert!(asked < 30, "{at}: asked {asked} times");
    sync.stop().await;
    served.stop().await;
}

/// Runs the table for one kind of request, all of it at once: what takes time is the patience of the desktops.
async fn table(asks: Asks) {
    let cases: Vec<_> = FAULTS.into_iter().map(|fault| tokio::spawn(case(asks, fault))).collect();
    for case in cases {
        case.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_when_it_asks_who_it_is() {
    table(Asks::Me).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_when_it_sends_commands() {
    table(Asks::Commands).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_when_it_reads_the_feed() {
    table(Asks::Changes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_to_the_stream() {
    table(Asks::Stream).await;
}

/// A workspace that is just being moved to the service takes nothing yet: what is done meanwhile waits, and goes when
/// the last part came.
#[tokio::test]
async fn what_is_done_while_a_workspace_arrives_waits_for_it() {
    let served = Served::start().await;
    let direct = served.transport(&token(1));
    let part = |done| Import { id: Uuid::from_u128(9), changes: Vec::new(), states: Vec::new(), done };
    let send = async |part: Import| {
        let request = Request::post("/v1/import")
            .header(PROTOCOL_HEADER, PROTOCOL)
            .body(serde_json::to_vec(&part).unwrap().into())
            .unwrap();
        assert_eq!(direct.send(request).await.unwrap().status(), StatusCode::OK);
    };
    send(part(false)).await;

    let desktop = Desktop::open(member(1));
    let sync = desktop.sync(served.transport(&token(1)));
    desktop.workspace().await;
    sync.waker().wake();
    assert_eq!(stands(&sync, |now| matches!(now, SyncState::Busy { .. })).await, 1);
    assert!(taken(&*direct).await.is_empty());

    send(part(true)).await;
    desktop.settled(&sync).await;
    assert_eq!(taken(&*direct).await.len(), 1);
    assert!(desktop.open_rows().await.is_empty());
    sync.stop().await;
    served.stop().await;
}
