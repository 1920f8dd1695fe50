//! The vault through the list of calls: what it keeps over a restart, what a person sees of it, and when it locks.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::Timestamp;
use partner_console::embedded::Service;
use partner_core::engine::{Engine, Options};
use partner_core::error::ErrorCode;
use partner_core::vault::NoKeychain;
use serde_json::{Value, json};

use crate::world::{Desk, World};

const PASSPHRASE: &str = "correct horse battery";

async fn with_passphrase(world: &World) {
    world.get("set_passphrase", json!({ "passphrase": PASSPHRASE })).await;
}

async fn state(world: &World) -> Value {
    world.get("vault", json!({})).await["state"].clone()
}

#[tokio::test]
async fn the_ports_token_outlasts_a_restart_once_the_vault_is_open() {
    let data = tempfile::tempdir().unwrap();
    let port = json!({ "url": "https://partner-project.example", "token": "t0ken-of-the-port" });
    let world = World::started(data.path()).await;
    assert_eq!(state(&world).await, "empty");
    world.get("set_port", port.clone()).await;
    assert_eq!(state(&world).await, "empty", "without a keychain nothing is kept until a person chose how");
    with_passphrase(&world).await;
    world.get("set_port", port).await;
    let secrets = world.get("vault", json!({})).await["secrets"].clone();
    assert_eq!(secrets[0]["kind"], "port_token");
    assert_eq!(secrets[0]["of"], "https://partner-project.example");
    world.engine.close().await;
    drop(world);

    let world = World::at(data.path()).await;
    assert_eq!(state(&world).await, "needs_passphrase");
    let which = json!({ "kind": "port_token", "id": secrets[0]["id"] });
    let error = world.call("reveal_secret", which.clone()).await.unwrap_err();
    assert_eq!((error.code, error.params["state"].as_str()), (ErrorCode::VaultLocked, "needs_passphrase"));
    let wrong = world.call("open_vault", json!({ "passphrase": "correct horse" })).await.unwrap_err();
    assert_eq!(wrong.place.unwrap().input.as_deref(), Some("passphrase"));
    world.get("open_vault", json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(world.get("reveal_secret", which).await["text"], "t0ken-of-the-port");

    // It was noted who saw what, and the secret itself is in no command.
    let all = json!({ "project": null, "person": null, "kinds": [], "from": null, "to": null, "words": [] });
    let page = world.get("activity", json!({ "wanted": all, "offset": 0, "limit": 10 })).await.to_string();
    assert!(page.contains("secret.note_reveal") && page.contains("partner-project.example"), "{page}");
    assert!(!page.contains("t0ken"));
    for name in ["cache.db", "cache.db-wal", "service.db", "service.db-wal"] {
        let bytes = std::fs::read(data.path().join("this-computer").join(name)).unwrap_or_default();
        assert!(!bytes.windows(5).any(|part| part == b"t0ken"), "{name}");
    }
}

#[tokio::test]
async fn a_vault_that_a_person_locked_asks_for_what_only_they_know() {
    let data = tempfile::tempdir().unwrap();
    let world = World::started(data.path()).await;
    with_passphrase(&world).await;
    world.get("lock_vault", json!({})).await;
    assert_eq!(state(&world).await, "locked");
    let error = world.call("open_vault", json!({ "passphrase": null })).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::VaultLocked);
    world.get("open_vault", json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(state(&world).await, "open");
    let code = world.get("new_recovery_code", json!({})).await["text"].clone();
    world.get("lock_vault", json!({})).await;
    world.get("open_vault", json!({ "passphrase": code })).await;
    assert_eq!(state(&world).await, "open");
}

/// The clock is the test's; reads, which the window makes by itself, keep nothing open.
#[tokio::test(start_paused = true)]
async fn the_vault_locks_when_nobody_was_there() {
    let data = tempfile::tempdir().unwrap();
    let moment = Arc::new(AtomicI64::new(1_790_000_000_000));
    let read = moment.clone();
    let engine = Engine::start(Options {
        data: data.path().to_owned(),
        host: Arc::new(Desk::default()),
        embedded: Arc::new(Service),
        clock: Arc::new(move || Timestamp(read.load(Ordering::SeqCst))),
        keychain: Arc::new(NoKeychain),
    })
    .await;
    let world = World { engine, desk: Arc::default() };
    let mut settings = world.get("boot", json!({})).await["settings"].clone();
    settings["lock_after"] = 5.into();
    world.get("set_settings", json!({ "settings": settings })).await;
    with_passphrase(&world).await;
    let pass = async |minutes: u64| {
        moment.fetch_add(i64::try_from(minutes).unwrap() * 60_000, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_mins(minutes)).await;
    };
    pass(4).await;
    world.get("vault", json!({})).await;
    world.get("set_settings", json!({ "settings": settings })).await;
    pass(4).await;
    assert_eq!(state(&world).await, "open", "somebody was there four minutes ago");
    // Who only reads is there, too.
    world.get("note_presence", json!({})).await;
    pass(4).await;
    assert_eq!(state(&world).await, "open", "somebody was reading four minutes ago");
    pass(2).await;
    let locked = async {
        while state(&world).await != "locked" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(10), locked).await.expect("it stays open");
}
