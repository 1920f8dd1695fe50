//! The sandbox as a cloud in which an account has installed the app, and what the app received of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Method, RequestBuilder};
use sandbox::{Running, Sandbox, SandboxOptions};
use serde_json::{Value, json};

const APP: &str = "0191d8a0-0000-7000-8000-000000000001";

pub struct Cloud {
    pub running: Running,
    http: Client,
    /// At Talkdesk.
    installation: String,
}

impl Cloud {
    pub async fn begin(options: SandboxOptions) -> Self {
        let mut cloud = Self::start(options).await;
        let receiver = format!("{}/receiver", cloud.running.url());
        cloud.install(&receiver).await;
        cloud
    }

    /// With no app installed yet.
    pub async fn start(options: SandboxOptions) -> Self {
        let running = Sandbox::start(options).await.unwrap();
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { running, http, installation: String::new() }
    }

    /// Through the install page, as an admin of the account does; its events go to a callback.
    pub async fn install(&mut self, callback: &str) {
        self.install_with(callback, json!({})).await;
    }

    /// The same of a version with more fields.
    pub async fn install_with(&mut self, callback: &str, more: Value) {
        let version = format!("{}/partner-project/apps/{APP}/versions/v1", self.running.url());
        let mut draft = json!({
            "app": { "id": APP, "name": "Call Notes", "slug": "call-notes" },
            "version": { "id": "v1", "number": "1.3.0" },
            "fields": {
                "events_callback_url": callback,
                "scopes": ["apps:read", "apps:write", "events:read"],
            },
        });
        draft["fields"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let draft = self.http.put(&version).bearer_auth(self.running.token()).json(&draft);
        assert!(draft.send().await.unwrap().status().is_success());
        let link = self.http.get(format!("{version}/install-link?account=sample-apps"));
        let link: Value = link.bearer_auth(self.running.token()).send().await.unwrap().json().await.unwrap();
        self.follow(link["url"].as_str().unwrap(), "sample-apps").await;
    }

    /// Follows an installation link, as an admin of an account does.
    pub async fn follow(&mut self, link: &str, account: &str) {
        let page = url::Url::parse(link).unwrap();
        let install = self.http.post(format!("{}{}", self.running.url(), page.path()));
        let install = install.header("content-type", "application/x-www-form-urlencoded");
        let install = install.body(format!("account={account}&region=td-eu-1"));
        assert_eq!(install.send().await.unwrap().status(), 303);
        let made: Value =
            self.reviewer(Method::GET, "/installations").send().await.unwrap().json().await.unwrap();
        made[0]["id"].as_str().unwrap().clone_into(&mut self.installation);
    }

    pub fn reviewer(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/reviewer/api{path}", self.running.url());
        self.http.request(method, url).bearer_auth(self.running.reviewer_token())
    }

    pub async fn happens(&self, what: Value) {
        let path = format!("/installations/{}/events", self.installation);
        let answer = self.reviewer(Method::POST, &path).json(&what).send().await.unwrap();
        assert_eq!(answer.status(), 201, "{what}");
    }

    /// What the app received latest, once nothing is under way: as somebody pastes it.
    pub async fn latest(&self) -> Value {
        loop {
            let all: Value =
                self.reviewer(Method::GET, "/deliveries").send().await.unwrap().json().await.unwrap();
            if all.as_array().unwrap().iter().all(|delivery| delivery["state"] != "under_way") {
                break;
            }
            tokio::task::yield_now().await;
        }
        let all: Value = self.reviewer(Method::GET, "/received").send().await.unwrap().json().await.unwrap();
        let got = all.as_array().unwrap().last().unwrap().clone();
        pasted(&got, got["body"].as_str().unwrap())
    }
}

pub fn pasted(got: &Value, body: &str) -> Value {
    let body = STANDARD.encode(body);
    json!({ "signature": got["signature"].as_str().unwrap_or(""), "key_id": got["key_id"].as_str().unwrap_or(""), "body": body })
}

pub fn body_of(delivery: &Value) -> String {
    let body = STANDARD.decode(delivery["body"].as_str().unwrap());
    String::from_utf8(body.unwrap()).unwrap()
}
