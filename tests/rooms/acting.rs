//! What changes something at Talkdesk, in a team: told by the service, once, with secrets that never come to a desktop;
//! and said to be what it was where an answer is lost, or nobody is there.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use partner_core::error::ErrorCode;
use reqwest::Method;
use sandbox::SandboxOptions;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

use crate::cloud::Cloud;
use crate::delivered::{done, installations, team};
use crate::moving::{PASSPHRASE, sealed};
use crate::passing::Passing;
use crate::team::{Served, idp};
use crate::teams::until;
use crate::world::World;

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// Stands between a desktop and the service, and loses answers to calls.
struct Between {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// How many answers to calls are lost from now on.
    losing: AtomicUsize,
    /// The first lines of the requests.
    asked: Mutex<Vec<String>>,
}

impl Between {
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

    fn lose(&self, answers: usize) {
        self.shared.losing.store(answers, Ordering::SeqCst);
    }

    fn asked(&self, what: &str) -> usize {
        self.shared.asked.lock().unwrap().iter().filter(|line| line.starts_with(what)).count()
    }
}

async fn pass(mut from: TcpStream, to: SocketAddr, shared: &Shared) -> io::Result<()> {
    let Some(mut request) = Passing::head(&mut from).await? else { return Ok(()) };
    let line = request.text().lines().next().unwrap_or_default().to_owned();
    shared.asked.lock().unwrap().push(line.clone());
    if request.body(&mut from).await?.is_none() {
        return Ok(());
    }
    let mut to = request.on(to).await?;
    if !line.starts_with("post /v1/calls") {
        return copy(&mut to, &mut from).await.map(drop);
    }
    let mut answer = Vec::new();
    to.read_to_end(&mut answer).await?;
    let loses = |left: usize| left.checked_sub(1);
    if shared.losing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, loses).is_ok() {
        return Ok(());
    }
    from.write_all(&answer).await
}

async fn fault(cloud: &Cloud, route: &str, kind: &str) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let set = http.put(format!("{}/faults", cloud.running.url()));
    let set = set.bearer_auth(cloud.running.reviewer_token());
    let faults = json!([{ "route": route, "kind": kind, "times": 1 }]);
    assert!(set.json(&faults).send().await.unwrap().status().is_success());
}

async fn page(world: &World) -> Value {
    let installation = installations(world).await[0]["id"].clone();
    world.get("installation", json!({ "installation": installation })).await
}

/// An answer to the deadline that is open.
async fn approval(world: &World) -> Value {
    let page = page(world).await;
    let event = &page["listed"]["deadlines"][0]["event"];
    json!({ "installation": page["listed"]["id"], "events": [event], "word": { "word": "approve" } })
}

async fn queued(world: &World) -> Value {
    world.get("pending", json!({})).await["rows"].clone()
}

/// How many events Talkdesk told of.
async fn told(cloud: &Cloud) -> usize {
    let all: Value = cloud.reviewer(Method::GET, "/deliveries").send().await.unwrap().json().await.unwrap();
    all.as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_are_lost_on_every_way_end_in_one_effect_and_a_true_record() {
    let mut cloud = Cloud::start(SandboxOptions::default()).await;
    let idp = idp().await;
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let served = Served::receiving(folder.path(), &idp, ANY, &cloud.running).await;
    let between = Between::before(served.address).await;
    let (owner, developer) = (World::at(one.path()).await, World::at(two.path()).await);
    let by = format!("http://{}", between.address);
    let project = team(&served, &by, &owner, &developer).await;
    let made = owner.get("make_hook", json!({ "project": project })).await;
    cloud.install(made["url"].as_str().unwrap()).await;
    for world in [&owner, &developer] {
        until(world, "the installation", async || installations(world).await.len() == 1).await;
        world.settled().await;
    }

    // Talkdesk's answer is lost after it took the word, and the service's after it recorded that.
    fault(&cloud, "acknowledge", "lost_reply").await;
    between.lose(1);
    let answered = developer.get("answer_installation", approval(&developer).await).await;
    assert_eq!((&answered["sent"], &answered["state"]["state"]), (&json!(true), &json!("completed")));
    assert_eq!(page(&developer).await["listed"]["deadlines"], json!([]), "shown at once");
    assert_eq!(between.asked("post /v1/calls"), 2, "what became of it was asked");
    until(&owner, "a colleague sees it", async || done(&owner, "installation.answer").await == 1).await;
    assert_eq!(queued(&developer).await, json!([]), "no command of the desktop's");

    // It broke before it reached Talkdesk, and nobody can tell: nothing is recorded, and nothing is sent again.
    let installation = page(&developer).await["listed"]["id"].clone();
    let rotate = json!({ "installation": installation, "compromised": false, "reason": "Yearly." });
    fault(&cloud, "rotate", "reset").await;
    let error = developer.call("ask_rotation", rotate.clone()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotKnown, "{error:?}");
    assert_eq!(done(&developer, "credentials.ask_rotation").await, 0);
    // A person looks, and asks once more. However often the answer is lost then, it is one rotation.
    between.lose(3);
    developer.get("ask_rotation", rotate).await;
    assert_eq!(done(&developer, "credentials.ask_rotation").await, 1);
    until(&developer, "the new set", async || page(&developer).await["sets"].as_array().unwrap().len() == 2)
        .await;
    assert_eq!(told(&cloud).await, 2, "the install, and one rotation");

    // Talkdesk says no in its own words.
    let client = page(&developer).await["sets"][0]["set"]["client_id"].clone();
    let acknowledge = json!({ "installation": installation, "client_id": client });
    developer.get("acknowledge_credentials", acknowledge.clone()).await;
    let error = developer.call("acknowledge_credentials", acknowledge.clone()).await.unwrap_err();
    assert_eq!((error.code, &*error.params["status"]), (ErrorCode::Platform, "409"), "{error:?}");

    // For all of it no secret came to a desktop.
    assert_eq!(between.asked("post /v1/secrets"), 0);
    assert_eq!(done(&owner, "secret.note_reveal").await, 0);

    // With the service away it is said at once, and nothing waits to be sent.
    let before = between.asked("post /v1/calls");
    served.stop().await;
    developer.get("sync_now", json!({})).await;
    let error = developer.call("acknowledge_credentials", acknowledge).await.unwrap_err();
    assert!(matches!(error.code, ErrorCode::Unreached | ErrorCode::NotKnown), "{error:?}");
    assert_eq!(queued(&developer).await, json!([]));
    assert!(between.asked("post /v1/calls") > before);
    owner.engine.close().await;
    developer.engine.close().await;
}

/// Where the team's service has no vault, whoever keeps the secrets makes the call: there is nobody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_keeps_no_secrets_leaves_the_call_to_the_desktop_that_does() {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let idp = idp().await;
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let served = Served::start(folder.path(), &idp, ANY).await;
    let (owner, developer) = (World::at(one.path()).await, World::at(two.path()).await);
    team(&served, &served.url(), &owner, &developer).await;
    developer.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
    developer.get("set_passphrase", json!({ "passphrase": PASSPHRASE })).await;
    developer.get("new_recovery_code", json!({})).await;
    assert_eq!(developer.get("take_delivery", cloud.latest().await).await["outcome"], "taken");
    assert_eq!(sealed(two.path()).len(), 2);
    let answered = developer.get("answer_installation", approval(&developer).await).await;
    assert_eq!((&answered["sent"], &answered["state"]["state"]), (&json!(true), &json!("completed")));
    until(&owner, "a colleague sees it", async || done(&owner, "installation.answer").await == 1).await;

    // Who has none is told what is missing.
    let error = owner.call(
        "answer_installation",
        json!({
            "installation": page(&owner).await["listed"]["id"],
            "events": [page(&owner).await["events"][0]["row"]["id"]], "word": { "word": "approve" },
        }),
    );
    let error = error.await.unwrap_err();
    assert_eq!((error.code, error.place.unwrap().input.as_deref()), (ErrorCode::NotFound, Some("secret")));
    owner.engine.close().await;
    developer.engine.close().await;
    served.stop().await;
}
