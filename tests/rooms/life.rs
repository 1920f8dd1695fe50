//! An installation's whole life over real sockets, as a person lives it with the console: the sandbox plays Talkdesk,
//! its deliveries are taken by hand as the app received them, and every call of the window is made in turn.

use std::path::Path;

use partner_core::error::ErrorCode;
use sandbox::{Algorithm, Curve, SandboxOptions};
use serde_json::{Value, json};

use crate::cloud::{Cloud, body_of, pasted};
use crate::world::{World, id};

const PASSPHRASE: &str = "correct horse battery";

/// The cloud, in which an account has installed the app, and the partner's desktop.
pub struct Life {
    pub cloud: Cloud,
    pub world: World,
}

impl Life {
    async fn begin(data: &Path, options: SandboxOptions) -> Self {
        let cloud = Cloud::begin(options).await;
        let world = World::started(data).await;
        let running = &cloud.running;
        world.get("set_port", json!({ "url": running.url(), "token": running.token() })).await;
        Self { cloud, world }
    }

    /// With a vault that takes private keys.
    pub async fn with_vault(data: &Path, options: SandboxOptions) -> Self {
        let life = Self::begin(data, options).await;
        life.open_vault().await;
        life
    }

    async fn open_vault(&self) {
        self.world.get("set_passphrase", json!({ "passphrase": PASSPHRASE })).await;
        self.world.get("new_recovery_code", json!({})).await;
    }

    pub async fn take(&self) -> Value {
        self.world.get("take_delivery", self.cloud.latest().await).await
    }

    /// The one installation.
    pub async fn listed(&self) -> Value {
        self.world.get("installations", json!({})).await[0].clone()
    }

    pub async fn page(&self) -> Value {
        let listed = self.listed().await;
        self.world.get("installation", json!({ "installation": listed["id"] })).await
    }
}

pub fn secrets_of(delivery: &Value) -> Vec<String> {
    let body: Value = serde_json::from_str(&body_of(delivery)).unwrap();
    ["client_secret", "private_key"].map(|name| body["data"][name].as_str().unwrap().to_owned()).into()
}

/// No file under the folder holds any of these.
pub fn nowhere(folder: &Path, secrets: &[String]) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            nowhere(&path, secrets);
        } else if let Ok(bytes) = std::fs::read(&path) {
            for secret in secrets {
                let part = &secret.as_bytes()[..secret.len().min(40)];
                assert!(
                    !bytes.windows(part.len()).any(|window| window == part),
                    "{} holds a secret",
                    path.display()
                );
            }
        }
    }
}

/// Whose it is, a person says; the account suggests it.
async fn match_with_customer(life: &Life, listed: &Value) {
    let world = &life.world;
    let (customer, office) = (id(), world.engine.workspace_id().unwrap().to_string());
    let details = json!({ "name": "Sample customer", "account": "sample-apps", "region": "EU", "contacts": [], "notes": "" });
    let set = json!({ "customer": customer, "details": details });
    world.change("workspace", &office, "customer.set", set).await.unwrap();
    assert_eq!(life.page().await["suggested"], json!([customer]));
    let (project, version) = (id(), id());
    let details = json!({ "name": "Call Notes", "slug": "call-notes", "owner": "" });
    world.change("project", &project, "project.create", json!({ "details": details })).await.unwrap();
    let version = json!({ "version": version, "number": "1.3.0" });
    world.change("project", &project, "version.create", version).await.unwrap();
    let matched = json!({ "customer": customer, "project": project });
    world
        .change("installation", listed["id"].as_str().unwrap(), "installation.match", matched)
        .await
        .unwrap();
    assert_eq!(life.listed().await["customer_name"], "Sample customer");
}

/// The steps of the partner process that nobody ticked and the data shows.
async fn shown(world: &World) -> Vec<String> {
    let steps = world.get("home", json!({})).await["process"]["steps"].take();
    let shown = steps.as_array().unwrap().iter().filter(|view| view["by_evidence"] == true);
    shown.map(|view| view["step"]["id"].as_str().unwrap().to_owned()).collect()
}

/// An account of one's own, on which the version is installed.
async fn own_account(world: &World) {
    let account = json!({ "id": id(), "name": "Sample-Apps", "region": "EU", "owner": "own" });
    let office = world.engine.workspace_id().unwrap().to_string();
    world.change("workspace", &office, "account.set", json!({ "account": account })).await.unwrap();
}

/// New credentials take the place of the old in five steps.
async fn rotate(life: &Life, listed: &Value, secrets: &mut Vec<String>) {
    let world = &life.world;
    let ask = json!({ "installation": listed["id"], "compromised": false, "reason": "Yearly." });
    world.get("ask_rotation", ask).await;
    secrets.extend(secrets_of(&life.cloud.latest().await));
    assert_eq!(life.take().await["outcome"], "taken");
    let sets = life.page().await["sets"].clone();
    let new = sets[0]["set"]["client_id"].clone();
    assert_eq!((&sets[0]["rotated"], sets[1]["until"].is_number()), (&json!(true), true));
    assert!(life.listed().await["rotation"].is_number());
    let on_it = json!({ "installation": listed["id"], "client_id": new });
    let by_key = json!({ "installation": listed["id"], "client_id": new, "way": "private_key_jwt" });
    world.get("get_token", by_key).await;
    let installation = listed["id"].as_str().unwrap();
    for (kind, args) in [
        ("credentials.note_deployed", json!({ "client_id": new, "to": "Secrets of the cluster" })),
        ("credentials.note_in_use", json!({ "client_id": new, "in_use": true })),
    ] {
        world.change("installation", installation, kind, args).await.unwrap();
    }
    assert_eq!(life.page().await["sets"][0]["open_steps"], json!([]));
    world.get("acknowledge_credentials", on_it.clone()).await;
    let sets = life.page().await["sets"].clone();
    assert_eq!(sets[0]["acknowledged"]["me"], true);
    assert_eq!(life.listed().await["rotation"], Value::Null);
    let old =
        json!({ "installation": listed["id"], "client_id": sets[1]["set"]["client_id"], "way": "basic" });
    assert_eq!(
        world.call("get_token", old).await.unwrap_err().code,
        ErrorCode::Platform,
        "the old set has ended"
    );
    let refused = world.call("acknowledge_credentials", on_it).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Platform);
    assert_eq!(refused.params["status"], "409", "a person can say then that it was done elsewhere");
    let elsewhere = json!({ "client_id": new });
    world.change("installation", installation, "credentials.acknowledge", elsewhere).await.unwrap();
}

#[tokio::test]
async fn from_install_to_uninstall() {
    let data = tempfile::tempdir().unwrap();
    let life = Life::with_vault(data.path(), SandboxOptions::default()).await;
    let world = &life.world;
    let first = life.cloud.latest().await;
    let mut secrets = secrets_of(&first);

    // Taken and verified, its credentials in the vault.
    let taken = life.take().await;
    assert_eq!(taken["outcome"], "taken", "{taken}");
    assert!(taken["steps"].as_array().unwrap().iter().all(|step| step["outcome"] == "passed"));
    let again = life.take().await;
    assert_eq!(again["outcome"], "duplicate");
    let listed = life.listed().await;
    let which = json!({ "installation": listed["id"] });
    assert_eq!(
        (&listed["account"], &listed["life"], &listed["version"], &listed["region"]),
        (&json!("sample-apps"), &json!("installed"), &json!("1.3.0"), &json!("Sandbox"))
    );
    assert_eq!(listed["deadlines"][0]["kind"], "app.installed");
    let needs = world.get("home", json!({})).await["needs"].clone();
    assert!(needs.as_array().unwrap().iter().any(|need| need["kind"] == "answer_talkdesk"), "{needs}");

    match_with_customer(&life, &listed).await;

    // A token both ways, and what Talkdesk says with it.
    let set = life.page().await["sets"][0].clone();
    assert_eq!((&set["secret_here"], &set["key_here"]), (&json!(true), &json!(true)));
    for way in ["basic", "private_key_jwt"] {
        let args = json!({ "installation": listed["id"], "client_id": set["set"]["client_id"], "way": way });
        let got = world.get("get_token", args).await;
        assert!(got["scopes"].as_array().unwrap().contains(&json!("apps:write")), "{way}");
        assert!(got["expires_at"].as_i64().unwrap() > 0 && got.get("access").is_none());
    }
    let look = world.get("look_at_installation", which.clone()).await;
    assert_eq!(look["state"]["state"], "pending");
    assert!(look["me"].as_str().unwrap().contains("sample-apps"), "{look}");

    // Revealed on demand, noted, and in no command.
    let secret = json!({ "kind": "installation_secret", "id": set["secret"] });
    assert_eq!(world.get("reveal_secret", secret).await["text"], secrets[0].as_str());

    // Approved: the state before and after, and the deadline rests.
    let answer =
        json!({ "installation": listed["id"], "events": [taken["event"]], "word": { "word": "approve" } });
    let answered = world.get("answer_installation", answer.clone()).await;
    assert_eq!((&answered["sent"], &answered["state"]["state"]), (&json!(true), &json!("completed")));
    assert_eq!(life.page().await["deadlines"][0]["state"], "answered");
    let twice = world.get("answer_installation", answer).await;
    assert_eq!(twice["sent"], false, "nothing is sent where Talkdesk does not wait");

    // Updated: users and plan; the app itself answers, and Talkdesk says so.
    life.cloud.happens(json!({ "type": "app.updated", "users": { "adding": ["u1", "u2"] }, "subscription": { "adding": { "name": "Pro", "licenses": 5 } } })).await;
    assert_eq!(life.take().await["outcome"], "taken");
    let page = life.page().await;
    assert_eq!((page["users"].as_array().unwrap().len(), &page["plan"]["seats"]), (2, &json!(5)));
    assert_eq!(page["listed"]["deadlines"][0]["kind"], "app.updated");
    let rejected = json!({ "installation": listed["id"], "events": [page["listed"]["deadlines"][0]["event"]], "word": { "word": "reject", "reason": " " } });
    assert_eq!(world.call("answer_installation", rejected).await.unwrap_err().code, ErrorCode::Refused);
    let events = json!([page["listed"]["deadlines"][0]["event"]]);
    let approve = json!({ "installation": listed["id"], "events": events, "word": { "word": "approve" } });
    world.get("answer_installation", approve).await;
    assert_eq!(life.page().await["listed"]["deadlines"], json!([]));

    // All of it shows in the partner process; what the test on an own account is, the workspace has to know.
    let steps = [
        "integrating.register",
        "integrating.installation",
        "integrating.token",
        "events.integrate",
        "events.region",
        "events.credentials",
        "alerts.users",
        "alerts.plan",
    ];
    assert_eq!(shown(world).await, steps);
    own_account(world).await;
    assert!(shown(world).await.contains(&"test_and_submit.test".to_owned()));

    rotate(&life, &listed, &mut secrets).await;

    // Uninstalled: with the answer its credentials end.
    life.cloud
        .happens(json!({ "type": "app.uninstalled", "reason": { "type": "price", "message": "Too dear" } }))
        .await;
    assert_eq!(life.take().await["outcome"], "taken");
    let page = life.page().await;
    assert_eq!((&page["life"], &page["reason_message"]), (&json!("uninstalled"), &json!("Too dear")));
    let events = json!([page["listed"]["deadlines"][0]["event"]]);
    let approve = json!({ "installation": listed["id"], "events": events, "word": { "word": "approve" } });
    let answered = world.get("answer_installation", approve).await;
    assert_eq!((&answered["sent"], &answered["state"]["state"]), (&json!(true), &json!("revoked")));
    assert!(
        world.call("look_at_installation", which).await.is_err(),
        "with the app gone its credentials are gone"
    );

    // Everything is told in the activity, found by the search, and no secret is anywhere.
    world.settled().await;
    let all = json!({ "project": null, "person": null, "kinds": [], "from": null, "to": null, "words": [] });
    let activity =
        world.get("activity", json!({ "wanted": all, "offset": 0, "limit": 200 })).await.to_string();
    for kind in ["event.take", "installation.answer", "credentials.acknowledge", "secret.note_reveal"] {
        assert!(activity.contains(kind), "{kind}");
    }
    let found = world.get("search", json!({ "text": "sample-apps", "limit": 20 })).await.to_string();
    assert!(found.contains("\"installation\""), "{found}");
    let listed = json!({ "verified": null, "text": "", "offset": 0, "limit": 50 });
    let events = world.get("events", listed).await;
    assert_eq!(events["total"], 4);
    let every = [activity, found, events.to_string(), life.page().await.to_string()].concat();
    for secret in &secrets {
        assert!(!every.contains(secret.as_str()));
    }
    world.engine.close().await;
    nowhere(data.path(), &secrets);
}

#[tokio::test]
async fn a_vault_that_takes_nothing_costs_nobody_the_event() {
    let data = tempfile::tempdir().unwrap();
    let life = Life::begin(data.path(), SandboxOptions::default()).await;
    let first = life.cloud.latest().await;
    // Without a vault, with one way into it, and locked: nothing is taken, and nothing is written of it.
    let error = life.world.call("take_delivery", first.clone()).await.unwrap_err();
    assert!(
        matches!(error.code, ErrorCode::SecondSlot | ErrorCode::NoKeychain | ErrorCode::VaultLocked),
        "{error:?}"
    );
    life.world.get("set_passphrase", json!({ "passphrase": PASSPHRASE })).await;
    let error = life.world.call("take_delivery", first.clone()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::SecondSlot);
    life.world.get("new_recovery_code", json!({})).await;
    life.world.get("lock_vault", json!({})).await;
    let error = life.world.call("take_delivery", first.clone()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::VaultLocked);
    assert_eq!(life.world.get("installations", json!({})).await, json!([]));
    life.world.get("open_vault", json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(life.world.get("take_delivery", first).await["outcome"], "taken");
}

#[tokio::test]
async fn what_was_not_signed_by_the_cloud_says_which_step_failed_and_changes_nothing() {
    let data = tempfile::tempdir().unwrap();
    let life = Life::with_vault(data.path(), SandboxOptions::default()).await;
    let good = life.cloud.latest().await;
    let changed = |name: &str, value: &str| {
        let mut delivery = good.clone();
        delivery[name] = json!(value);
        delivery
    };
    let forged = |from: &str, to: &str| pasted(&good, &body_of(&good).replace(from, to));
    let deep = pasted(&good, &format!("{{\"data\":{}", "[".repeat(200_000)));
    let large = pasted(&good, &" ".repeat(2_000_000));
    let cases = [
        ("no header", changed("signature", ""), "header", "header_missing"),
        ("an unknown key", changed("key_id", "nobody"), "key", "key_unknown"),
        ("no signature", changed("signature", "zz"), "encoding", "encoding"),
        ("another name", forged("sample-apps", "sample-apqs"), "match", "mismatch"),
        ("another line end", forged("{", "{\n"), "match", "mismatch"),
        ("another gateway", forged("/gateway/td-eu-1", "/gateway/td-mars-1"), "key", "key_unknown"),
        (
            "inside the network",
            forged(life.cloud.running.url(), "http://10.0.0.1"),
            "key",
            "gateway_untrusted",
        ),
        ("cut short", pasted(&good, "{\"id\":"), "body", "not_json"),
        ("nested without end", deep, "body", "not_json"),
        ("too large", large, "body", "too_large"),
    ];
    let n = cases.len();
    for (what, delivery, step, reason) in cases {
        let came = life.world.get("take_delivery", delivery).await;
        assert_eq!(came["outcome"], "refused", "{what}");
        let failed =
            came["steps"].as_array().unwrap().iter().find(|step| step["outcome"] == "failed").unwrap();
        assert_eq!((&failed["step"], &failed["reason"]), (&json!(step), &json!(reason)), "{what}");
    }
    assert_eq!(life.world.get("installations", json!({})).await, json!([]));
    let refused = json!({ "verified": false, "text": "", "offset": 0, "limit": 50 });
    assert_eq!(life.world.get("events", refused).await["total"], n);
    // A forged one took no genuine one's id.
    assert_eq!(life.take().await["outcome"], "taken");
    life.world.engine.close().await;
    nowhere(data.path(), &secrets_of(&good));
}

#[tokio::test]
async fn every_curve_encoding_and_algorithm_that_the_documentation_leaves_open() {
    let curves = ["P-256", "P-384", "P-521"].map(|name| name.parse::<Curve>().unwrap());
    for (at, name) in ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512"].into_iter().enumerate() {
        let data = tempfile::tempdir().unwrap();
        let options = SandboxOptions {
            signature_curve: curves[at % 3],
            signature_raw: at >= 3,
            key_algorithm: name.parse::<Algorithm>().unwrap(),
            ..SandboxOptions::default()
        };
        let life = Life::with_vault(data.path(), options).await;
        assert_eq!(life.take().await["outcome"], "taken", "{name}");
        let (listed, page) = (life.listed().await, life.page().await);
        let client = &page["sets"][0]["set"]["client_id"];
        let args = json!({ "installation": listed["id"], "client_id": client, "way": "private_key_jwt" });
        assert_eq!(life.world.get("get_token", args).await["way"], "private_key_jwt", "{name}");
    }
}
