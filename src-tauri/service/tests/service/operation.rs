//! What an operator relies on: requests that can be found in the log, callers that cannot crowd others out, counters
//! that tell nothing of anybody, and an end that loses nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use axum::http::{HeaderValue, Request, StatusCode};
use axum::response::Response;
use domain::ids::MemberId;
use http_body_util::BodyExt;
use partner_service::{Rates, Service};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use crate::crash::Program;
use crate::socket::{answer, post, send};
use crate::world::{
    MANAGER, On, QA, STRANGER, Store, World, command, get, item, number, request, run, started, tick,
};

async fn asked(service: &Service, request: Request<axum::body::Body>) -> Response {
    service.router().oneshot(request).await.unwrap()
}

async fn body(response: Response) -> Value {
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let world = World::new(On::Sqlite).await;
    let id =
        |response: &Response| Uuid::try_parse_ascii(response.headers()["x-request-id"].as_bytes()).unwrap();
    let taken = asked(&world.service, get(MANAGER, "/v1/me")).await;
    let fault = asked(&world.service, get(MANAGER, "/v1/nothing")).await;
    assert_ne!(id(&taken), id(&fault));
    let named = id(&fault).to_string();
    assert_eq!(body(fault).await, json!({ "code": "not_found", "request": named, "params": {} }));

    // A proxy's name is kept where it is one, in whichever form.
    let given = Uuid::from_u128(7);
    for (value, kept) in [
        (given.to_string(), true),
        (given.simple().to_string(), true),
        ("7".to_owned(), false),
        ("x".repeat(5_000), false),
    ] {
        let mut request = get(MANAGER, "/v1/me");
        request.headers_mut().insert("x-request-id", HeaderValue::try_from(&value).unwrap());
        assert_eq!(id(&asked(&world.service, request).await) == given, kept, "{value}");
    }
}

/// Asks until it is told to wait; gives how often it was let in, and the answer that told.
async fn until_told_to_wait(
    service: &Service,
    ask: impl Fn() -> Request<axum::body::Body>,
) -> (u32, Response) {
    for n in 0..200 {
        let response = asked(service, ask()).await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            return (n, response);
        }
    }
    panic!("let in without end");
}

#[tokio::test]
async fn who_asks_too_often_waits_and_nobody_else() {
    let mut world = World::new(On::Sqlite).await;
    world.service = world.service.limited(Rates { person: 1, address: 1, hook: 1 });
    let from = |address: &'static str, mut request: Request<axum::body::Body>| {
        request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static(address));
        request
    };
    // The same address for all: who is signed in is not counted by it.
    let member = |member| move || from("192.0.2.1", get(member, "/v1/me"));
    let (times, told) = until_told_to_wait(&world.service, member(MANAGER)).await;
    assert!((20..30).contains(&times), "{times}");
    assert_eq!(told.headers()["retry-after"], "1");
    let fault = body(told).await;
    assert_eq!(fault["code"], "rate_limited");
    assert_eq!(fault["params"], json!({ "by": "person", "seconds": "1" }));
    assert_eq!(asked(&world.service, member(QA)()).await.status(), StatusCode::OK);

    // Tokens that are no good, unknown paths, keys that are none and the open routes count together.
    let nobody = MemberId::from_u128(99);
    let open = ["/v1/me", "/health", "/v1/sign-in", "/openapi.json", "/nothing", "/v1/workspaces"];
    for n in 0..18_u8 {
        let mut request = get(nobody, open[usize::from(n) % open.len()]);
        if n == 3 {
            request = crate::world::request("POST", nobody, "/hooks/talkdesk/none", Vec::new());
        }
        let status = asked(&world.service, from("192.0.2.1", request)).await.status();
        assert_ne!(status, StatusCode::TOO_MANY_REQUESTS, "{n}");
    }
    let (times, told) = until_told_to_wait(&world.service, || from("192.0.2.1", get(nobody, "/v1/me"))).await;
    assert!(times < 5, "{times}");
    assert_eq!(body(told).await["params"]["by"], "address");
    for path in open {
        let status = asked(&world.service, from("192.0.2.1", get(nobody, path))).await.status();
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{path}");
    }
    // Who is signed in there goes on, and so does another address.
    assert_eq!(asked(&world.service, member(STRANGER)()).await.status(), StatusCode::OK);
    let elsewhere = asked(&world.service, from("192.0.2.2", get(nobody, "/health"))).await;
    assert_eq!(elsewhere.status(), StatusCode::OK);
}

/// Reads `/metrics` of a program that was told to serve them.
fn metrics(at: SocketAddr) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn what_is_counted_names_nobody_and_stands_on_a_port_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(On::Sqlite, &folder);
    let (program, mut said) = Program::with(folder.path(), &store, &["--metrics", "127.0.0.1:0"]);
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let at = line.trim().strip_prefix("http://").unwrap().strip_suffix("/metrics").unwrap().parse().unwrap();

    post(program.address, &started()).unwrap();
    let file = format!("/v1/blobs/{}", "a".repeat(64));
    for (method, uri) in [
        ("GET", file.as_str()),
        ("GET", "/v1/made-up"),
        ("INVENTED", "/v1/me"),
        ("POST", "/hooks/talkdesk/a-secret-key"),
        ("GET", "/metrics"),
    ] {
        answer(send(program.address, method, uri, MANAGER, "").unwrap()).unwrap();
    }
    let text = metrics(at);
    let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
    for (counted, times) in [
        ("partner_service_commands_total{outcome=\"taken\"}", "4"),
        ("partner_service_requests_total{method=\"POST\",route=\"/v1/commands\",status=\"200\"}", "1"),
        ("partner_service_requests_total{method=\"GET\",route=\"/v1/blobs/{sha256}\",status=\"404\"}", "1"),
        // `/metrics` of the service's own port is no route.
        ("partner_service_requests_total{method=\"GET\",route=\"none\",status=\"404\"}", "2"),
        ("partner_service_requests_total{method=\"other\",route=\"/v1/me\",status=\"404\"}", "1"),
        ("partner_service_answer_seconds_count{route=\"/v1/commands\"}", "1"),
        ("partner_service_streams", "0"),
    ] {
        assert_eq!(line(counted).rsplit(' ').next(), Some(times), "{counted}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"), "{text}");
    for hidden in [&MANAGER.to_string(), &"a".repeat(64), "a-secret-key", "made-up", "INVENTED", "Manager"] {
        assert!(!text.contains(hidden), "{hidden}\n{text}");
    }
}

/// A request whose body is still on its way is finished and answered, a stream ends in order, nothing new is let in,
/// and the program leaves with success.
#[cfg(unix)]
#[test]
fn the_program_finishes_what_it_began_before_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path(), &Store::new(On::Sqlite, &folder));
    let address = program.address;
    post(address, &started()).unwrap();

    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET /v1/changes HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\npartner-protocol: 1\r\n\
         authorization: Bearer {MANAGER}\r\n\r\n"
    )
    .unwrap();
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while !line.starts_with("data:") {
        line.clear();
        assert!(stream.read_line(&mut line).unwrap() > 0);
    }

    // The service has begun with a request when it asks for its body (RFC 9110, section 10.1.1).
    let body = json!({ "commands": [command(5, run(1), tick(item(0)))] }).to_string();
    let mut begun = TcpStream::connect(address).unwrap();
    write!(
        begun,
        "POST /v1/commands HTTP/1.1\r\nhost: x\r\nconnection: close\r\npartner-protocol: 1\r\n\
         authorization: Bearer {MANAGER}\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    let mut go_on = [0; 25];
    begun.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");

    program.tell_to_stop();
    // The stream's end comes once the program knows; what it says before that are signs of life.
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("0\r\n\r\n"), "{rest:?}: cut off");
    // It closes its port right after the streams.
    let closed = (0..500).any(|_| {
        let refused = TcpStream::connect(address).is_err();
        if !refused {
            std::thread::sleep(Duration::from_millis(10));
        }
        refused
    });
    assert!(closed, "nothing new is let in");
    assert!(program.child.try_wait().unwrap().is_none(), "it does not leave before the answer");

    begun.write_all(body.as_bytes()).unwrap();
    let (status, results) = answer(begun).unwrap();
    assert_eq!(status, 200, "{results}");
    let results: domain::protocol::Results = serde_json::from_value(results).unwrap();
    assert_eq!(number(&results.results[0].outcome), Some(5));
    assert!(program.child.wait().unwrap().success());
}

#[tokio::test]
async fn the_description_is_served_to_anybody() {
    let world = World::new(On::Sqlite).await;
    let plain = Request::builder().uri("/openapi.json").body(axum::body::Body::empty()).unwrap();
    let described = body(asked(&world.service, plain).await).await;
    assert_eq!(described["openapi"], "3.1.0");
    assert_eq!(described["info"]["title"], "Partner service");
    assert!(described["paths"]["/v1/commands"]["post"]["requestBody"].is_object());
    // Every part of the service asks for a token, but for those that say otherwise.
    assert_eq!(described["security"], json!([{ "token": [] }]));
    let open = asked(&world.service, request("GET", MANAGER, "/health", Vec::new())).await;
    assert_eq!(open.status(), StatusCode::OK);
}
