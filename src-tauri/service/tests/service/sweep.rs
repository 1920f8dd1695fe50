//! Originals go after the days that the workspace's policy names, and never those that hold credentials.
//!
//! Files that nothing names go after thirty days by the service's clock; one that a command will still name never goes
//! under it, whichever replica cleans up meanwhile.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use domain::files::{Evidence, FileRef};
use domain::protocol::Outcome;
use domain::workspace::Policies;
use domain::{Body, Envelope};
use partner_service::{Files, Service};

use crate::files::{ask, id_of};
use crate::hooks::{Gateway, Sent, deliveries, made, receiving};
use crate::world::{
    ADMIN, MANAGER, On, QA, World, call, command, item, request, run, started, tick, workspace,
};

crate::both! {
    what_nothing_names_goes_after_thirty_days,
    what_a_command_names_is_there_while_two_replicas_clean_up,
    an_original_without_credentials_goes_after_the_days_that_the_workspace_names,
}

const DAY: i64 = 24 * 60 * 60 * 1_000;

async fn world(on: On) -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(on).await;
    world.service = world.service.keeping(Files::by_workspace(folder.path()));
    world.take(&started()).await;
    // The clock of the tests begins with the epoch, when nobody could have looked a day ago.
    world.now.fetch_add(2 * DAY, Ordering::SeqCst);
    (world, folder)
}

fn attach(n: u128, bytes: &[u8]) -> Envelope {
    let file = FileRef {
        sha256: id_of(bytes),
        name: "shot.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: bytes.len() as u64,
        pixels: None,
    };
    command(n, run(1), Body::Attach { item: item(0), evidence: Evidence::File(file) })
}

async fn send(world: &World, bytes: &[u8]) {
    assert_eq!(
        ask(world, QA, "PUT", &id_of(bytes).to_string(), None, bytes).await.status,
        StatusCode::CREATED
    );
}

async fn is_there(world: &World, bytes: &[u8]) -> bool {
    ask(world, QA, "HEAD", &id_of(bytes).to_string(), None, &[]).await.status == StatusCode::OK
}

fn on_disk(folder: &tempfile::TempDir, bytes: &[u8]) -> bool {
    folder.path().join(crate::world::WORKSPACE.to_string()).join(id_of(bytes).to_string()).is_file()
}

async fn after(world: &World, days: i64) -> usize {
    world.now.fetch_add(days * DAY, Ordering::SeqCst);
    world.service.sweep_due().await.unwrap()
}

async fn what_nothing_names_goes_after_thirty_days(on: On) {
    let (world, folder) = world(on).await;
    let (named, never, refused, queued): (&[u8], &[u8], &[u8], &[u8]) =
        (b"named", b"never", b"refused", b"queued");
    for bytes in [named, never, refused, queued] {
        send(&world, bytes).await;
    }
    world.take(&[attach(900, named)]).await;
    let nowhere = command(901, run(9), attach(901, refused).command().unwrap().body);
    assert!(matches!(world.send(&[nowhere]).await.results[0].outcome, Outcome::Refused { .. }));

    assert_eq!(after(&world, 0).await, 0, "found to be loose");
    assert_eq!(after(&world, 29).await, 0);
    // A desktop whose command is queued asks for its file: the thirty days begin anew.
    assert!(is_there(&world, queued).await);
    assert_eq!(after(&world, 2).await, 2);
    let left = [named, never, refused, queued].map(|bytes| on_disk(&folder, bytes));
    assert_eq!(left, [true, false, false, true]);
    // Looked at once a day, whoever asks and however often.
    assert_eq!(after(&world, 0).await, 0);

    // Gone for good after another thirty; its command is told so, the desktop sends the file again, and both stay.
    assert_eq!(after(&world, 31).await, 1);
    let late = attach(902, queued);
    let told = world.send(std::slice::from_ref(&late)).await;
    assert_eq!(crate::world::refusal(&told.results[0].outcome), Some(domain::RefusalCode::BlobMissing));
    send(&world, queued).await;
    world.take(&[late]).await;
    for _ in 0..3 {
        assert_eq!(after(&world, 40).await, 0);
    }
    assert!(on_disk(&folder, named) && on_disk(&folder, queued));
    // What a desktop has together with its service is the desktop's to clean up.
    let shared = world.service.clone().keeping(Files::of_one_workspace(&folder.path().join("shared")));
    std::fs::create_dir(folder.path().join("shared")).unwrap();
    std::fs::write(folder.path().join("shared").join(id_of(b"mine").to_string()), b"mine").unwrap();
    for days in [0, 40] {
        world.now.fetch_add(days * DAY, Ordering::SeqCst);
        assert_eq!(shared.sweep_due().await.unwrap(), 0);
    }
    assert!(folder.path().join("shared").join(id_of(b"mine").to_string()).is_file());
}

/// A desktop that has a file and a command that names it: it asks, sends what is missing, sends the command.
async fn attached(world: &World, n: u128, bytes: &[u8]) {
    let wanted = attach(n, bytes);
    for _ in 0..50 {
        if !is_there(world, bytes).await {
            send(world, bytes).await;
        }
        let results = world.send_as(QA, std::slice::from_ref(&wanted)).await;
        match &results.results[0].outcome {
            Outcome::Taken { .. } => return,
            other => assert_eq!(crate::world::refusal(other), Some(domain::RefusalCode::BlobMissing)),
        }
    }
    panic!("never taken");
}

async fn what_a_command_names_is_there_while_two_replicas_clean_up(on: On) {
    let (world, folder) = world(on).await;
    let files: Vec<Vec<u8>> = (0..40_u8).map(|n| vec![n; 30]).collect();
    for bytes in &files {
        send(&world, bytes).await;
    }
    assert_eq!(after(&world, 0).await, 0);
    world.now.fetch_add(31 * DAY, Ordering::SeqCst);
    // Every one may go now; half of them are named at the same moment.
    let second = world.open().await.unwrap().keeping(Files::by_workspace(folder.path()));
    let sweeping = async |service: &Service| {
        for _ in 0..20 {
            service.sweep_due().await.unwrap();
            // The next day: whichever replica asks first has the workspace.
            world.now.fetch_add(DAY + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
        }
    };
    let naming = futures_util::future::join_all(
        files
            .iter()
            .zip(0..)
            .filter(|(_, n): &(_, u128)| n.is_multiple_of(2))
            .map(|(bytes, n)| attached(&world, 1_000 + n, bytes)),
    );
    tokio::join!(sweeping(&world.service), sweeping(&second), naming);
    world.now.fetch_add(40 * DAY, Ordering::SeqCst);
    second.sweep_due().await.unwrap();
    for (n, bytes) in files.iter().enumerate() {
        assert_eq!(on_disk(&folder, bytes), n.is_multiple_of(2), "file {n}");
    }
    // The workspace goes on as ever.
    world.take(&[command(2_000, run(1), tick(item(1)))]).await;
}

/// What becomes of asking for an event to be sent to an app, where nothing listens.
async fn replayed(world: &World, event: &str) -> StatusCode {
    let body = serde_json::json!({ "event": event, "url": "http://127.0.0.1:9/" }).to_string();
    let mut request = request("POST", MANAGER, "/v1/replay", body.into_bytes());
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    call(&world.service, request).await.0
}

async fn an_original_without_credentials_goes_after_the_days_that_the_workspace_names(on: On) {
    let (gateway, folder) = (Gateway::start().await, tempfile::tempdir().unwrap());
    let mut world = receiving(on, &gateway).await;
    world.service = world.service.keeping(Files::by_workspace(folder.path()));
    world.now.fetch_add(2 * DAY, Ordering::SeqCst);
    let hook = made(&world).await;
    for body in [gateway.event("e-1"), gateway.logout("e-2")] {
        assert_eq!(Sent::signed(&gateway, &hook, body).to(&world).await.0, StatusCode::OK);
    }
    let before = deliveries(&world).await;
    assert_eq!(before.len(), 2);
    let kept = async || [replayed(&world, "e-1").await, replayed(&world, "e-2").await];
    let (ok, gone) = (StatusCode::OK, StatusCode::NOT_FOUND);

    // As long as nobody set a number, all of them are kept.
    after(&world, 400).await;
    assert_eq!(kept().await, [ok, ok]);
    Sent::signed(&gateway, &hook, gateway.logout("e-3")).to(&world).await;
    let policies = |days| Policies { originals_days: days, ..Policies::default() };
    let set = |n, days| command(n, workspace(), Body::SetPolicies { policies: policies(days) });
    assert!(matches!(
        world.send_as(ADMIN, &[set(700, Some(29))]).await.results[0].outcome,
        Outcome::Refused { .. }
    ));
    assert!(matches!(
        world.send_as(ADMIN, &[set(701, Some(30))]).await.results[0].outcome,
        Outcome::Taken { .. }
    ));
    after(&world, 29).await;
    assert_eq!(kept().await, [ok, gone]);
    assert_eq!(replayed(&world, "e-3").await, ok);
    after(&world, 2).await;
    assert_eq!(kept().await, [ok, gone], "what is in use is kept");
    assert_eq!(replayed(&world, "e-3").await, gone);
    // What was read out of it stays, and one that comes again is known.
    assert_eq!(deliveries(&world).await[..2], before);
    Sent::signed(&gateway, &hook, gateway.logout("e-2")).to(&world).await;
    assert_eq!(deliveries(&world).await.len(), 3);
    assert_eq!(replayed(&world, "e-2").await, gone);
}
