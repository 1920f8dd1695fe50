//! An app behind a team's relay that takes nothing: the service waits for it and says so, the desktop's home asks for
//! somebody, and the system tells it once. When the app takes its events again it is over.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use domain::Timestamp;
use partner_service::system_clock;
use sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::team::{Served, idp};
use crate::teams::{sign_in, until};
use crate::world::{World, id};

const MINUTE: i64 = 60_000;

/// An app that answers every event with the status that is set.
async fn app(answers: Arc<AtomicU16>) -> String {
    let answer = async |State(answers): State<Arc<AtomicU16>>| {
        StatusCode::from_u16(answers.load(Ordering::SeqCst)).unwrap()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    let router = Router::new().route("/events", post(answer)).with_state(answers);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// What home and the system's notifications tell of the relay, and no more of it than that.
fn of_relay(needs: &Value) -> Vec<Value> {
    let all = needs.as_array().unwrap().iter();
    all.filter(|need| need["kind"].as_str().unwrap().starts_with("delivery_")).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_takes_nothing_is_told_of_once_and_until_it_takes_its_events() {
    let mut cloud = Cloud::start(SandboxOptions::default()).await;
    let idp = idp().await;
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // The service's clock, which a quarter of an hour goes by on.
    let ahead = Arc::new(AtomicI64::new(0));
    let clock = {
        let (system, ahead) = (system_clock(), ahead.clone());
        Arc::new(move || Timestamp(system().0 + ahead.load(Ordering::SeqCst)))
    };
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let served = Served::receiving_by(folder.path(), &idp, any, &cloud.running, clock).await;
    let desk = World::started(data.path()).await;
    let registration = sign_in(&desk, &served.url(), "partner-manager").await;
    let code = served.service.owner_code().await.unwrap();
    let found = json!({ "url": served.url(), "registration": registration, "code": code, "name": "Team" });
    desk.get("found_team", found).await;
    let named = async |title: &str| {
        let views = desk.get("connections", json!({})).await;
        views.as_array().unwrap().iter().find(|view| view["title"] == title).unwrap()["name"].clone()
    };
    let (here, team) = (named("Sample Apps").await, named("Team").await);
    let project = id();
    let details = json!({ "name": "Call Notes", "slug": "call-notes", "owner": "PM" });
    desk.change("project", &project, "project.create", json!({ "details": details })).await.unwrap();
    desk.settled().await;
    let mut settings = desk.get("boot", json!({})).await["settings"].clone();
    settings["notify"] = true.into();
    desk.get("set_settings", json!({ "settings": settings })).await;
    let tells = async || of_relay(&desk.get("take_notices", json!({})).await);
    let asks = async || of_relay(&desk.get("home", json!({})).await["needs"]);
    // A desktop asks the service when it opens the workspace, and each minute then, which no test waits for.
    let opened_again = async || {
        for name in [&here, &team] {
            desk.get("switch_connection", json!({ "name": name })).await;
        }
    };

    let answers = Arc::new(AtomicU16::new(503));
    let url = app(answers.clone()).await;
    let made = desk.get("make_hook", json!({ "project": project })).await;
    desk.get("set_relay", json!({ "id": made["id"], "url": url })).await;
    assert_eq!((tells().await, asks().await), (vec![], vec![]), "nothing came yet");
    cloud.install(made["url"].as_str().unwrap()).await;
    let standing = async || desk.get("passed", json!({})).await[0].clone();
    until(&desk, "the event is here", async || {
        let rows = desk.get("installations", json!({})).await;
        rows.as_array().unwrap().len() == 1
    })
    .await;
    let tried = async {
        while standing().await["last"]["status"] != 503 {
            served.service.pass_on().await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), tried).await.expect("the app was asked");
    opened_again().await;
    assert_eq!(asks().await, Vec::<Value>::new(), "an app may be away for a moment");

    ahead.fetch_add(16 * MINUTE, Ordering::SeqCst);
    opened_again().await;
    until(&desk, "home asks for somebody", async || !asks().await.is_empty()).await;
    let [need] = &asks().await[..] else { panic!("one need") };
    assert_eq!(
        (&need["kind"], &need["name"], &need["count"]),
        (&json!("delivery_failing"), &json!("Call Notes"), &json!(1))
    );
    assert_eq!(tells().await.len(), 1, "the system tells it");
    opened_again().await;
    until(&desk, "home asks still", async || !asks().await.is_empty()).await;
    assert_eq!(tells().await, Vec::<Value>::new(), "once");

    answers.store(200, Ordering::SeqCst);
    ahead.fetch_add(11 * MINUTE, Ordering::SeqCst);
    served.service.pass_on().await.unwrap();
    assert_eq!(standing().await["state"], "taken");
    opened_again().await;
    until(&desk, "home asks for nobody", async || asks().await.is_empty()).await;
    assert_eq!(tells().await, Vec::<Value>::new());
    desk.engine.close().await;
    served.stop().await;
}
