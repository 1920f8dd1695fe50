//! The relay: an app gets what Talkdesk delivered byte for byte, is waited for, and stands where the service may call.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::protocol::{Hooks, MadeHook, PassedEvent, PassedOn, PassedState};
use partner_service::{CallReach, Regions};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::hooks::{Gateway, Sent, deliveries, key, made, receiving};
use crate::world::{ADMIN, MANAGER, On, QA, World, nobody, request};

crate::both! {
    an_app_gets_each_event_as_it_came,
    an_app_that_is_away_is_waited_for_over_a_restart,
    a_redirect_is_not_followed,
    an_app_stands_where_the_service_may_call,
    what_nobody_verified_or_the_app_sent_itself_does_not_go_on,
    an_event_is_replayed_as_it_came_and_that_is_noted,
    what_did_not_verify_is_shown_and_replayed_as_it_came,
}

/// An app that answers as it is told, and 200 after that.
pub struct App {
    pub url: String,
    got: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
}

impl App {
    pub async fn start(answers: impl IntoIterator<Item = u16>, location: &str) -> Self {
        let answers = Arc::new(Mutex::new(answers.into_iter().collect::<VecDeque<_>>()));
        let got = Arc::new(Mutex::new(Vec::new()));
        let (own, location) = (Arc::clone(&got), location.to_owned());
        let answer = move |headers: HeaderMap, body: Bytes| async move {
            own.lock().unwrap().push((headers, body));
            let status = answers.lock().unwrap().pop_front().unwrap_or(200);
            let status = StatusCode::from_u16(status).unwrap();
            (status, [("location", location)]).into_response() as Response
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/events?from=talkdesk", listener.local_addr().unwrap());
        let router = axum::Router::new().route("/events", post(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, got }
    }

    fn got(&self) -> Vec<(HeaderMap, Bytes)> {
        self.got.lock().unwrap().clone()
    }
}

pub async fn set(world: &World, member: domain::ids::MemberId, hook: &MadeHook, url: Value) -> (u16, Value) {
    let body = serde_json::to_vec(&json!({ "url": url })).unwrap();
    let mut request = request("PUT", member, &format!("/v1/hooks/{}/relay", hook.id), body);
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    let answer = tower::ServiceExt::oneshot(world.service.router(), request).await.unwrap();
    let status = answer.status().as_u16();
    let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn passed(world: &World) -> Vec<PassedEvent> {
    world.get::<PassedOn>("/v1/passed").await.events
}

async fn waiting(world: &World) -> u32 {
    world.get::<Hooks>("/v1/hooks").await.hooks[0].relay.as_ref().unwrap().waiting
}

async fn an_app_gets_each_event_as_it_came(on: On) {
    let (gateway, app) = (Gateway::start().await, App::start([], "").await);
    let world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    assert_eq!(set(&world, MANAGER, &hook, json!(app.url)).await.0, 204);
    // Spaces and all: it is the bytes that were signed.
    let body = [b"  ".to_vec(), gateway.event("e-1"), b"\n".to_vec()].concat();
    let signature = gateway.sign(&body);
    for _ in 0..3 {
        assert_eq!(Sent::signed(&gateway, &hook, body.clone()).to(&world).await.0, StatusCode::OK);
    }
    assert_eq!(waiting(&world).await, 1, "it is kept before it goes on, and once");
    assert_eq!(world.service.pass_on().await.unwrap(), None);
    let got = app.got();
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].1, body);
    assert_eq!(got[0].0["x-hub-ecdsa-signature"], signature.as_str());
    assert_eq!(got[0].0["x-hub-ecdsa-signature-id"], "key-1");
    let events = passed(&world).await;
    assert_eq!((events.len(), events[0].event.as_str(), events[0].state), (1, "e-1", PassedState::Taken));
    assert_eq!(events[0].last.as_ref().unwrap().status, Some(200));
    assert_eq!(waiting(&world).await, 0);
    // Off again: nothing goes on any more.
    assert_eq!(set(&world, MANAGER, &hook, Value::Null).await.0, 204);
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-2")).to(&world).await.0, StatusCode::OK);
    assert_eq!(world.service.pass_on().await.unwrap(), None);
    assert_eq!(app.got().len(), 1);
}

async fn an_app_that_is_away_is_waited_for_over_a_restart(on: On) {
    let (gateway, app) = (Gateway::start().await, App::start([500, 503], "").await);
    let mut world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    assert_eq!(set(&world, MANAGER, &hook, json!(app.url)).await.0, 204);
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-1")).to(&world).await.0, StatusCode::OK);
    let due = world.service.pass_on().await.unwrap().unwrap();
    let events = passed(&world).await;
    assert_eq!((events[0].state, events[0].tries), (PassedState::Waiting, 1));
    assert_eq!(events[0].last.as_ref().unwrap().status, Some(500));
    // Not before it is due, whoever looks.
    world.service.pass_on().await.unwrap();
    assert_eq!((app.got().len(), waiting(&world).await), (1, 1));
    world = world.reopened().await;
    world.service = world.service.receiving(key(), CallReach::Sandbox, gateway.regions()).await.unwrap();
    for (tries, state) in [(2, PassedState::Waiting), (3, PassedState::Taken)] {
        world.now.fetch_max(due.0 + i64::from(tries) * 60_000, Ordering::SeqCst);
        world.service.pass_on().await.unwrap();
        let events = passed(&world).await;
        assert_eq!((events[0].state, events[0].tries), (state, tries));
    }
    assert_eq!((app.got().len(), waiting(&world).await), (3, 0));
}

async fn a_redirect_is_not_followed(on: On) {
    let gateway = Gateway::start().await;
    let elsewhere = App::start([], "").await;
    let app = App::start([307], &elsewhere.url).await;
    let world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    assert_eq!(set(&world, MANAGER, &hook, json!(app.url)).await.0, 204);
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-1")).to(&world).await.0, StatusCode::OK);
    world.service.pass_on().await.unwrap();
    let last = passed(&world).await[0].last.clone().unwrap();
    assert_eq!((last.status, last.fault.as_str()), (None, "redirected"));
    assert_eq!((app.got().len(), elsewhere.got().len()), (1, 0));
}

async fn an_app_stands_where_the_service_may_call(on: On) {
    let gateway = Gateway::start().await;
    let mut world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    world.service =
        world.open().await.unwrap().receiving(key(), CallReach::Internet, Regions::default()).await.unwrap();
    for (url, reason) in [
        ("nonsense", "url"),
        ("http://app.example/events", "scheme"),
        ("ftp://app.example/events", "scheme"),
        ("http://127.0.0.1:4780/events", "scheme"),
        ("https://user:word@app.example/events", "credentials"),
        ("https://127.0.0.1/events", "address"),
        ("https://[::1]/events", "address"),
        ("https://10.1.2.3/events", "address"),
        ("https://192.168.0.10/events", "address"),
        ("https://169.254.169.254/latest/meta-data", "address"),
        ("https://[fd00::1]/events", "address"),
        ("https://[::ffff:10.0.0.1]/events", "address"),
    ] {
        let (status, answer) = set(&world, MANAGER, &hook, json!(url)).await;
        assert_eq!((status, &answer["params"]["reason"]), (400, &json!(reason)), "{url}");
    }
    assert_eq!(set(&world, MANAGER, &hook, json!("https://app.example/events")).await.0, 204);
    assert_eq!(set(&world, QA, &hook, Value::Null).await.0, 403);
    let unknown = MadeHook { id: nobody(), path: String::new() };
    assert_eq!(set(&world, MANAGER, &unknown, Value::Null).await.0, 404);
    // A name that leads inside a network is found out when it is called: nothing goes there.
    assert_eq!(set(&world, MANAGER, &hook, json!("https://localhost/events")).await.0, 204);
    world.service =
        world.open().await.unwrap().receiving(key(), CallReach::Sandbox, gateway.regions()).await.unwrap();
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-1")).to(&world).await.0, StatusCode::OK);
    let strict = world.open().await.unwrap();
    let strict = strict.receiving(key(), CallReach::Internet, Regions::default()).await.unwrap();
    strict.pass_on().await.unwrap();
    assert_eq!(passed(&world).await[0].last.as_ref().unwrap().fault, "blocked");
}

async fn what_nobody_verified_or_the_app_sent_itself_does_not_go_on(on: On) {
    let (gateway, app) = (Gateway::start().await, App::start([], "").await);
    let world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    assert_eq!(set(&world, MANAGER, &hook, json!(app.url)).await.0, 204);
    let forged = Sent { signature: None, ..Sent::signed(&gateway, &hook, gateway.event("e-1")) };
    assert_eq!(forged.to(&world).await.0, StatusCode::BAD_REQUEST);
    let sent = Sent::signed(&gateway, &hook, gateway.event("e-2"));
    let copy = Sent { path: format!("{}/mirror", sent.path), ..sent };
    assert_eq!(copy.to(&world).await.0, StatusCode::OK);
    assert_eq!(world.service.pass_on().await.unwrap(), None);
    assert_eq!(deliveries(&world).await.len(), 2);
    assert!(app.got().is_empty() && passed(&world).await.is_empty());
}

async fn an_event_is_replayed_as_it_came_and_that_is_noted(on: On) {
    let (gateway, app) = (Gateway::start().await, App::start([418], "").await);
    let world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    let body = gateway.event("e-1");
    assert_eq!(Sent::signed(&gateway, &hook, body.clone()).to(&world).await.0, StatusCode::OK);
    let replay = async |member, event: &str, url: &str| {
        let wanted = serde_json::to_vec(&json!({ "event": event, "url": url })).unwrap();
        let mut request = request("POST", member, "/v1/replay", wanted);
        request.headers_mut().insert("content-type", "application/json".parse().unwrap());
        crate::world::call(&world.service, request).await
    };
    for (member, event, url, status) in [
        (QA, "e-1", app.url.as_str(), 403),
        (ADMIN, "e-1", app.url.as_str(), 403),
        (MANAGER, "e-2", app.url.as_str(), 404),
        (MANAGER, "e-1", "http://10.0.0.1/events", 400),
    ] {
        assert_eq!(replay(member, event, url).await.0, status, "{event} {url}");
    }
    assert!(app.got().is_empty());
    let (status, answer) = replay(MANAGER, "e-1", &app.url).await;
    assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!(418)), "{answer}");
    let got = app.got();
    assert_eq!((got.len(), &got[0].1[..]), (1, &body[..]));
    assert_eq!(got[0].0["x-hub-ecdsa-signature"], gateway.sign(&body).as_str());
    let noted = world.changes().await.changes;
    let noted: Vec<_> = noted.iter().filter(|one| one.command.kind == "secret.note_reveal").collect();
    assert_eq!(
        (noted.len(), noted[0].actor, &noted[0].command.args["of"]),
        (1, MANAGER, &json!("127.0.0.1"))
    );
}

/// A developer has to see what came, whatever it was, and to send it to the app again: its bytes, its headers.
async fn what_did_not_verify_is_shown_and_replayed_as_it_came(on: On) {
    let (gateway, app) = (Gateway::start().await, App::start([401], "").await);
    let world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    let body = b"{\"id\" :\r\n \"e-1\", \"client_secret\":\"hush\"}\n".to_vec();
    let forged = Sent { signature: Some("00".to_owned()), ..Sent::signed(&gateway, &hook, body.clone()) };
    assert_eq!(forged.to(&world).await.0, StatusCode::BAD_REQUEST);
    let kept = deliveries(&world).await.pop().unwrap();
    let id = kept.id;
    let ask = async |member, path: &str, wanted: Value| {
        let mut request = request("POST", member, path, serde_json::to_vec(&wanted).unwrap());
        request.headers_mut().insert("content-type", "application/json".parse().unwrap());
        crate::world::call(&world.service, request).await
    };
    for (member, wanted, status) in [
        (QA, json!({ "delivery": id }), 403),
        (MANAGER, json!({ "delivery": nobody() }), 404),
        (MANAGER, json!({ "event": "e-1" }), 404),
        (MANAGER, json!({}), 400),
    ] {
        assert_eq!(ask(member, "/v1/original", wanted.clone()).await.0, status, "{wanted}");
    }
    let (status, came) = ask(MANAGER, "/v1/original", json!({ "delivery": id })).await;
    assert_eq!(status, StatusCode::OK, "{came}");
    assert_eq!(came["body"], "{\"id\" :\r\n \"e-1\", \"client_secret\":\"[sealed]\"}\n");
    assert_eq!((&came["hidden"], &came["left_out"]), (&json!(1), &json!(0)));
    let headers = came["headers"].as_array().unwrap();
    assert!(headers.contains(&json!({ "name": "x-hub-ecdsa-signature", "value": "00" })), "{came}");
    assert!(!came.to_string().contains("hush"));

    let (status, answer) = ask(MANAGER, "/v1/replay", json!({ "delivery": id, "url": app.url })).await;
    assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!(401)), "{answer}");
    let got = app.got();
    assert_eq!(
        (got.len(), &got[0].1[..], &got[0].0["x-hub-ecdsa-signature"]),
        (1, &body[..], &"00".parse().unwrap())
    );
}
