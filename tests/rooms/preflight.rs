//! The checks that need the network, over real sockets: the sandbox stands for the app's own hosts.

use std::sync::Arc;

use partner_core::error::ErrorCode;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use sandbox::SandboxOptions;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cloud::Cloud;
use crate::world::World;

const PASSPHRASE: &str = "correct horse battery";

/// A server on this computer that shows this certificate and hears nothing more; where it is.
fn shows(certificate: &'static [u8]) -> String {
    let key = include_bytes!("../../src-tauri/talkdesk/src/wire/certificates/key.pkcs8").as_slice();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(certificate)], PrivatePkcs8KeyDer::from(key).into())
        .unwrap();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            // Whoever does not trust it breaks it off.
            let _ = rustls::ServerConnection::new(Arc::clone(&config)).unwrap().complete_io(&mut stream);
        }
    });
    url
}

/// A desk at that cloud, with a version that is complete.
async fn begun(cloud: &Cloud) -> (TempDir, World, Value) {
    let data = tempfile::tempdir().unwrap();
    let world = World::started(data.path()).await;
    world.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
    let (project, version) = world.with_complete_version().await;
    (data, world, json!({ "project": project, "version": version }))
}

async fn set(world: &World, at: &Value, field: &str, value: Value) {
    let before = world.get("version", at.clone()).await["information"][field].clone();
    let args = json!({ "version": at["version"], "field": field, "value": value, "expects": before });
    world.change("project", at["project"].as_str().unwrap(), "version.set_field", args).await.unwrap();
}

async fn check(world: &World, at: &Value, code: &str) -> Value {
    let all = world.get("review", at.clone()).await["checks"].clone();
    all.as_array().unwrap().iter().find(|check| check["code"] == code).unwrap().clone()
}

fn sights(check: &Value) -> Vec<(&str, &str)> {
    let seen = check["looked"]["seen"].as_array().unwrap().iter();
    seen.map(|seen| (seen["place"]["field"].as_str().unwrap_or(""), seen["sight"].as_str().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_address_is_asked_once_and_the_callback_has_to_refuse_a_stranger() {
    let cloud = Cloud::start(SandboxOptions::default()).await;
    let (_data, world, at) = begun(&cloud).await;
    let url = |path: &str| json!({ "type": "text", "value": format!("{}{path}", cloud.running.url()) });
    let list = |path: &str| json!({ "type": "list", "value": [format!("{}{path}", cloud.running.url())] });
    let picture = json!({ "type": "assets", "value": [{ "url": format!("{}/sandbox.css", cloud.running.url()), "description": "" }] });
    for (field, value) in [
        ("standalone_url", url("/")),
        ("privacy_policy", url("/health")),
        ("terms_of_service", url("/nowhere")),
        ("redirect_uris", list("/health")),
        ("events_callback_url", url("/receiver")),
        ("icon", picture.clone()),
        ("screenshots", picture),
    ] {
        set(&world, &at, field, value).await;
    }
    let first = check(&world, &at, "callback").await;
    assert_eq!(
        (&first["state"], &first["is_run"], &first["looked"]),
        (&json!("not_run"), &json!(true), &Value::Null)
    );
    let warnings = world.get("version", at.clone()).await["warnings"].clone();
    assert!(
        warnings.as_array().unwrap().iter().any(|one| one["code"] == "not_run" && one["count"] == 6),
        "{warnings}"
    );

    world.get("run_checks", at.clone()).await;
    let reachable = check(&world, &at, "reachable").await;
    assert_eq!((&reachable["state"], &reachable["count"]), (&json!("warn"), &json!(1)), "{reachable}");
    assert!(sights(&reachable).contains(&("terms_of_service", "fails")), "{reachable}");
    assert!(sights(&reachable).contains(&("privacy_policy", "answers")));
    assert_eq!(reachable["looked"]["by"]["me"], true);
    assert_eq!(check(&world, &at, "redirects_answer").await["state"], "pass");
    let tls = check(&world, &at, "tls").await;
    assert_eq!(tls["state"], "warn", "a sandbox on this computer has no TLS: {tls}");
    // The receiver takes whatever comes: that is the failure.
    let callback = check(&world, &at, "callback").await;
    assert_eq!(
        (&callback["state"], &sights(&callback)[..]),
        (&json!("fail"), &[("events_callback_url", "takes")][..])
    );
    let got = cloud.latest().await;
    assert!(!got["signature"].as_str().unwrap().is_empty(), "{got}");

    // One that wants to know who sent it refuses; another address was not looked at.
    set(&world, &at, "events_callback_url", url("/partner-project/apps/a/versions/v/submissions")).await;
    let stale = check(&world, &at, "callback").await;
    assert_eq!((&stale["state"], &stale["looked"]["stale"]), (&json!("not_run"), &json!(true)));
    world.get("run_checks", at.clone()).await;
    let callback = check(&world, &at, "callback").await;
    assert_eq!(
        (&callback["state"], &sights(&callback)[..]),
        (&json!("pass"), &[("events_callback_url", "refuses")][..])
    );

    // Nothing is asked inside a network, nor of a host that is not there.
    set(&world, &at, "events_callback_url", json!({ "type": "text", "value": "https://10.0.0.4/events" }))
        .await;
    world.get("run_checks", at.clone()).await;
    assert_eq!(sights(&check(&world, &at, "callback").await), [("events_callback_url", "inside")]);
    world.engine.close().await;
}

/// Protects whoever mends it: what is kept with the version says which address has which certificate, and why it is not
/// valid.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_is_not_valid_is_kept_with_why() {
    let cloud = Cloud::start(SandboxOptions::default()).await;
    let (_data, world, at) = begun(&cloud).await;
    let expired = shows(include_bytes!("../../src-tauri/talkdesk/src/wire/certificates/expired.der"));
    let stranger = shows(include_bytes!("../../src-tauri/talkdesk/src/wire/certificates/self_signed.der"));
    for (field, url) in [("standalone_url", &expired), ("events_callback_url", &stranger)] {
        set(&world, &at, field, json!({ "type": "text", "value": url })).await;
    }
    world.get("run_checks", at.clone()).await;
    let tls = check(&world, &at, "tls").await;
    assert_eq!(tls["state"], "warn", "{tls}");
    let why = |field: &str| {
        let mut seen = tls["looked"]["seen"].as_array().unwrap().iter();
        let seen = seen.find(|seen| seen["place"]["field"] == field).unwrap();
        (seen["sight"].as_str().unwrap(), seen["params"]["why"].as_str().unwrap_or_default())
    };
    assert_eq!(why("standalone_url"), ("certificate", "over"));
    assert_eq!(why("events_callback_url"), ("certificate", "stranger"));
    // It is told once, by the check of its own: nothing was asked, so nothing failed.
    assert_eq!(check(&world, &at, "callback").await["state"], "not_run");
    // Whoever submits it reads how old that is, and what was changed since.
    let last = world.get("version", at.clone()).await["preflight"].clone();
    assert_eq!((&last["ran"]["me"], &last["changed"]), (&json!(true), &json!([])));
    set(&world, &at, "standalone_url", json!({ "type": "text", "value": "https://app.example/" })).await;
    let last = world.get("version", at.clone()).await["preflight"].clone();
    assert_eq!(last["changed"], json!(["standalone_url"]));
    assert_eq!(world.get("review", at.clone()).await["preflight"], last);
    world.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn installations_of_the_project_prove_the_token_and_the_events() {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let data = tempfile::tempdir().unwrap();
    let world = World::started(data.path()).await;
    world.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
    world.get("set_passphrase", json!({ "passphrase": PASSPHRASE })).await;
    world.get("new_recovery_code", json!({})).await;
    let (project, version) = world.with_complete_version().await;
    let at = json!({ "project": project, "version": version });
    for field in ["standalone_url", "privacy_policy", "terms_of_service", "events_callback_url"] {
        set(
            &world,
            &at,
            field,
            json!({ "type": "text", "value": format!("{}/health", cloud.running.url()) }),
        )
        .await;
    }
    set(
        &world,
        &at,
        "redirect_uris",
        json!({ "type": "list", "value": [format!("{}/health", cloud.running.url())] }),
    )
    .await;
    for field in ["icon", "screenshots"] {
        let picture = json!([{ "url": format!("{}/sandbox.css", cloud.running.url()), "description": "" }]);
        set(&world, &at, field, json!({ "type": "assets", "value": picture })).await;
    }
    world.get("take_delivery", cloud.latest().await).await;
    let listed = world.get("installations", json!({})).await[0].clone();
    let installation = listed["id"].as_str().unwrap();
    let client = world.get("installation", json!({ "installation": installation })).await["sets"][0]["set"]["client_id"].clone();
    let token = json!({ "installation": installation, "client_id": client, "way": "private_key_jwt" });
    world.get("get_token", token).await;
    world.get("run_checks", at.clone()).await;
    assert_eq!(check(&world, &at, "key_token").await["state"], "not_run", "it is nobody's yet");
    let matched = json!({ "customer": null, "project": project });
    world.change("installation", installation, "installation.match", matched).await.unwrap();
    world.get("run_checks", at.clone()).await;
    assert_eq!(check(&world, &at, "key_token").await["state"], "pass");
    let events = check(&world, &at, "events_handled").await;
    assert_eq!((&events["state"], &events["count"]), (&json!("not_run"), &json!(0)), "{events}");

    // It counts on an account of the partner's own, and of this version.
    let workspace = world.engine.workspace_id().unwrap().to_string();
    let account = json!({ "id": crate::world::id(), "name": "Sample-Apps", "region": "EU", "owner": "own" });
    let account = json!({ "account": account });
    world.change("workspace", &workspace, "account.set", account).await.unwrap();
    world.get("run_checks", at.clone()).await;
    assert_eq!(check(&world, &at, "events_handled").await["count"], 0, "another version's");
    let number = json!({ "version": version, "number": "1.3.0", "notes": "" });
    world.change("project", &project, "version.edit", number).await.unwrap();
    world.get("run_checks", at.clone()).await;
    let events = check(&world, &at, "events_handled").await;
    assert_eq!((&events["state"], &events["count"]), (&json!("not_run"), &json!(1)), "{events}");
    let seen = events["looked"]["seen"].as_array().unwrap();
    let first = seen.iter().find(|seen| seen["of"] == "app.installed").unwrap();
    assert_eq!(first["params"], json!({ "by": "installation", "to": "sample-apps" }));
    world.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_stops_it_and_nothing_of_it_is_kept() {
    let cloud = Cloud::start(SandboxOptions::default()).await;
    let (_data, world, at) = begun(&cloud).await;
    set(
        &world,
        &at,
        "events_callback_url",
        json!({ "type": "text", "value": format!("{}/receiver", cloud.running.url()) }),
    )
    .await;
    set(
        &world,
        &at,
        "standalone_url",
        json!({ "type": "text", "value": format!("{}/health", cloud.running.url()) }),
    )
    .await;
    let url = format!("{}/faults", cloud.running.url());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let hang = json!([{ "route": "health", "kind": "hang" }, { "route": "receiver", "kind": "hang" }]);
    http.put(url).bearer_auth(cloud.running.reviewer_token()).json(&hang).send().await.unwrap();
    let running = world.call("run_checks", at.clone());
    let stopping = async {
        loop {
            let jobs = world.get("jobs", json!({})).await;
            if let Some(id) = jobs[0]["id"].as_u64() {
                assert_eq!(jobs[0]["kind"], "check");
                world.get("stop_job", json!({ "id": id })).await;
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    let (ran, ()) = tokio::join!(running, stopping);
    assert_eq!(ran.unwrap_err().code, ErrorCode::Cancelled);
    assert_eq!(check(&world, &at, "callback").await["looked"], Value::Null);
    world.engine.close().await;
}
