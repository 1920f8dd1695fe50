//! Signing in through the list of calls: what a registration needs of the vault, and what outlasts a restart.

use partner_core::error::ErrorCode;
use sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};
use url::Url;

use crate::world::World;

const ID: &str = "01890000-0000-7000-8000-0000000000aa";
const PASSPHRASE: &str = "correct horse battery";

fn registration(issuer: &str, auth: &Value) -> Value {
    json!({
        "id": ID, "name": "Sample Apps, US", "server": { "known_by": "issuer", "issuer": issuer },
        "client_id": "partner-console-sandbox", "auth": auth, "redirect": { "kind": "loopback" },
        "scopes": [], "by": "browser",
    })
}

/// Signs a person in at the sandbox with these scopes, by a browser that consents.
pub async fn sign_in(world: &World, issuer: &str, scopes: &[&str]) {
    let mut registered = registration(issuer, &json!({ "kind": "none" }));
    registered["scopes"] = json!(scopes);
    world.get("set_registration", json!({ "registration": registered, "secret": null })).await;
    consent(world).await;
    until(world, "signed_in").await;
}

/// Begins a sign-in and follows it as a browser does.
async fn consent(world: &World) {
    let begun = world.get("sign_in", json!({ "id": ID, "by": null })).await;
    let address = begun["address"].as_str().unwrap();
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let answer = http.get(format!("{address}&auto=qa-1")).send().await.unwrap();
    let back = answer.headers()[reqwest::header::LOCATION].to_str().unwrap().to_owned();
    assert!(Url::parse(&back).is_ok());
    http.get(&back).send().await.unwrap();
}

async fn session(world: &World) -> Value {
    world.get("sign_ins", json!({})).await[0]["session"].clone()
}

async fn until(world: &World, state: &str) -> Value {
    let wait = async {
        loop {
            let now = session(world).await;
            if now["state"] == state {
                return now;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), wait).await.expect("it never came to that")
}

#[tokio::test]
async fn a_person_stays_signed_in_over_a_restart_once_the_vault_is_open() {
    let data = tempfile::tempdir().unwrap();
    let options = SandboxOptions { auto_consent: true, ..SandboxOptions::default() };
    let server = Sandbox::start(options).await.unwrap();
    let world = World::started(data.path()).await;
    world.get("set_passphrase", json!({ "passphrase": PASSPHRASE })).await;
    let registered = registration(server.url(), &json!({ "kind": "none" }));
    world.get("set_registration", json!({ "registration": registered, "secret": null })).await;
    assert_eq!(session(&world).await["state"], "signed_out");

    consent(&world).await;
    assert_eq!(until(&world, "signed_in").await["name"], "QA 1");
    // Durable by the time that the window is told? It is by the time that the next process looks.
    let kept = async {
        let records = data.path().join("vault").join("records");
        while std::fs::read_dir(&records).map_or(0, Iterator::count) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), kept).await.expect("nothing was kept");
    world.engine.close().await;
    drop(world);

    let world = World::at(data.path()).await;
    assert_eq!(session(&world).await["state"], "signed_out", "the vault is closed yet");
    world.get("open_vault", json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(until(&world, "signed_in").await["name"], "QA 1");
    world.get("sign_out", json!({ "id": ID })).await;
    world.get("remove_registration", json!({ "id": ID })).await;
    assert_eq!(world.get("sign_ins", json!({})).await, json!([]));
    let left = std::fs::read_dir(data.path().join("vault").join("records")).unwrap().count();
    assert_eq!(left, 0, "nothing of it stays in the vault");
}

#[tokio::test]
async fn a_secret_needs_a_vault_and_a_private_key_two_ways_into_it() {
    let data = tempfile::tempdir().unwrap();
    let world = World::started(data.path()).await;
    let set = async |auth: Value, secret: Option<&str>| {
        let registration = registration("https://id.example", &auth);
        world.call("set_registration", json!({ "registration": registration, "secret": secret })).await
    };
    let basic = json!({ "kind": "basic" });
    let key = json!({ "kind": "private_key_jwt", "algorithm": "ES256", "key_id": "k1" });
    assert_eq!(set(basic.clone(), Some("s3cret")).await.unwrap_err().code, ErrorCode::VaultLocked);
    world.get("set_passphrase", json!({ "passphrase": PASSPHRASE })).await;
    set(basic, Some("s3cret")).await.unwrap();
    assert_eq!(world.get("sign_ins", json!({})).await[0]["has_secret"], true);

    let error = set(key.clone(), Some("bm8ga2V5")).await.unwrap_err();
    assert_eq!(error.place.unwrap().input.as_deref(), Some("secret"), "it is no key");
    assert_eq!(set(key.clone(), Some(KEY)).await.unwrap_err().code, ErrorCode::SecondSlot);
    world.get("new_recovery_code", json!({})).await;
    set(key, Some(KEY)).await.unwrap();
    let profile = std::fs::read_to_string(data.path().join("profile.json")).unwrap();
    assert!(profile.contains("private_key_jwt") && !profile.contains(&KEY[..20]), "{profile}");
}

/// A key of the test's own, on P-256; it opens nothing.
const KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBn56yjUrcTRnUfV/qck7ZDvfKKI1TcVT\
    IELkEGk0WyShRANCAARhhgJ05W47JGP2MgeEpzVBD3QEnT9YvSmfUXIaVpGWhYKV887Ud18M/04uzIOpPBJl/lyyX7VPoSVvu9GdSr/j";
