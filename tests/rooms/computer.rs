//! From one computer to another: everything in one sealed file, and the old one only shows what was there.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use partner_core::error::ErrorCode;
use serde_json::{Value, json};

use crate::exchange::{files_of, furnished, shown};
use crate::team::{Served, idp};
use crate::teams::{create, frame, projects, sign_in, until};
use crate::world::{World, id};

const OF_THE_FILE: &str = "a long way to go";
const OF_THE_VAULT: &str = "correct horse battery";

async fn take(world: &World, file: &[u8], passphrase: &str) -> Result<(), partner_core::error::Error> {
    let file = world.hand_over(file).await;
    world.call("take_computer", json!({ "passphrase": passphrase, "file": file })).await.map(drop)
}

async fn left(world: &World, passphrase: &str) -> PathBuf {
    let done = world.get("leave_computer", json!({ "passphrase": passphrase })).await;
    PathBuf::from(done["path"].as_str().unwrap())
}

/// Every file below a folder that holds one of these texts.
fn with_text(folder: &Path, texts: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(with_text(&path, texts));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            let holds = |text: &&&str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
            found.extend(texts.iter().find(holds).map(|_| path));
        }
    }
    found
}

/// A workspace of one's own with evidence, a team's with a change that could not be sent, a sign-in in the vault: all of
/// it goes on at the other computer, and nothing of it here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_goes_on_at_another_computer_and_nothing_at_the_old_one() {
    let idp = idp().await;
    let (folder, one, two) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let served = Served::start(folder.path(), &idp, SocketAddr::from(([127, 0, 0, 1], 0))).await;
    let old = World::started(one.path()).await;
    let (project, version) = furnished(&old).await;
    let before = shown(&old, &project, &version).await;
    old.get("set_passphrase", json!({ "passphrase": OF_THE_VAULT })).await;
    let registration = sign_in(&old, &served.url(), "partner-manager").await;
    let code = served.service.owner_code().await.unwrap();
    let found =
        json!({ "url": served.url(), "registration": registration, "code": code, "name": "Team Apps" });
    old.get("found_team", found).await;
    old.settled().await;
    let address = served.address;
    served.stop().await;
    create(&old, "Done offline", "done-offline").await;

    // Too short a passphrase, and a vault that nobody can look into: said so, and nothing is begun.
    let error = old.call("leave_computer", json!({ "passphrase": "short" })).await.unwrap_err();
    assert_eq!((error.code, error.place.unwrap().input.as_deref()), (ErrorCode::Invalid, Some("passphrase")));
    old.get("lock_vault", json!({})).await;
    let error = old.call("leave_computer", json!({ "passphrase": OF_THE_FILE })).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::VaultLocked);
    assert!(frame(&old).await["left"].is_null());
    old.get("open_vault", json!({ "passphrase": OF_THE_VAULT })).await;
    let path = left(&old, OF_THE_FILE).await;
    assert!(path.starts_with(one.path().join("downloads")), "{}", path.display());
    assert_eq!(files_of(path.parent().unwrap()), 1, "nothing unfinished is left");
    assert!(with_text(path.parent().unwrap(), &["Call Notes", "as it was seen", "Done offline"]).is_empty());

    // The old one shows what was there, changes nothing, and asks no server for anything.
    let here = frame(&old).await;
    assert_eq!(here["left"]["file"], path.file_name().unwrap().to_str().unwrap(), "{here}");
    assert_eq!(projects(&old).await, ["Done offline"]);
    let details = json!({ "details": { "name": "Late", "slug": "late", "owner": "" } });
    for (call, args) in [
        (
            "change",
            json!({ "aggregate": { "kind": "project", "id": id() }, "body": { "kind": "project.create", "args": details } }),
        ),
        ("sign_out", json!({ "id": registration })),
        ("team", json!({})),
        ("start_sample", json!({})),
    ] {
        assert_eq!(old.call(call, args).await.unwrap_err().code, ErrorCode::Left, "{call}");
    }
    old.get("switch_connection", json!({ "name": "this_computer" })).await;
    assert_eq!(shown(&old, &project, &version).await, before);

    // At the other: a wrong passphrase and a damaged file are told apart, and nothing is begun by them.
    let file = std::fs::read(&path).unwrap();
    let new = World::at(two.path()).await;
    let clean = files_of(two.path());
    let mut damaged = file.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    for (bytes, passphrase, reason) in [
        (&file[..], "another passphrase", "wrong"),
        (&damaged[..], OF_THE_FILE, "damaged"),
        (&file[..middle], OF_THE_FILE, "damaged"),
        (b"no such file", OF_THE_FILE, "foreign"),
    ] {
        let error = take(&new, bytes, passphrase).await.unwrap_err();
        assert_eq!((error.code, error.params["reason"].as_str()), (ErrorCode::Invalid, reason));
        assert_eq!((files_of(two.path()), frame(&new).await["phase"].as_str()), (clean, Some("first_start")));
    }

    // It goes on where it ended: the team's workspace with what waits, and the vault under its own passphrase.
    take(&new, &file, OF_THE_FILE).await.unwrap();
    assert_eq!(new.get("vault", json!({})).await["state"], "needs_passphrase");
    assert_eq!(projects(&new).await, ["Done offline"]);
    assert!(frame(&new).await["left"].is_null());
    let served = Served::start(folder.path(), &idp, address).await;
    new.get("open_vault", json!({ "passphrase": OF_THE_VAULT })).await;
    until(&new, "what waited was sent", async || {
        new.get("pending", json!({})).await["rows"].as_array().unwrap().is_empty()
    })
    .await;
    new.get("switch_connection", json!({ "name": "this_computer" })).await;
    assert_eq!(shown(&new, &project, &version).await, before);
    create(&new, "Goes on", "goes-on").await;
    new.settled().await;

    // What was begun is not written over.
    let error = take(&new, &file, OF_THE_FILE).await.unwrap_err();
    assert_eq!(error.params["reason"], "begun");
    assert_eq!(projects(&new).await.len(), 2);
    new.engine.close().await;

    // The file was lost: a person says so, and goes on here.
    old.engine.close().await;
    let old = World::at(one.path()).await;
    assert!(frame(&old).await["left"].is_object(), "it is remembered");
    old.get("return_to_computer", json!({})).await;
    create(&old, "Here after all", "here-after-all").await;
    assert_eq!(projects(&old).await.len(), 2);
    old.engine.close().await;
    served.stop().await;
}

/// A vault that only the old computer's keychain opened, or none at all: the file's passphrase opens it there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_computer_without_secrets_moves_as_well() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let old = World::started(one.path()).await;
    create(&old, "Call Notes", "call-notes").await;
    old.settled().await;
    let file = std::fs::read(left(&old, OF_THE_FILE).await).unwrap();
    let new = World::at(two.path()).await;
    take(&new, &file, OF_THE_FILE).await.unwrap();
    assert_eq!(new.get("vault", json!({})).await["state"], Value::from("empty"));
    assert_eq!(projects(&new).await, ["Call Notes"]);
    old.engine.close().await;
    new.engine.close().await;
}

/// What a file in the data folder says of Talkdesk's regions comes along, and is told of before anything is taken. A list
/// that was rolled out at the new computer stays in force there: no file decides which gateways may be asked instead.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_regions_comes_along_and_writes_over_none() {
    const OLD: &str = r#"[{ "name": "UAE", "gateways": ["https://api.uae.example"] }]"#;
    const OWN: &str = r#"[{ "name": "Own", "gateways": ["https://api.own.example"] }]"#;
    type Case<'a> = (Option<&'a str>, Option<&'a str>, Value, &'a str, Option<&'a str>);
    // What the old computer has, what the new one has, what is told, which region is in force, what lies beside.
    let cases: [Case<'_>; 7] = [
        (None, None, Value::Null, "US", None),
        (None, Some(OWN), Value::Null, "Own", None),
        (Some(OLD), None, json!("taken"), "UAE", None),
        (Some(OLD), Some(OLD), json!("same"), "UAE", None),
        (Some(OLD), Some(OWN), json!("beside"), "Own", Some(OLD)),
        // One that nobody understands is in force nowhere: it stays here, and it stays there.
        (Some("[{"), None, Value::Null, "US", None),
        (Some(OLD), Some("[{"), json!("beside"), "US", Some(OLD)),
    ];
    for (theirs, own, told, first, beside) in cases {
        let shown = format!("{theirs:?}, {own:?}");
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (folder, text) in [(&one, theirs), (&two, own)] {
            if let Some(text) = text {
                std::fs::write(folder.path().join("regions.json"), text).unwrap();
            }
        }
        let old = World::started(one.path()).await;
        create(&old, "Call Notes", "call-notes").await;
        old.settled().await;
        let sealed = std::fs::read(left(&old, OF_THE_FILE).await).unwrap();
        old.engine.close().await;

        let new = World::at(two.path()).await;
        let file = new.hand_over(&sealed).await;
        let args = json!({ "passphrase": OF_THE_FILE, "file": file });
        let inside = new.get("look_into_computer", args.clone()).await;
        let what = [&inside["workspaces"], &inside["teams"], &inside["vault"], &inside["regions"]];
        assert_eq!(what, [&json!(1), &json!(0), &json!(false), &told], "{shown}: {inside}");
        assert_eq!(frame(&new).await["phase"], "first_start", "{shown}: nothing was taken");
        let there = std::fs::read_to_string(two.path().join("regions.json")).ok();
        assert_eq!(there.as_deref(), own, "{shown}: nothing was written");
        new.get("take_computer", args).await;
        assert_eq!(projects(&new).await, ["Call Notes"], "{shown}");
        let regions = new.get("regions", json!({})).await;
        assert_eq!(regions["regions"][0]["name"], first, "{shown}: at once");
        let entries = std::fs::read_dir(two.path()).unwrap().map(|entry| entry.unwrap().path());
        let came = |path: &PathBuf| path.to_string_lossy().contains("regions.json.came-");
        let came: Vec<_> = entries.filter(came).map(|path| std::fs::read_to_string(path).unwrap()).collect();
        assert_eq!(came, beside.into_iter().collect::<Vec<_>>(), "{shown}");
        new.engine.close().await;
        let new = World::at(two.path()).await;
        assert_eq!(new.get("regions", json!({})).await["regions"][0]["name"], first, "{shown}: and later");
        // What was begun is not even looked into.
        let file = new.hand_over(&sealed).await;
        let args = json!({ "passphrase": OF_THE_FILE, "file": file });
        assert_eq!(new.call("look_into_computer", args).await.unwrap_err().params["reason"], "begun");
        new.engine.close().await;
    }
}
