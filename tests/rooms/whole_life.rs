//! A whole life through real sockets, as a team lives it: submitted, approved, the link followed, and from then on every
//! event comes by itself, through the team's service and its relay; nobody pastes anything, and no secret leaves the
//! service but for the call that needs it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::net::SocketAddr;

use reqwest::Method;
use sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::cloud::{Cloud, body_of};
use crate::log::Log;
use crate::team::{Served, idp};
use crate::teams::{sign_in, until};
use crate::world::{World, id};

/// The partner's desktop in a team, the cloud, and the installation once it is there.
struct Life {
    world: World,
    cloud: Cloud,
    project: String,
    version: String,
}

impl Life {
    async fn installation(&self) -> Value {
        let all = self.world.get("installations", json!({})).await;
        match all[0]["id"].as_str() {
            Some(id) => self.world.get("installation", json!({ "installation": id })).await,
            None => Value::Null,
        }
    }

    /// Waits until an event of this type came by itself, and the app behind the relay has it, too.
    async fn comes(&self, kind: &str) -> Value {
        until(&self.world, kind, async || {
            let events = self.installation().await["events"].clone();
            events.as_array().is_some_and(|events| events.iter().any(|event| event["row"]["kind"] == kind))
        })
        .await;
        let page = self.installation().await;
        let event = page["events"].as_array().unwrap().iter().find(|event| event["row"]["kind"] == kind);
        let event = event.unwrap()["row"].clone();
        assert_eq!(event["received"], "relay");
        crate::delivered::until_app_has(&self.world, event["id"].as_str().unwrap()).await;
        let got: Value = serde_json::from_str(&body_of(&self.cloud.latest().await)).unwrap();
        assert_eq!((&got["id"], &got["type"]), (&event["id"], &json!(kind)), "the app has the same");
        page
    }

    /// Answers the deadline that is open; says how the installation stands at Talkdesk then.
    async fn approve(&self) -> Value {
        let page = self.installation().await;
        let event = page["listed"]["deadlines"][0]["event"].clone();
        let word = json!({ "word": "approve" });
        let answer = json!({ "installation": page["listed"]["id"], "events": [event], "word": word });
        let answered = self.world.get("answer_installation", answer).await;
        assert_eq!(answered["sent"], true);
        assert_eq!(self.installation().await["listed"]["deadlines"], json!([]));
        answered["state"]["state"].clone()
    }

    async fn token(&self, client: &Value) {
        let page = self.installation().await;
        let by = json!({
            "installation": page["listed"]["id"], "client_id": client, "way": "private_key_jwt",
        });
        let token = self.world.get("get_token", by).await;
        assert!(token["scopes"].as_array().unwrap().contains(&json!("apps:write")), "{token}");
    }
}

/// Submits the version on both tracks, and the reviewer approves it.
async fn review(life: &Life) {
    let (world, round) = (&life.world, id());
    let submit = json!({
        "project": life.project, "version": life.version, "tracks": ["technical", "marketplace"],
        "rounds": [round, id()], "override_reason": null,
    });
    world.get("submit", submit).await;
    for track in ["technical", "marketplace"] {
        let approved = json!({ "track": track, "outcome": "approved", "message": "Fine.", "findings": [] });
        let decided = life.cloud.reviewer(Method::POST, &format!("/submissions/{round}/decision"));
        assert_eq!(decided.json(&approved).send().await.unwrap().status(), 200);
    }
    let at = json!({ "project": life.project, "version": life.version });
    world.get("fetch_answers", at.clone()).await;
    let version = world.get("version", at).await["version"].clone();
    assert_eq!([0, 1].map(|n| version["tracks"][n]["state"].clone()), ["approved", "approved"]);
}

/// The secrets of all credentials that the app received, of each set two.
async fn secrets(cloud: &Cloud) -> Vec<String> {
    let all: Value = cloud.reviewer(Method::GET, "/received").send().await.unwrap().json().await.unwrap();
    let bodies = all.as_array().unwrap().iter().map(|got| got["body"].as_str().unwrap());
    let bodies = bodies.filter_map(|body| serde_json::from_str::<Value>(body).ok());
    let of = |body: Value| {
        ["client_secret", "private_key"].map(|name| body["data"][name].as_str().map(str::to_owned))
    };
    let all: BTreeSet<String> = bodies.flat_map(of).flatten().collect();
    all.into_iter().collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

/// What the window shows of it all, and the workspace as a file, unpacked.
async fn shown_and_exported(life: &Life) -> Vec<(&'static str, Vec<u8>)> {
    let world = &life.world;
    let all = json!({ "project": null, "person": null, "kinds": [], "from": null, "to": null, "words": [] });
    let reads = [
        ("activity", json!({ "wanted": all, "offset": 0, "limit": 200 })),
        ("events", json!({ "verified": null, "text": "", "offset": 0, "limit": 200 })),
        ("search", json!({ "text": "customer", "limit": 100 })),
        ("receiving", json!({ "project": life.project })),
        ("passed", json!({})),
        ("dossier", json!({ "project": life.project, "version": life.version })),
    ];
    let mut found = vec![("installation", life.installation().await.to_string().into_bytes())];
    for (name, args) in reads {
        found.push((name, world.get(name, args).await.to_string().into_bytes()));
    }
    let exported = world.get("export_workspace", json!({})).await["path"].as_str().unwrap().to_owned();
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(File::open(exported).unwrap()).read_to_end(&mut unpacked).unwrap();
    assert!(holds(&unpacked, "app.credentials_rotated"), "the history is in it");
    found.push(("export_workspace", unpacked));
    found
}

/// New credentials take the place of the old in five steps.
async fn rotate(life: &Life) {
    let (world, page) = (&life.world, life.installation().await);
    let installation = page["listed"]["id"].as_str().unwrap().to_owned();
    let ask = json!({ "installation": installation, "compromised": false, "reason": "Yearly." });
    world.get("ask_rotation", ask).await;
    let page = life.comes("app.credentials_rotated").await;
    let new = page["sets"][0]["set"]["client_id"].clone();
    assert_eq!((&page["sets"][0]["kept"], &page["sets"][0]["rotated"]), (&json!("service"), &json!(true)));
    life.token(&new).await;
    for (kind, args) in [
        ("credentials.note_deployed", json!({ "client_id": new, "to": "Secrets of the cluster" })),
        ("credentials.note_in_use", json!({ "client_id": new, "in_use": true })),
    ] {
        world.change("installation", &installation, kind, args).await.unwrap();
    }
    assert_eq!(life.installation().await["sets"][0]["open_steps"], json!([]));
    world.get("acknowledge_credentials", json!({ "installation": installation, "client_id": new })).await;
    let page = life.installation().await;
    assert_eq!(page["sets"][0]["acknowledged"]["me"], true);
    assert_eq!(page["listed"]["rotation"], Value::Null);
    let old = page["sets"][1]["set"]["client_id"].clone();
    let old = json!({ "installation": installation, "client_id": old, "way": "private_key_jwt" });
    assert!(world.call("get_token", old).await.is_err(), "the old set has ended");
}

/// How many customers have the app, by the list of projects and by the project's own page.
async fn installed(life: &Life) -> (u64, u64) {
    let wanted = json!({ "text": "", "status": null, "archived": false, "offset": 0, "limit": 50 });
    let list = life.world.get("projects", wanted).await;
    let page = life.world.get("project", json!({ "project": life.project })).await;
    let count = |of: &Value| of["installations"].as_u64().unwrap();
    (count(&list["rows"][0]), count(&page))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_first_submission_to_the_uninstall() {
    let log = Log::start(tracing::Level::DEBUG);
    let idp = idp().await;
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let served = Served::receiving(folder.path(), &idp, any, &idp).await;
    let world = World::at(data.path()).await;
    let registration = sign_in(&world, &served.url(), "partner-manager").await;
    let code = served.service.owner_code().await.unwrap();
    let found = json!({
        "url": served.url(), "registration": registration, "code": code, "name": "Sample Apps",
    });
    world.get("found_team", found).await;
    let (project, version) = world.with_complete_version().await;
    let scope = |scope: &str| json!({ "scope": scope, "reason": "Events" });
    let before = json!({ "type": "scopes", "value": [{ "scope": "openid", "reason": "Sign-in" }] });
    let scopes =
        json!({ "type": "scopes", "value": [scope("apps:read"), scope("apps:write"), scope("events:read")] });
    let set = json!({ "version": version, "field": "scopes", "value": scopes, "expects": before });
    world.change("project", &project, "version.set_field", set).await.unwrap();
    world.settled().await;
    let made = world.get("make_hook", json!({ "project": project })).await;

    // The cloud delivers to the address, and the service is started anew to know the cloud's gateways.
    let options = SandboxOptions {
        deliver_to: Some(made["url"].as_str().unwrap().to_owned()),
        ..SandboxOptions::default()
    };
    let cloud = Cloud::start(options).await;
    let address = served.address;
    served.stop().await;
    let served = Served::receiving(folder.path(), &idp, address, &cloud.running).await;
    let running = &cloud.running;
    world.get("set_port", json!({ "url": running.url(), "token": running.token() })).await;
    let app = format!("{}/receiver", running.url());
    world.get("set_relay", json!({ "id": made["id"], "url": app })).await;

    let mut life = Life { world, cloud, project, version };
    review(&life).await;
    let at = json!({ "project": life.project, "version": life.version });
    life.world.get("fetch_link", at.clone()).await;
    let link = life.world.get("install", at).await["link"]["url"].as_str().unwrap().to_owned();
    life.cloud.follow(&link, "customer-of-ours").await;

    // Installed: verified, relayed, its credentials in the team's vault, a token by its key, and users/me with it.
    let page = life.comes("app.installed").await;
    assert_eq!(page["listed"]["account"], "customer-of-ours");
    assert_eq!(page["sets"][0]["kept"], "service");
    life.token(&page["sets"][0]["set"]["client_id"]).await;
    let which = json!({ "installation": page["listed"]["id"] });
    let look = life.world.get("look_at_installation", which.clone()).await;
    assert!(look["me"].as_str().unwrap().contains("customer-of-ours"), "{look}");
    assert_eq!(life.approve().await, "completed");
    let matched = json!({ "customer": null, "project": life.project });
    let installation = which["installation"].as_str().unwrap();
    life.world.change("installation", installation, "installation.match", matched).await.unwrap();
    assert_eq!(installed(&life).await, (1, 1));

    life.cloud.happens(json!({ "type": "app.updated", "users": { "adding": ["u1", "u2"] } })).await;
    let page = life.comes("app.updated").await;
    assert_eq!(page["users"].as_array().unwrap().len(), 2);
    let got = life.world.get("take_delivery", life.cloud.latest().await).await;
    assert_eq!(got["outcome"], "duplicate", "what the relay passed on verifies like the first: {got}");
    assert_eq!(life.approve().await, "completed");

    rotate(&life).await;

    life.cloud.happens(json!({ "type": "app.uninstalled" })).await;
    let page = life.comes("app.uninstalled").await;
    assert_eq!(page["life"], "uninstalled");
    assert_eq!(installed(&life).await, (0, 0), "who has the app is counted, not who had it");
    assert_eq!(life.approve().await, "revoked");
    assert!(
        life.world.call("look_at_installation", which).await.is_err(),
        "its credentials are gone with it"
    );

    // Nowhere a secret: not in what is shown and exported, not in a log, on no disk of the service's or the desktop's.
    let secrets = secrets(&life.cloud).await;
    assert_eq!(secrets.len(), 4, "those of the install and of the rotation");
    life.world.settled().await;
    let shown = shown_and_exported(&life).await;
    life.world.engine.close().await;
    served.stop().await;
    let logged = log.text();
    assert!(logged.contains("partner_"), "something is logged: {logged}");
    for secret in &secrets {
        let part = &secret[..secret.len().min(40)];
        for (what, bytes) in &shown {
            assert!(!holds(bytes, part), "{what} holds a secret");
        }
        assert!(!logged.contains(part), "the log holds a secret");
    }
    for folder in [data.path(), folder.path()] {
        crate::life::nowhere(folder, &secrets);
    }
}
