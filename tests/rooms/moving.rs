//! A workspace with credentials that moves to a team: what was sealed here is the team's from then on, and a desktop that
//! is killed anywhere on the way goes on where it stopped.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partner_core::error::ErrorCode;
use sandbox::{Running, SandboxOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::cloud::{Cloud, body_of};
use crate::life::nowhere;
use crate::passing::Passing;
use crate::team::{Served, idp};
use crate::teams::{frame, projects, sign_in, until};
use crate::world::World;

pub const PASSPHRASE: &str = "correct horse battery";
const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// Stands before the service and lets requests through, until one at which it stands still.
struct Gate {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The requests that still go through, and whether the one after them is carried out without its answer.
    left: Mutex<Option<(usize, bool)>>,
    reached: Notify,
}

impl Gate {
    async fn before(to: SocketAddr) -> Self {
        let listener = TcpListener::bind(ANY).await.unwrap();
        let (address, shared) = (listener.local_addr().unwrap(), Arc::<Shared>::default());
        let passing = Arc::clone(&shared);
        tokio::spawn(async move {
            loop {
                let (from, _) = listener.accept().await.unwrap();
                let shared = Arc::clone(&passing);
                tokio::spawn(async move { drop(pass(from, to, &shared).await) });
            }
        });
        Self { address, shared }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn stop_after(&self, requests: usize, carried_out: bool) {
        *self.shared.left.lock().unwrap() = Some((requests, carried_out));
    }

    fn open(&self) {
        *self.shared.left.lock().unwrap() = None;
    }
}

/// One request a connection.
async fn pass(mut from: TcpStream, to: SocketAddr, shared: &Shared) -> std::io::Result<()> {
    let Some(mut request) = Passing::head(&mut from).await? else { return Ok(()) };
    if request.body(&mut from).await?.is_none() {
        return Ok(());
    }
    let stops = match &mut *shared.left.lock().unwrap() {
        Some((0, carried_out)) => Some(*carried_out),
        Some((left, _)) => {
            *left -= 1;
            None
        }
        None => None,
    };
    if stops != Some(false) {
        let mut to = request.on(to).await?;
        if stops.is_none() {
            return copy(&mut to, &mut from).await.map(drop);
        }
        to.read_to_end(&mut Vec::new()).await?;
    }
    shared.reached.notify_one();
    std::future::pending().await
}

/// What a killed process leaves, or a state to begin with once more.
fn copied(from: &Path) -> tempfile::TempDir {
    fn into(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
            if path.is_dir() {
                into(&path, &to.join(name));
            } else if path.is_file() {
                std::fs::copy(&path, to.join(name)).unwrap();
            }
        }
    }
    let to = tempfile::tempdir().unwrap();
    into(from, to.path());
    to
}

/// Credentials that are sealed in a vault, and a project.
struct Sealed {
    secrets: Vec<String>,
    code: String,
    data: tempfile::TempDir,
    folder: tempfile::TempDir,
}

impl Sealed {
    async fn begin(cloud: &mut Cloud, idp: &Running) -> Self {
        let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let receiver = format!("{}/receiver", cloud.running.url());
        cloud.install(&receiver).await;
        let desk = World::started(data.path()).await;
        let port = json!({ "url": cloud.running.url(), "token": cloud.running.token() });
        desk.get("set_port", port).await;
        desk.get("set_passphrase", json!({ "passphrase": PASSPHRASE })).await;
        desk.get("new_recovery_code", json!({})).await;
        let event = cloud.latest().await;
        let body: Value = serde_json::from_str(&body_of(&event)).unwrap();
        let secrets = ["client_secret", "private_key"];
        let secrets = secrets.map(|name| body["data"][name].as_str().unwrap().to_owned()).into();
        assert_eq!(desk.get("take_delivery", event).await["outcome"], "taken");
        crate::exchange::furnished(&desk).await;
        desk.engine.close().await;
        let served = Served::receiving(folder.path(), idp, ANY, &cloud.running).await;
        let code = served.service.owner_code().await.unwrap();
        served.stop().await;
        Self { secrets, code, data, folder }
    }
}

/// The desktop on this data, its vault open and its person signed in at the service.
async fn desk_at(data: &Path, url: &str) -> (World, String) {
    let desk = World::at(data).await;
    desk.get("open_vault", json!({ "passphrase": PASSPHRASE })).await;
    let registration = sign_in(&desk, url, "partner-manager").await;
    (desk, registration)
}

/// The names of the secrets of installations that are sealed here.
pub fn sealed(data: &Path) -> Vec<String> {
    let records = std::fs::read_dir(data.join("vault/records")).unwrap();
    let names = records.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("installation-") || name.starts_with("original.")).collect()
}

pub async fn set_of(world: &World) -> (Value, Value) {
    let installation = world.get("installations", json!({})).await[0]["id"].clone();
    let page = world.get("installation", json!({ "installation": installation })).await;
    (installation, page["sets"][0].clone())
}

async fn done(world: &World, kind: &str) -> usize {
    let wanted =
        json!({ "project": null, "person": null, "kinds": [kind], "from": null, "to": null, "words": [] });
    let page = world.get("activity", json!({ "wanted": wanted, "offset": 0, "limit": 200 })).await;
    page["rows"].as_array().unwrap().len()
}

/// Everything is at the team, once, and nothing is left here to be used.
async fn moved(desk: &World, data: &Path, secrets: &[String], when: &str) {
    until(desk, "what is there", async || {
        frame(desk).await["sync"]["embedded"] == false
            && projects(desk).await == ["Call Notes"]
            && done(desk, "credentials.note_kept").await > 0
    })
    .await;
    assert_eq!(done(desk, "event.take").await, 1, "{when}");
    assert_eq!(done(desk, "credentials.note_kept").await, 1, "{when}");
    let (_, set) = set_of(desk).await;
    assert_eq!((&set["kept"], &set["key_here"]), (&json!("service"), &json!(true)), "{when}");
    let secret = json!({ "kind": "installation_secret", "id": set["secret"] });
    assert_eq!(desk.get("reveal_secret", secret).await["text"], secrets[0].as_str(), "{when}");
    // A start lets go of what is left beside everything else.
    let forgotten = async {
        while !sealed(data).is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), forgotten).await.expect(when);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desktop_that_is_killed_anywhere_on_the_way_goes_on_where_it_stopped() {
    let idp = idp().await;
    let mut cloud = Cloud::start(SandboxOptions::default()).await;
    let begun = Sealed::begin(&mut cloud, &idp).await;
    let (mut requests, mut carried_out) = (0, false);
    loop {
        let when = format!(
            "after {requests} requests, the next {}",
            if carried_out { "carried out" } else { "not" }
        );
        let (data, folder) = (copied(begun.data.path()), copied(begun.folder.path()));
        let served = Served::receiving(folder.path(), &idp, ANY, &cloud.running).await;
        let gate = Gate::before(served.address).await;
        let (desk, registration) = desk_at(data.path(), &gate.url()).await;
        gate.stop_after(requests, carried_out);
        let to = json!({ "url": gate.url(), "registration": registration, "to": { "code": begun.code } });
        let whole = tokio::select! {
            whole = desk.call("move_workspace", to.clone()) => Some(whole.unwrap()),
            () = gate.shared.reached.notified() => None,
            () = tokio::time::sleep(Duration::from_mins(2)) => panic!("neither moved nor killed: {when}"),
        };
        // What is on the disk at this moment is all that a killed process leaves.
        let left = copied(data.path());
        gate.open();
        desk.engine.close().await;
        if whole.is_some() {
            moved_from(left.path(), &gate, &begun, "never killed").await;
            served.stop().await;
            assert!(requests > 8, "the move asked for less than was looked at: {requests}");
            return;
        }
        let (desk, _) = desk_at(left.path(), &gate.url()).await;
        let here = frame(&desk).await;
        if here["sync"]["embedded"] == false {
            // Everything was there: what is left to do is done at the start.
        } else if here["moved"].is_null() {
            // It had not begun, or has a place there that this desktop never heard of.
            let at = json!({ "url": gate.url(), "registration": registration });
            let there = desk.get("team_workspaces", at).await;
            let mut to = to;
            if let Some(place) = there.as_array().unwrap().first() {
                to["to"] = json!({ "workspace": place["workspace"] });
            }
            desk.get("move_workspace", to).await;
        } else {
            desk.get("go_on_moving", json!({})).await;
        }
        moved(&desk, left.path(), &begun.secrets, &when).await;
        desk.engine.close().await;
        served.stop().await;
        for folder in [left.path(), folder.path()] {
            nowhere(folder, &begun.secrets);
        }
        (requests, carried_out) = if carried_out { (requests + 1, false) } else { (requests, true) };
    }
}

async fn moved_from(data: &Path, gate: &Gate, begun: &Sealed, when: &str) {
    let (desk, _) = desk_at(data, &gate.url()).await;
    moved(&desk, data, &begun.secrets, when).await;
    desk.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_go_along_and_are_used_by_whoever_of_the_team_may() {
    let idp = idp().await;
    let mut cloud = Cloud::start(SandboxOptions::default()).await;
    let begun = Sealed::begin(&mut cloud, &idp).await;
    let (data, folder) = (begun.data.path(), begun.folder.path());

    // Where something is missing nothing begins, and the code still serves: a vault there, an open one here.
    let bare = Served::start(folder, &idp, ANY).await;
    let (desk, registration) = desk_at(data, &bare.url()).await;
    let to = |url: &str| json!({ "url": url, "registration": registration, "to": { "code": begun.code } });
    let error = desk.call("move_workspace", to(&bare.url())).await.unwrap_err();
    assert_eq!((error.code, error.params["reason"].as_str()), (ErrorCode::Invalid, "no_vault"));
    bare.stop().await;
    let served = Served::receiving(folder, &idp, ANY, &cloud.running).await;
    desk.get("lock_vault", json!({})).await;
    let error = desk.call("move_workspace", to(&served.url())).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::VaultLocked);
    assert!(frame(&desk).await["moved"].is_null());
    desk.get("open_vault", json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(sealed(data).len(), 3, "its two secrets, and the event that brought them");

    // What another workspace of this computer knows as well stays here for that one.
    let exported = desk.get("export_workspace", json!({})).await["path"].as_str().unwrap().to_owned();
    let bytes = std::fs::read(exported).unwrap();
    let file = desk.hand_over(&bytes).await;
    desk.get("import_workspace", json!({ "file": file })).await;
    until(&desk, "the copy", async || projects(&desk).await == ["Call Notes"]).await;
    desk.get("switch_connection", json!({ "name": "this_computer" })).await;
    desk.get("move_workspace", to(&served.url())).await;
    until(&desk, "it is there", async || done(&desk, "credentials.note_kept").await == 1).await;
    assert_eq!(sealed(data).len(), 2, "the other workspace uses them");

    // A developer who joins uses them without ever having had the event; a tester does not.
    for (email, role) in [("developer@sample-apps.example", "developer"), ("qa.1@sample-apps.example", "qa")]
    {
        desk.get("invite_member", json!({ "email": email, "roles": [role] })).await;
    }
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut team = Vec::new();
    for (person, data) in [("developer", one.path()), ("qa-1", two.path())] {
        let world = World::at(data).await;
        let registration = sign_in(&world, &served.url(), person).await;
        let at = json!({ "url": served.url(), "registration": registration });
        let known = world.get("team_workspaces", at).await;
        let join =
            json!({ "url": served.url(), "registration": registration, "workspace": known[0]["workspace"] });
        world.get("join_team", join).await;
        until(&world, "the installation", async || {
            world.get("installations", json!({})).await.as_array().is_some_and(|all| all.len() == 1)
        })
        .await;
        team.push(world);
    }
    let (developer, tester) = (&team[0], &team[1]);
    developer.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
    let (installation, set) = set_of(developer).await;
    assert_eq!((&set["kept"], &set["secret_here"]), (&json!("service"), &json!(true)));
    for way in ["basic", "private_key_jwt"] {
        let by = json!({ "installation": installation, "client_id": set["set"]["client_id"], "way": way });
        assert_eq!(developer.get("get_token", by).await["way"], way);
    }
    let secret = json!({ "kind": "installation_secret", "id": set["secret"] });
    assert_eq!(developer.get("reveal_secret", secret.clone()).await["text"], begun.secrets[0].as_str());
    let refused = tester.call("reveal_secret", secret).await.unwrap_err();
    assert!(matches!(refused.code, ErrorCode::Forbidden | ErrorCode::Refused), "{refused:?}");

    for world in team.iter().chain([&desk]) {
        world.engine.close().await;
    }
    served.stop().await;
    for folder in [data, folder, one.path(), two.path()] {
        nowhere(folder, &begun.secrets);
    }
}
