//! An installation of the samples, as its events tell of it: on a trial, its plan just changed, everything answered. No
//! secret came with it, and nobody is asked about it.

use domain::ids::{CustomerId, ProjectId};
use domain::installation::{
    CredentialSet, EventFacts, Happened, Received, SubscribedPlan, TalkdeskState, Word,
};
use domain::{AggregateRef, Body, Timestamp};
use serde_json::{Value, json};

use super::{Engine, Error};

const HOUR: i64 = 60 * 60 * 1_000;
const APP: &str = "5a3c1e907b2d4f6894a8c0d2e4f60718";
const VERSION: &str = "e1c3a5870f294b6d8fa1c3e507294b6d";
const ACCOUNT: &str = "c7e50f8b1d3a4c92b6f8a0e2d4c61735";
const ACCOUNT_NAME: &str = "sample-customer-a";
const INSTALLATION: &str = "9d2b4f6081a3c5e7f9b1d3f507294b6d";
const CLIENT: &str = "3f5d7b91a3c5e7092b4d6f8193a5c7e9";
const KEY: &str = "b7d9f1033557799bb1d3f50729486a8c";
/// The key that the events are signed with.
const SIGNED_BY: &str = "0c2e4f6183a5c7e90b2d4f6183a5c7e9";
const USERS: [&str; 3] = [
    "1b3d5f7092a4c6e80a2c4e6081a3c5e7",
    "2c4e608193b5d7f91b3d5f7092b4d6f8",
    "3d5f7192a4c6e80a2c4e608193a5c7e9",
];
/// The gateway of the customer's region, and the account's Talkdesk ID.
const ROOT: &str = "https://api.talkdeskapp.com";
const TALKDESK_ID: &str = "https://sample-customer-a.talkdeskid.com/oauth";

impl Engine {
    /// One of the customers has a project's app.
    pub(super) async fn sample_installed(
        &self,
        project: ProjectId,
        customer: CustomerId,
    ) -> Result<(), Error> {
        let now = self.now();
        let of = AggregateRef::Installation(intake::installation_id(INSTALLATION));
        let mut answered = Vec::new();
        for (id, hours, what, data) in happened(now) {
            if what.wants_answer() {
                answered.push(id.to_owned());
            }
            let mut event = facts(id, Timestamp(now.0 - hours * HOUR), what);
            let body = written(&event, data);
            event.body = Some(self.add_file(&intake::body_name(&event), body.into_bytes()).await?);
            self.change(of, Body::EventTake { event: Box::new(event) }).await?;
        }
        self.change(of, Body::InstallationMatch { customer: Some(customer), project: Some(project) }).await?;
        let state = |state: &str| TalkdeskState {
            state: state.to_owned(),
            reason: String::new(),
            updated_at: Some(now),
        };
        let body = Body::InstallationAnswer {
            events: answered,
            word: Word::Approve,
            before: state("pending"),
            after: state("completed"),
        };
        self.change(of, body).await.map(|_| ())
    }
}

/// The events: id, how many hours ago, what it says, and what stands in its `data` of that.
fn happened(now: Timestamp) -> [(&'static str, i64, Happened, Value); 4] {
    let set = CredentialSet {
        client_id: CLIENT.to_owned(),
        key_id: KEY.to_owned(),
        key_algorithm: "ES256".to_owned(),
        ..CredentialSet::default()
    };
    let ends_at = Timestamp(now.0 + 27 * 24 * HOUR);
    let plan = SubscribedPlan { name: "Standard".to_owned(), seats: Some(8) };
    let users = USERS.map(str::to_owned).to_vec();
    [
        (
            "7e1f3a5c7092b4d6f81a3c5e7092b4d6",
            73,
            Happened::Installed { set },
            json!({ "client_id": CLIENT, "key_id": KEY, "key_algorithm": "ES256" }),
        ),
        (
            "8f203b6d81a3c5e7092b4d6f81a3c5e7",
            72,
            Happened::TrialStarted { ends_at: Some(ends_at) },
            json!({ "expires_at": domain::time::written(ends_at) }),
        ),
        (
            "90314c7e92b4d6f81a3c5e7092b4d6f8",
            26,
            Happened::Updated { adding: users, removing: Vec::new(), plan: Some(plan) },
            json!({ "users": { "adding": USERS }, "subscription": { "adding": { "name": "Standard", "licenses": 8 } } }),
        ),
        (
            "a1425d8fa3c5e7092b4d6f81a3c5e709",
            3,
            Happened::UserLogout { user: USERS[1].to_owned() },
            json!({ "user_id": USERS[1] }),
        ),
    ]
}

fn facts(id: &str, happened_at: Timestamp, what: Happened) -> EventFacts {
    EventFacts {
        id: id.to_owned(),
        happened_at,
        what,
        installation: INSTALLATION.to_owned(),
        account: ACCOUNT.to_owned(),
        account_name: ACCOUNT_NAME.to_owned(),
        app: APP.to_owned(),
        version: VERSION.to_owned(),
        version_name: "1.2.0".to_owned(),
        root: ROOT.to_owned(),
        region: "US".to_owned(),
        tokens: format!("{TALKDESK_ID}/token"),
        authorization: format!("{TALKDESK_ID}/authorize"),
        key_id: SIGNED_BY.to_owned(),
        received: Received::ByHand,
        body: None,
    }
}

/// The event as Talkdesk would have written it, without what is secret in it.
fn written(event: &EventFacts, of_kind: Value) -> String {
    let mut data = json!({
        "installation_id": event.installation, "account_id": event.account, "account_name": event.account_name,
    });
    if let (Some(data), Value::Object(of_kind)) = (data.as_object_mut(), of_kind) {
        data.extend(of_kind);
    }
    let link = |url: String| json!({ "href": url });
    let app = format!("{ROOT}/apps/{APP}");
    let body = json!({
        "id": event.id, "created_at": domain::time::written(event.happened_at), "api_version": "1",
        "type": event.what.kind(), "app_id": event.app, "app_version_id": event.version,
        "app_version_name": event.version_name, "data": data,
        "_links": {
            "root": link(ROOT.to_owned()), "self": link(format!("{app}/events/{}", event.id)),
            "tokens": link(event.tokens.clone()), "authorization": link(event.authorization.clone()),
            "installation": link(format!("{app}/installations/{}", event.installation)),
            "userinfo": link(format!("{ROOT}/users/me")),
        },
    });
    serde_json::to_string_pretty(&body).unwrap_or_default()
}
