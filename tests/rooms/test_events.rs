//! Events that are sent to try an app with, over real sockets: an app that wants to know who sent them, one that takes
//! whatever comes, and a deployment for tests that trusts the sandbox's gateway.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use partner_core::error::ErrorCode;
use sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::world::World;

/// An app behind its callback.
#[derive(Clone, Default)]
struct App {
    url: String,
    /// The gateways below which it asks for keys; none, and it takes whatever comes.
    trusts: Option<String>,
    /// How often it fails an event of a type before it looks at one.
    fails: HashMap<&'static str, usize>,
    /// The types that it sends on elsewhere.
    sends_on: Vec<&'static str>,
    /// What came, in its order.
    got: Arc<Mutex<Vec<Value>>>,
}

async fn take(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let event: Value = serde_json::from_slice(&body).unwrap();
    let kind = event["type"].as_str().unwrap().to_owned();
    let before = {
        let mut got = app.got.lock().unwrap();
        got.push(event.clone());
        got.iter().filter(|other| other["type"] == *kind).count() - 1
    };
    if app.fails.get(kind.as_str()).is_some_and(|times| before < *times) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if app.sends_on.contains(&kind.as_str()) {
        return Redirect::temporary(&format!("{}/elsewhere?token=hush", app.url)).into_response();
    }
    let Some(trusted) = &app.trusts else { return StatusCode::OK.into_response() };
    let root = event["_links"]["root"]["href"].as_str().unwrap();
    if !root.starts_with(trusted) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let key = headers["x-hub-ecdsa-signature-id"].to_str().unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let known = http.get(format!("{root}/events/signature-keys/{key}")).send().await.unwrap();
    if known.status() == 200 { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED }.into_response()
}

impl App {
    async fn serve(self) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let app = Self { url: format!("http://{}", listener.local_addr().unwrap()), ..self };
        let router = Router::new().route("/events", post(take)).with_state(app.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        app
    }

    fn kinds(&self) -> Vec<String> {
        self.got.lock().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }
}

struct Desk {
    data: tempfile::TempDir,
    world: World,
    cloud: Cloud,
    at: Value,
}

impl Desk {
    /// A version that is complete, and whose callback this is.
    async fn begin(callback: &str) -> Self {
        let cloud = Cloud::start(SandboxOptions::default()).await;
        let data = tempfile::tempdir().unwrap();
        let world = World::started(data.path()).await;
        world.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
        let (project, version) = world.with_complete_version().await;
        let at = json!({ "project": project, "version": version });
        let before = world.get("version", at.clone()).await["information"]["events_callback_url"].clone();
        let args = json!({ "version": version, "field": "events_callback_url", "value": { "type": "text", "value": callback }, "expects": before });
        world.change("project", &project, "version.set_field", args).await.unwrap();
        Self { data, world, cloud, at }
    }

    fn args(&self, signer: &str, url: &str, kinds: &[&str], again: &str) -> Value {
        let mut args = self.at.clone();
        args["signer"] = signer.into();
        args["url"] = url.into();
        args["kinds"] = json!(kinds);
        args["again"] = again.into();
        args
    }

    async fn check(&self, code: &str) -> Value {
        let all = self.world.get("review", self.at.clone()).await["checks"].clone();
        all.as_array().unwrap().iter().find(|check| check["code"] == code).unwrap().clone()
    }

    async fn kept(&self) -> Value {
        self.world.get("test_reports", self.at.clone()).await
    }
}

const LIFE: [&str; 8] = [
    "app.installed",
    "app.trial_started",
    "app.updated",
    "app.trial_extended",
    "app.trial_ended",
    "app.credentials_rotated",
    "user.logout",
    "app.uninstalled",
];

fn statuses(report: &Value) -> Vec<(&str, Vec<u64>, bool)> {
    let events = report["events"].as_array().unwrap().iter();
    let tries = |event: &Value| -> Vec<u64> {
        event["tries"].as_array().unwrap().iter().map(|one| one["status"].as_u64().unwrap_or(0)).collect()
    };
    events
        .map(|event| (event["kind"].as_str().unwrap(), tries(event), event["right"].as_bool().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_has_to_be_refused_whatever_the_type() {
    for (trusts, status, right, state) in
        [(Some("https://api.talkdeskapp.com".to_owned()), 401, true, "pass"), (None, 200, false, "fail")]
    {
        let app = App { trusts, ..App::default() }.serve().await;
        let url = format!("{}/events", app.url);
        let desk = Desk::begin(&url).await;
        let report = desk.world.get("send_test_events", desk.args("stranger", &url, &[], "soon")).await;
        let expected: Vec<_> = LIFE.iter().map(|kind| (*kind, vec![status], right)).collect();
        assert_eq!(statuses(&report), expected, "what refuses or takes is not asked again");
        assert_eq!(app.kinds(), LIFE);
        let callback = desk.check("callback").await;
        assert_eq!(callback["state"], state, "{callback}");
        let kept = desk.kept().await;
        assert_eq!((&kept[0]["signer"], &kept[0]["by"]["me"]), (&json!("stranger"), &json!(true)));
        assert_eq!(statuses(&kept[0]), statuses(&report));
        assert_eq!(desk.check("events_handled").await["looked"], Value::Null, "it says nothing of handling");
        desk.world.engine.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_that_trusts_the_sandbox_lives_a_whole_life_and_the_evidence_says_so() {
    let desk = Desk::begin("https://calls.example/events").await;
    let sandbox = desk.cloud.running.url().to_owned();
    let app = App {
        trusts: Some(sandbox.clone()),
        fails: HashMap::from([("app.updated", 1), ("app.trial_ended", 9)]),
        sends_on: vec!["user.logout"],
        ..App::default()
    };
    let app = app.serve().await;
    let url = format!("{}/events", app.url);
    let report = desk.world.get("send_test_events", desk.args("sandbox", &url, &[], "soon")).await;
    let expected: Vec<(&str, Vec<u64>, bool)> = LIFE
        .iter()
        .map(|kind| match *kind {
            "app.updated" => (*kind, vec![503, 204], true),
            "app.trial_ended" => (*kind, vec![503, 503, 503], false),
            "user.logout" => (*kind, vec![307, 307, 307], false),
            kind => (kind, vec![204], true),
        })
        .collect();
    assert_eq!(statuses(&report), expected);
    let hop = &report["events"][6]["tries"][0]["to"];
    assert_eq!(
        hop,
        &json!(format!("{}/elsewhere", app.url)),
        "where it leads is told, without what is in it"
    );
    let got = app.got.lock().unwrap().clone();
    assert_eq!(
        got[0]["data"]["installation_id"], got[1]["data"]["installation_id"],
        "one installation's life"
    );
    // What it was told works: its first set gets a token, until the uninstall is through.
    let tokens = got[0]["_links"]["tokens"]["href"].as_str().unwrap();
    let set = &got[0]["data"];
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let basic =
        http.post(tokens).basic_auth(set["client_id"].as_str().unwrap(), set["client_secret"].as_str());
    let form = "grant_type=client_credentials";
    let basic = basic.header("content-type", "application/x-www-form-urlencoded").body(form);
    assert_eq!(basic.send().await.unwrap().status(), 200);

    let handled = desk.check("events_handled").await;
    assert_eq!((&handled["state"], &handled["count"]), (&json!("not_run"), &json!(6)), "{handled}");
    let seen = handled["looked"]["seen"].as_array().unwrap();
    let by = |kind: &str| seen.iter().find(|seen| seen["of"] == kind).unwrap()["params"].clone();
    assert_eq!(by("app.installed"), json!({ "by": "suite", "to": url }));
    assert_eq!(by("user.logout"), json!({}));
    let callback = desk.check("callback").await;
    assert_eq!(callback["looked"], Value::Null, "a deployment for tests says nothing of the callback");

    // Sent once more, all well: every event is handled, and the checks that are run anew keep the evidence.
    let well = App { trusts: Some(sandbox), ..App::default() }.serve().await;
    let url = format!("{}/events", well.url);
    desk.world.get("send_test_events", desk.args("sandbox", &url, &[], "never")).await;
    assert_eq!(desk.check("events_handled").await["state"], "pass");
    desk.world.get("run_checks", desk.at.clone()).await;
    assert_eq!(desk.check("events_handled").await["state"], "pass");
    assert_eq!(desk.kept().await.as_array().unwrap().len(), 1, "the last one is kept");
    // The credentials that were sent stand nowhere here.
    desk.world.engine.close().await;
    let secret = set["client_secret"].as_str().unwrap().to_owned();
    crate::life::nowhere(desk.data.path(), &[secret, set["private_key"].as_str().unwrap().to_owned()]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_type_is_tried_and_not_kept_and_a_life_begins_by_itself() {
    let desk = Desk::begin("https://calls.example/events").await;
    let app = App { trusts: Some(desk.cloud.running.url().to_owned()), ..App::default() }.serve().await;
    let url = format!("{}/events", app.url);
    let report =
        desk.world.get("send_test_events", desk.args("sandbox", &url, &["app.updated"], "never")).await;
    assert_eq!(statuses(&report), [("app.updated", vec![204], true)]);
    assert_eq!(app.kinds(), ["app.updated"], "the install is told to nobody");
    assert_eq!(desk.kept().await, json!([]));

    for (address, reason) in [
        ("", "url"),
        ("http://calls.example/events", "scheme"),
        ("https://user@calls.example/events", "credentials"),
        ("https://10.0.0.4/events", "address"),
    ] {
        let args = desk.args("stranger", address, &[], "never");
        let error = desk.world.call("send_test_events", args).await.unwrap_err();
        assert_eq!((error.code, error.params["reason"].as_str()), (ErrorCode::Invalid, reason), "{address}");
    }
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let args = desk.args("stranger", &format!("http://{nobody}/"), &["user.logout"], "never");
    let report = desk.world.get("send_test_events", args).await;
    assert_eq!(report["events"][0]["tries"][0]["fault"], "unreachable", "{report}");
    desk.world.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_breaks_and_one_that_hangs_are_told_apart() {
    let desk = Desk::begin("https://calls.example/events").await;
    let faults = json!([
        { "route": "receiver", "kind": "reset", "times": 1 },
        { "route": "receiver", "kind": "hang", "times": 1 },
    ]);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let put = http.put(format!("{}/faults", desk.cloud.running.url()));
    let put = put.bearer_auth(desk.cloud.running.reviewer_token()).json(&faults);
    assert_eq!(put.send().await.unwrap().status(), 200);
    let receiver = format!("{}/receiver", desk.cloud.running.url());
    let report =
        desk.world.get("send_test_events", desk.args("sandbox", &receiver, &["user.logout"], "soon")).await;
    assert_eq!(statuses(&report), [("user.logout", vec![0, 0, 200], true)], "{report}");
    let tries = report["events"][0]["tries"].as_array().unwrap();
    let ms: Vec<_> = tries.iter().map(|one| one["ms"].as_u64().unwrap()).collect();
    assert_eq!((&tries[0]["fault"], &tries[1]["fault"]), (&json!("broken"), &json!("late")));
    assert!(ms[0] < 10_000 && ms[1] >= 10_000, "the limit is ten seconds: {ms:?}");
    desk.world.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_stops_it_while_the_app_hangs_and_nothing_is_kept() {
    let cloud_url = |desk: &Desk, path: &str| format!("{}{path}", desk.cloud.running.url());
    let desk = Desk::begin("https://calls.example/events").await;
    let hang = json!([{ "route": "receiver", "kind": "hang" }]);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let faults = http.put(cloud_url(&desk, "/faults")).bearer_auth(desk.cloud.running.reviewer_token());
    faults.json(&hang).send().await.unwrap();
    let receiver = cloud_url(&desk, "/receiver");
    let sending = desk.world.call("send_test_events", desk.args("sandbox", &receiver, &[], "as_talkdesk"));
    let stopping = async {
        loop {
            let jobs = desk.world.get("jobs", json!({})).await;
            if let Some(id) = jobs[0]["id"].as_u64() {
                assert_eq!(jobs[0]["kind"], "test_events");
                desk.world.get("stop_job", json!({ "id": id })).await;
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    let (sent, ()) = tokio::join!(sending, stopping);
    assert_eq!(sent.unwrap_err().code, ErrorCode::Cancelled);
    assert_eq!(desk.kept().await, json!([]));
    desk.world.engine.close().await;
}
