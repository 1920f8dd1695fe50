//! A team: two desktops, the real service over a real socket, and the sandbox as the identity provider. Everything goes
//! through the list of calls, as the window makes them.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use partner_core::error::ErrorCode;
use serde_json::{Value, json};

use crate::team::{Served, idp};
use crate::world::{World, id};

/// What is waited for comes within a minute, or the test fails.
async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(1), work).await.unwrap_or_else(|_| panic!("never: {what}"))
}

/// Looks again at every change until it is so.
pub async fn until(world: &World, what: &str, holds: impl AsyncFn() -> bool) {
    let mut changes = world.engine.changes();
    soon(what, async {
        while !holds().await {
            changes.recv().await.unwrap();
        }
    })
    .await;
}

/// Asks the service how to sign in, and signs in as a person does; answers the registration.
pub async fn sign_in(world: &World, url: &str, person: &str) -> String {
    let asked = world.get("ask_team", json!({ "url": url })).await;
    let registration = asked["registration"].as_str().unwrap().to_owned();
    let begun = world.get("sign_in", json!({ "id": registration, "by": "browser" })).await;
    let address = begun["address"].as_str().unwrap();
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let answer = http.get(format!("{address}&auto={person}")).send().await.unwrap();
    let back = answer.headers()[reqwest::header::LOCATION].to_str().unwrap().to_owned();
    http.get(&back).send().await.unwrap();
    until(world, "signed in", async || {
        world.get("sign_ins", json!({})).await[0]["session"]["state"] == "signed_in"
    })
    .await;
    registration
}

pub async fn frame(world: &World) -> Value {
    world.get("boot", json!({})).await["phase"].clone()
}

pub async fn projects(world: &World) -> Vec<String> {
    let page = world
        .get("projects", json!({ "text": "", "status": null, "archived": false, "offset": 0, "limit": 50 }))
        .await;
    let rows = page["rows"].as_array().unwrap();
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

pub async fn create(world: &World, name: &str, slug: &str) {
    let details = json!({ "name": name, "slug": slug, "owner": "PM" });
    world.change("project", &id(), "project.create", json!({ "details": details })).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_desktops_share_a_workspace_and_one_is_removed() {
    let idp = idp().await;
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let served = Served::start(folder.path(), &idp, any).await;
    let url = served.url();
    let code = served.service.owner_code().await.unwrap();

    // The first owner comes in by the code; a wrong one is said to be wrong, and the right one still serves.
    let owner = World::at(one.path()).await;
    for (wrong, input) in [("nonsense", "url"), ("http://service.example", "url")] {
        let error = owner.call("ask_team", json!({ "url": wrong })).await.unwrap_err();
        assert_eq!((error.code, error.place.unwrap().input.as_deref()), (ErrorCode::Invalid, Some(input)));
    }
    let registration = sign_in(&owner, &url, "partner-manager").await;
    let at = json!({ "url": url, "registration": registration });
    assert_eq!(owner.get("team_workspaces", at.clone()).await, json!([]));
    let found = |code: &str, name: &str| json!({ "url": url, "registration": registration, "code": code, "name": name });
    let error = owner.call("found_team", found("AAAA-AAAA", "Sample Apps")).await.unwrap_err();
    assert_eq!((error.code, error.place.unwrap().input.as_deref()), (ErrorCode::Forbidden, Some("code")));
    assert!(owner.call("found_team", found(&code, " ")).await.is_err(), "a name is needed");
    owner.get("found_team", found(&code, "Sample Apps")).await;
    let open = frame(&owner).await;
    assert_eq!((&open["name"], &open["sync"]["embedded"]), (&json!("Sample Apps"), &json!(false)));
    create(&owner, "Call Notes", "call-notes").await;
    owner.settled().await;

    // A colleague is invited, comes in, stands among the members, and sees what is there.
    owner.get("invite_member", json!({ "email": "qa.1@sample-apps.example", "roles": ["qa"] })).await;
    let colleague = World::at(two.path()).await;
    let registration = sign_in(&colleague, &url, "qa-1").await;
    let at = json!({ "url": url, "registration": registration });
    let known = colleague.get("team_workspaces", at).await;
    assert_eq!((known.as_array().unwrap().len(), &known[0]["title"]), (1, &json!("Sample Apps")));
    let join = json!({ "url": url, "registration": registration, "workspace": known[0]["workspace"] });
    colleague.get("join_team", join.clone()).await;
    colleague.get("join_team", join).await;
    assert_eq!(colleague.get("connections", json!({})).await.as_array().unwrap().len(), 1, "once");
    until(&colleague, "the project came", async || projects(&colleague).await == ["Call Notes"]).await;
    until(&owner, "QA 1 among the members", async || {
        let members = frame(&owner).await["members"].clone();
        members.as_array().unwrap().iter().any(|member| member["name"] == "QA 1")
    })
    .await;

    // A role is in force at the desktop, too: what the service would refuse is refused before it is sent.
    let details = json!({ "details": { "name": "Queue Lens", "slug": "queue-lens", "owner": "QA 1" } });
    let error = colleague.change("project", &id(), "project.create", details.clone()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Refused);
    let member = frame(&colleague).await["me"]["id"].clone();
    let roles = json!({ "member": member, "roles": ["qa", "partner_manager"] });
    owner.get("set_member_roles", roles).await;
    // It is looked at when syncing begins to work again, and every minute: a new start is such a moment.
    colleague.get("retry_open", json!({})).await;
    until(&colleague, "the new role", async || {
        frame(&colleague).await["me"]["roles"].as_array().is_some_and(|roles| roles.len() == 2)
    })
    .await;
    colleague.change("project", &id(), "project.create", details).await.unwrap();
    until(&owner, "the other's project", async || projects(&owner).await.len() == 2).await;

    // Offline everything goes on; what was done then is there once the service is back, at the same address.
    let address = served.address;
    served.stop().await;
    create(&colleague, "Offline App", "offline-app").await;
    assert_eq!(projects(&colleague).await.len(), 3);
    let served = Served::start(folder.path(), &idp, address).await;
    // Somebody knows that it is there again, and does not wait for the next attempt.
    colleague.get("sync_now", json!({})).await;
    until(&owner, "what was done offline", async || projects(&owner).await.len() == 3).await;

    // Removed: the desktop stops and says so. What is not sent is saved before the workspace goes.
    owner.get("remove_member", json!({ "member": member })).await;
    create(&colleague, "Too late", "too-late").await;
    until(&colleague, "not a member", async || frame(&colleague).await["sync"]["state"] == "not_a_member")
        .await;
    let views = colleague.get("connections", json!({})).await;
    assert_eq!((&views[0]["title"], &views[0]["queued"]), (&json!("Sample Apps"), &json!(1)));
    let team = views[0]["name"]["team"].clone();
    let left = colleague.get("leave_team", json!({ "id": team })).await;
    let saved = std::fs::read_to_string(left["saved"].as_str().unwrap()).unwrap();
    assert!(saved.contains("Too late") && !saved.contains("eyJ"), "{saved}");
    assert_eq!(frame(&colleague).await["phase"], "first_start");
    assert!(!two.path().join(format!("team-{}", team.as_str().unwrap())).exists());
    until(&owner, "marked as left", async || {
        let people = owner.get("team", json!({})).await;
        people["members"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["id"] == member && !one["removed_at"].is_null())
    })
    .await;
    owner.engine.close().await;
    colleague.engine.close().await;
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desktop_keeps_several_workspaces_side_by_side() {
    let idp = idp().await;
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let served = Served::start(folder.path(), &idp, SocketAddr::from(([127, 0, 0, 1], 0))).await;
    let desk = World::started(data.path()).await;
    create(&desk, "Mine", "mine").await;
    let registration = sign_in(&desk, &served.url(), "partner-manager").await;
    let code = served.service.owner_code().await.unwrap();
    let found = json!({ "url": served.url(), "registration": registration, "code": code, "name": "Team" });
    desk.get("found_team", found).await;
    create(&desk, "Ours", "ours").await;
    let named = async |title: &str| {
        let views = desk.get("connections", json!({})).await;
        views.as_array().unwrap().iter().find(|view| view["title"] == title).unwrap()["name"].clone()
    };
    let (here, team) = (named("Sample Apps").await, named("Team").await);
    assert_eq!(here, json!("this_computer"));
    desk.settled().await;
    served.stop().await;
    // Each opens at once as it was left, whether or not its service is there.
    for (name, project) in [(&here, "Mine"), (&team, "Ours"), (&here, "Mine")] {
        desk.get("switch_connection", json!({ "name": name })).await;
        assert_eq!(projects(&desk).await, [project]);
    }
    let nowhere = json!({ "name": { "team": id() } });
    assert_eq!(desk.call("switch_connection", nowhere).await.unwrap_err().code, ErrorCode::NotFound);
    // The next start opens what was open last; leaving the other takes nothing of it.
    desk.engine.close().await;
    drop(desk);
    let desk = World::at(data.path()).await;
    assert_eq!(projects(&desk).await, ["Mine"]);
    let left = desk.get("leave_team", json!({ "id": team["team"] })).await;
    assert_eq!(left["saved"], Value::Null, "everything was sent");
    assert_eq!(projects(&desk).await, ["Mine"]);
    desk.engine.close().await;
}
