//! What Talkdesk delivers to a team's service: two desktops read it, make one thing of it, and use the credentials that
//! came with it without ever having held the event. The sandbox is the identity provider and, once more, Talkdesk.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::life::secrets_of;
use crate::moving::{PASSPHRASE, sealed, set_of};
use crate::team::{Served, idp};
use crate::teams::{sign_in, until};
use crate::world::{World, id};

pub async fn installations(world: &World) -> Vec<Value> {
    world.get("installations", json!({})).await.as_array().unwrap().clone()
}

async fn events(world: &World, verified: bool) -> Vec<Value> {
    let wanted = json!({ "verified": verified, "text": "", "offset": 0, "limit": 50 });
    world.get("events", wanted).await["rows"].as_array().unwrap().clone()
}

/// How often something was done, as anybody's activity tells it.
pub async fn done(world: &World, kind: &str) -> usize {
    let wanted =
        json!({ "project": null, "person": null, "kinds": [kind], "from": null, "to": null, "words": [] });
    let page = world.get("activity", json!({ "wanted": wanted, "offset": 0, "limit": 200 })).await;
    page["rows"].as_array().unwrap().len()
}

/// The last time that something was done.
async fn entry(world: &World, kind: &str) -> Value {
    let wanted =
        json!({ "project": null, "person": null, "kinds": [kind], "from": null, "to": null, "words": [] });
    world.get("activity", json!({ "wanted": wanted, "offset": 0, "limit": 1 })).await["rows"][0].clone()
}

/// The first owner founds the team at its service, and a developer joins it, who comes there by another way; a project is
/// there.
pub async fn team(served: &Served, by: &str, owner: &World, developer: &World) -> String {
    let url = served.url();
    let code = served.service.owner_code().await.unwrap();
    let registration = sign_in(owner, &url, "partner-manager").await;
    let found = json!({ "url": url, "registration": registration, "code": code, "name": "Sample Apps" });
    owner.get("found_team", found).await;
    let invited = json!({ "email": "developer@sample-apps.example", "roles": ["developer"] });
    owner.get("invite_member", invited).await;
    let project = id();
    let details = json!({ "name": "Call Notes", "slug": "call-notes", "owner": "PM" });
    owner.change("project", &project, "project.create", json!({ "details": details })).await.unwrap();
    owner.settled().await;
    let registration = sign_in(developer, by, "developer").await;
    let at = json!({ "url": by, "registration": registration });
    let known = developer.get("team_workspaces", at).await;
    let join = json!({ "url": by, "registration": registration, "workspace": known[0]["workspace"] });
    developer.get("join_team", join).await;
    project
}

/// Waits until the app behind the relay has an event.
pub async fn until_app_has(world: &World, event: &str) {
    let has = async || {
        let all = world.get("passed", json!({})).await;
        all.as_array().unwrap().iter().any(|one| one["event"] == event && one["state"] == "taken")
    };
    let looked = tokio::time::timeout(Duration::from_mins(1), async {
        while !has().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    looked.await.expect("the app has what was passed on");
}

/// Waits until the app behind the relay has so many. It is looked at, not told: the service passes on beside the feed.
async fn until_passed(world: &World, wanted: usize) {
    let passed = async || {
        let all = world.get("passed", json!({})).await;
        all.as_array().unwrap().iter().filter(|one| one["state"] == "taken").count()
    };
    let looked = tokio::time::timeout(Duration::from_mins(1), async {
        while passed().await < wanted {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    looked.await.expect("the app has what was passed on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_desktops_make_one_thing_of_what_the_service_took() {
    // Retried soon, so that a service that was away is not waited for.
    let options = SandboxOptions {
        delivery_retries: vec![Duration::from_millis(100); 100],
        ..SandboxOptions::default()
    };
    let mut cloud = Cloud::start(options).await;
    let idp = idp().await;
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let served = Served::receiving(folder.path(), &idp, any, &cloud.running).await;
    let (owner, developer) = (World::at(one.path()).await, World::at(two.path()).await);
    let project = team(&served, &served.url(), &owner, &developer).await;

    // An address for the project's events: told once, listed without its key.
    let which = json!({ "project": project });
    let made = owner.get("make_hook", which.clone()).await;
    let callback = made["url"].as_str().unwrap().to_owned();
    assert!(callback.starts_with(&format!("{}/hooks/talkdesk/", served.url())));
    let known = owner.get("receiving", which).await;
    assert_eq!((&known["team"], known["hooks"].as_array().unwrap().len()), (&json!(true), 1));
    assert!(!known.to_string().contains(callback.rsplit('/').next().unwrap()));

    // The relay is on before anything comes; where it may not go is said so.
    let hook = known["hooks"][0]["id"].clone();
    let wrong = owner.call("set_relay", json!({ "id": hook, "url": "http://app.example/events" })).await;
    let wrong = wrong.unwrap_err();
    assert_eq!(wrong.place.unwrap().input.as_deref(), Some("url"));
    assert_eq!(wrong.params["reason"], "scheme");
    let app = format!("{}/receiver", cloud.running.url());
    owner.get("set_relay", json!({ "id": hook, "url": app })).await;

    // Installed while the service is away: it is sent again, both desktops hear of it, and it is one event, taken once.
    let address = served.address;
    served.stop().await;
    cloud.install(&callback).await;
    let served = Served::receiving(folder.path(), &idp, address, &cloud.running).await;
    for world in [&owner, &developer] {
        until(world, "the installation", async || installations(world).await.len() == 1).await;
        until(world, "one event", async || events(world, true).await.len() == 1).await;
        world.settled().await;
    }
    cloud.happens(json!({ "type": "app.updated", "users": { "adding": ["u1"] } })).await;
    for world in [&owner, &developer] {
        until(world, "the update", async || events(world, true).await.len() == 2).await;
        world.settled().await;
        until(world, "both were taken once", async || done(world, "event.take").await == 2).await;
        assert_eq!(world.get("pending", json!({})).await["rows"], json!([]), "no desktop is refused");
        assert_eq!(events(world, true).await[0]["event"]["received"], "relay");
    }

    // The app has the same, byte for byte: what it received verifies, and is known.
    until_passed(&owner, 2).await;
    for one in owner.get("passed", json!({})).await.as_array().unwrap() {
        assert_eq!((&one["state"], &one["last"]["status"]), (&json!("taken"), &json!(200)));
    }
    developer.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
    let got = developer.get("take_delivery", cloud.latest().await).await;
    assert_eq!(got["outcome"], "duplicate", "{got}");

    // What is not from Talkdesk is shown to both, and changes nothing.
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    assert_eq!(http.post(&callback).body("{}").send().await.unwrap().status(), 400);
    for world in [&owner, &developer] {
        until(world, "what was refused", async || events(world, false).await.len() == 1).await;
        let refused = &events(world, false).await[0]["delivery"];
        assert_eq!(
            (&refused["received"], &refused["steps"][0]["reason"]),
            (&json!("relay"), &json!("member"))
        );
    }

    // The credentials are the service's: a desktop that has no vault uses them, and that is noted for all to see.
    let installation = installations(&developer).await[0]["id"].clone();
    let page = developer.get("installation", json!({ "installation": installation })).await;
    let set = &page["sets"][0];
    assert_eq!((&set["kept"], &set["key_here"]), (&json!("service"), &json!(true)));
    for way in ["basic", "private_key_jwt"] {
        let by = json!({ "installation": installation, "client_id": set["set"]["client_id"], "way": way });
        assert_eq!(developer.get("get_token", by).await["way"], way);
    }
    let secret = json!({ "kind": "installation_secret", "id": set["secret"] });
    let revealed = developer.get("reveal_secret", secret).await["text"].as_str().unwrap().to_owned();
    assert!(!revealed.is_empty());
    until(&owner, "three uses are noted", async || done(&owner, "secret.note_reveal").await == 3).await;

    // Neither is what comes while it is away later.
    served.stop().await;
    cloud.happens(json!({ "type": "app.uninstalled" })).await;
    let served = Served::receiving(folder.path(), &idp, address, &cloud.running).await;
    for world in [&owner, &developer] {
        until(world, "the uninstall", async || installations(world).await[0]["life"] == "uninstalled").await;
    }
    owner.engine.close().await;
    developer.engine.close().await;
    served.stop().await;
    for folder in [one.path(), two.path(), folder.path()] {
        crate::life::nowhere(folder, std::slice::from_ref(&revealed));
    }
}

/// Waits until no secret of an installation is sealed on a computer: it is let go of beside the feed, once it is given.
async fn until_let_go(data: &Path) {
    let gone = async {
        while !sealed(data).is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), gone).await.expect("the secrets are still here");
}

/// An event that the app alone received, taken by hand by one of the team: its credentials are the team's from then on,
/// and stay on no computer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_of_a_team_takes_by_hand_is_in_the_vault_of_the_team() {
    let mut cloud = Cloud::start(SandboxOptions::default()).await;
    let idp = idp().await;
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let served = Served::receiving(folder.path(), &idp, any, &cloud.running).await;
    let (owner, developer) = (World::at(one.path()).await, World::at(two.path()).await);
    team(&served, &served.url(), &owner, &developer).await;
    let app = format!("{}/receiver", cloud.running.url());
    cloud.install(&app).await;
    developer.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
    developer.get("set_passphrase", json!({ "passphrase": PASSPHRASE })).await;
    developer.get("new_recovery_code", json!({})).await;

    // While the service is away it is sealed here, and used from here.
    let address = served.address;
    served.stop().await;
    let event = cloud.latest().await;
    let secrets = secrets_of(&event);
    assert_eq!(developer.get("take_delivery", event.clone()).await["outcome"], "taken");
    assert_eq!(sealed(two.path()).len(), 2);
    let (_, set) = set_of(&developer).await;
    assert_eq!(set["kept"], "here");
    let served = Served::receiving(folder.path(), &idp, address, &cloud.running).await;

    // Once it is back it has them, and this computer does not.
    until(&owner, "they are kept", async || done(&owner, "credentials.note_kept").await == 1).await;
    until_let_go(two.path()).await;
    for world in [&owner, &developer] {
        until(world, "where they are", async || set_of(world).await.1["kept"] == "service").await;
        let (_, set) = set_of(world).await;
        let secret = json!({ "kind": "installation_secret", "id": set["secret"] });
        assert_eq!(world.get("reveal_secret", secret).await["text"], secrets[0].as_str());
    }

    // Whoever of the team exports it gets a whole key, and all see that somebody did.
    let (installation, set) = set_of(&developer).await;
    until(&owner, "both reveals are noted", async || done(&owner, "secret.note_reveal").await == 2).await;
    let export = json!({ "installation": installation, "client_id": set["set"]["client_id"], "shape": "pem", "to": "file" });
    let file = developer.get("export_credentials", export).await["path"].as_str().unwrap().to_owned();
    let pem = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n") && pem.ends_with("-----END PRIVATE KEY-----\n"));
    let bare: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    assert_eq!(bare, secrets[1].split_whitespace().collect::<String>());
    until(&owner, "the export is noted", async || done(&owner, "secret.note_reveal").await == 3).await;
    let last = entry(&owner, "secret.note_reveal").await;
    assert_eq!(
        (&last["command"]["args"]["secret"], &last["command"]["args"]["copied"], &last["by"]["me"]),
        (&json!("credentials"), &json!(false), &json!(false)),
        "by somebody else of the team, to a file"
    );

    // Taken once more it changes nothing, and goes the same way. As it came it stays on no computer.
    assert_eq!(developer.get("take_delivery", event).await["outcome"], "duplicate");
    until_let_go(two.path()).await;
    assert_eq!(events(&developer, true).await[0]["original"], "team");
    assert_eq!(done(&owner, "credentials.note_kept").await, 1, "it is said once");
    owner.engine.close().await;
    developer.engine.close().await;
    served.stop().await;
    for folder in [one.path(), two.path(), folder.path()] {
        crate::life::nowhere(folder, &secrets);
    }
}
