//! Installs from before their first event on: announced, joined to what comes, looked into; and one that is rejected.

use sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::cloud::{body_of, pasted};
use crate::life::Life;
use crate::world::{World, id};

/// What an announced install is about.
struct About {
    office: String,
    customer: String,
    project: String,
    version: String,
}

/// A customer whose account the sandbox's install is of, a project with its version, and a link that was sent.
async fn about(world: &World) -> About {
    let office = world.engine.workspace_id().unwrap().to_string();
    let about = About { office, customer: id(), project: id(), version: id() };
    let details = json!({ "name": "Sample customer", "account": "sample-apps", "region": "Sandbox", "contacts": [], "notes": "" });
    let customer = json!({ "customer": about.customer, "details": details });
    world.change("workspace", &about.office, "customer.set", customer).await.unwrap();
    let details = json!({ "details": { "name": "Call Notes", "slug": "call-notes", "owner": "" } });
    world.change("project", &about.project, "project.create", details).await.unwrap();
    let version = json!({ "version": about.version, "number": "1.3.0" });
    world.change("project", &about.project, "version.create", version).await.unwrap();
    about
}

async fn announce(world: &World, about: &About, region: &str) -> String {
    let case = id();
    let details = json!({ "customer": about.customer, "project": about.project, "version": about.version, "region": region, "owner": null });
    let set = json!({ "case": case, "details": details });
    world.change("workspace", &about.office, "case.set", set).await.unwrap();
    case
}

async fn say_whose(life: &Life, about: &About) {
    let args = json!({ "customer": about.customer, "project": about.project });
    let id = life.listed().await["id"].as_str().unwrap().to_owned();
    life.world.change("installation", &id, "installation.match", args).await.unwrap();
}

async fn known(life: &Life, about: &About) -> Value {
    let args = json!({ "project": about.project, "customer": about.customer, "accounts": ["sample-apps"] });
    life.world.get("case_known", args).await
}

#[tokio::test]
async fn an_announced_install_waits_for_its_event_and_is_joined_by_it() {
    let data = tempfile::tempdir().unwrap();
    let life = Life::with_vault(data.path(), SandboxOptions::default()).await;
    let (world, about) = (&life.world, about(&life.world).await);
    let case = announce(world, &about, "Sandbox").await;
    let cases = async || world.get("install_cases", json!({})).await;
    let first = cases().await[0].clone();
    assert_eq!(
        (&first["id"], &first["customer"], &first["account"], &first["project"], &first["number"]),
        (
            &json!(case),
            &json!("Sample customer"),
            &json!("sample-apps"),
            &json!("Call Notes"),
            &json!("1.3.0")
        )
    );
    assert_eq!((&first["joined"], &first["candidates"]), (&Value::Null, &json!([])));

    // Which link went to whom is known before anything comes.
    assert_eq!(known(&life, &about).await["sends"], json!([]));
    let link = |url: &str| json!({ "version": about.version, "link": id(), "url": url, "source": "pasted" });
    for url in ["https://partner.example/a", "https://partner.example/b"] {
        let link = link(url);
        world.change("project", &about.project, "link.record", link.clone()).await.unwrap();
        let used = json!({ "link": link["link"], "kind": "mail_draft", "customer": about.customer });
        world.change("project", &about.project, "link.note_use", used).await.unwrap();
    }
    let sends = known(&life, &about).await["sends"].clone();
    let told: Vec<_> =
        sends.as_array().unwrap().iter().map(|send| (&send["number"], &send["superseded"])).collect();
    assert_eq!(told, [(&json!("1.3.0"), &json!(false)), (&json!("1.3.0"), &json!(true))], "newest first");

    // What is not believed, and claims to be of an account, is told of that account and of no other.
    let good = life.cloud.latest().await;
    let forged = pasted(&good, &body_of(&good).replace("1.3.0", "1.3.1"));
    assert_eq!(world.get("take_delivery", forged).await["outcome"], "refused");
    let event: Value = serde_json::from_str(&body_of(&good)).unwrap();
    let of = async |account: &Value| {
        let args = json!({ "project": null, "customer": null, "accounts": [account] });
        world.get("case_known", args).await["refused"].clone()
    };
    let refused = of(&event["data"]["account_id"]).await;
    assert_eq!(
        (&refused[0]["kind"], &refused[0]["failed"]["step"], &refused[0]["failed"]["reason"]),
        (&json!("app.installed"), &json!("match"), &json!("mismatch"))
    );
    assert_eq!((of(&json!("another")).await, of(&json!("")).await), (json!([]), json!([])));

    // It comes: the account's name only suggests it; with whose it is the case is joined by itself.
    assert_eq!(life.take().await["outcome"], "taken");
    let waiting = cases().await[0].clone();
    let candidate = &waiting["candidates"][0];
    assert_eq!(
        (&waiting["joined"], &candidate["account"], &candidate["matched"]),
        (&Value::Null, &json!("sample-apps"), &json!(false))
    );
    say_whose(&life, &about).await;
    let joined = cases().await[0].clone();
    assert_eq!(joined["joined"]["installation"], life.listed().await["id"]);
    assert_eq!(joined["candidates"], json!([]));

    // It ends with what had been wrong, and the service has all of it.
    let end = json!({ "case": case, "end": { "works": true, "cause": "link" } });
    world.change("workspace", &about.office, "case.set_end", end).await.unwrap();
    let ended = cases().await[0]["ended"].clone();
    assert_eq!(
        (&ended["works"], &ended["cause"], &ended["by"]["me"]),
        (&json!(true), &json!("link"), &json!(true))
    );
    world.settled().await;
    assert_eq!(
        cases().await[0]["joined"]["installation"],
        life.listed().await["id"],
        "and after the service took it"
    );
    world.engine.close().await;
}

#[tokio::test]
async fn of_two_announced_installs_a_person_says_which_it_is() {
    let data = tempfile::tempdir().unwrap();
    let life = Life::with_vault(data.path(), SandboxOptions::default()).await;
    let (world, about) = (&life.world, about(&life.world).await);
    let (first, second) = (announce(world, &about, "").await, announce(world, &about, "").await);
    assert_eq!(life.take().await["outcome"], "taken");
    say_whose(&life, &about).await;
    let cases = world.get("install_cases", json!({})).await;
    for case in cases.as_array().unwrap() {
        assert_eq!((&case["joined"], &case["candidates"][0]["matched"]), (&Value::Null, &json!(true)));
    }
    let installation = life.listed().await["id"].clone();
    let join = |case: &str| json!({ "case": case, "installation": installation });
    world.change("workspace", &about.office, "case.join", join(&second)).await.unwrap();
    let refused = world.change("workspace", &about.office, "case.join", join(&first)).await.unwrap_err();
    let code = refused.refusal.map(|refusal| refusal.code);
    assert_eq!(code, Some(domain::RefusalCode::Exists), "an installation is of one open case");
    let cases = world.get("install_cases", json!({})).await;
    let of = |id: &str| cases.as_array().unwrap().iter().find(|case| case["id"] == id).unwrap().clone();
    assert_eq!(of(&second)["joined"]["installation"], installation);
    assert_eq!((&of(&first)["joined"], &of(&first)["candidates"]), (&Value::Null, &json!([])));
    world.engine.close().await;
}

/// With a reason, and recorded with how Talkdesk said that it stood before and after.
#[tokio::test]
async fn an_install_is_rejected_with_a_reason_that_reaches_talkdesk() {
    let data = tempfile::tempdir().unwrap();
    let life = Life::with_vault(data.path(), SandboxOptions::default()).await;
    let world = &life.world;
    let event = life.take().await["event"].clone();
    let installation = life.listed().await["id"].clone();
    let reject = |reason: &str| json!({ "installation": installation, "events": [event], "word": { "word": "reject", "reason": reason } });
    let refused = world.call("answer_installation", reject("  ")).await.unwrap_err();
    assert_eq!(refused.place.unwrap().input.as_deref(), Some("reason"));
    let looked = json!({ "installation": installation });
    assert_eq!(
        world.get("look_at_installation", looked.clone()).await["state"]["state"],
        "pending",
        "nothing went out"
    );

    let answered = world.get("answer_installation", reject("The account has no seats.")).await;
    assert_eq!((&answered["sent"], &answered["state"]["state"]), (&json!(true), &json!("rejected")));
    let at_talkdesk = world.get("look_at_installation", looked).await["state"].clone();
    assert_eq!(
        (&at_talkdesk["state"], &at_talkdesk["reason"]),
        (&json!("rejected"), &json!("The account has no seats."))
    );
    let page = life.page().await;
    let deadline = &page["deadlines"][0];
    assert_eq!(
        (&deadline["state"], &deadline["word"]["word"], &deadline["word"]["reason"], &deadline["by"]["me"]),
        (&json!("answered"), &json!("reject"), &json!("The account has no seats."), &json!(true))
    );
    assert_eq!(page["listed"]["deadlines"], json!([]));
    let wanted = json!({ "project": null, "person": null, "kinds": ["installation.answer"], "from": null, "to": null, "words": [] });
    let rows =
        world.get("activity", json!({ "wanted": wanted, "offset": 0, "limit": 9 })).await["rows"].clone();
    assert_eq!(rows.as_array().unwrap().len(), 1);
    let args = &rows[0]["command"]["args"];
    assert_eq!(
        (&args["before"]["state"], &args["after"]["state"], &args["after"]["reason"]),
        (&json!("pending"), &json!("rejected"), &json!("The account has no seats."))
    );
    // Talkdesk waits for no answer any more: nothing goes out twice.
    let again = world.get("answer_installation", reject("Once more.")).await;
    assert_eq!((&again["sent"], &again["state"]["state"]), (&json!(false), &json!("rejected")));
    world.engine.close().await;
}
