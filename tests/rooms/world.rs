//! A desktop without its window: the engine, the real embedded service, and the one list of calls.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use domain::ids::{ProjectId, VersionId};
use partner_console::embedded::Service;
use partner_core::engine::{Engine, Host, Options};
use partner_core::error::Error;
use partner_core::ipc::{self, Reply};
use partner_core::vault::NoKeychain;
use serde_json::{Value, json};
use uuid::Uuid;

/// A desktop that remembers what it was asked to open.
#[derive(Default)]
pub struct Desk {
    pub opened: Mutex<Vec<String>>,
    downloads: Option<PathBuf>,
}

impl Host for Desk {
    fn open(&self, address: &str) -> Result<(), String> {
        self.opened.lock().unwrap().push(address.to_owned());
        Ok(())
    }
    fn quit(&self) {}
    fn carry(&self, _: ProjectId, _: VersionId) -> Result<(), String> {
        Err("no desktop".to_owned())
    }

    fn notify(&self, _: &str, _: &str, _: Option<String>) -> Result<(), String> {
        Err("no desktop".to_owned())
    }

    fn downloads(&self) -> Option<PathBuf> {
        self.downloads.clone()
    }
}

pub struct World {
    pub engine: Engine,
    pub desk: Arc<Desk>,
}

impl World {
    pub async fn at(data: &Path) -> Self {
        let desk = Arc::new(Desk { downloads: Some(data.join("downloads")), ..Desk::default() });
        let engine = Engine::start(Options {
            data: data.to_owned(),
            host: desk.clone(),
            embedded: Arc::new(Service),
            clock: partner_service::system_clock(),
            keychain: Arc::new(NoKeychain),
        })
        .await;
        Self { engine, desk }
    }

    pub async fn started(data: &Path) -> Self {
        let world = Self::at(data).await;
        world.call("start_here", json!({ "workspace": "Sample Apps", "name": "PM" })).await.unwrap();
        world
    }

    pub async fn call(&self, name: &str, args: Value) -> Result<Value, Error> {
        let reply = ipc::call(&self.engine, name, args).await?;
        Ok(serde_json::from_str(&reply).unwrap())
    }

    pub async fn get(&self, name: &str, args: Value) -> Value {
        self.call(name, args).await.unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }

    /// Hands a file over, in pieces as the window does; gives the name that it has here.
    pub async fn hand_over(&self, bytes: &[u8]) -> Value {
        let mut file = Value::Null;
        let mut at = 0;
        // An empty file is handed over as well.
        while file.is_null() || at < bytes.len() {
            let end = bytes.len().min(at + 64 * 1024);
            let args = json!({ "file": file, "at": at });
            let reply = ipc::call_with(&self.engine, "hand_over", args, bytes[at..end].to_vec()).await;
            let Ok(Reply::Json(reply)) = reply else { panic!("{reply:?}") };
            file = serde_json::from_str::<Value>(&reply).unwrap()["file"].take();
            at = end;
        }
        file
    }

    pub async fn change(&self, kind: &str, id: &str, body: &str, args: Value) -> Result<Value, Error> {
        let change =
            json!({ "aggregate": { "kind": kind, "id": id }, "body": { "kind": body, "args": args } });
        self.call("change", change).await
    }

    /// A project with a version that is ready to be submitted.
    pub async fn with_complete_version(&self) -> (String, String) {
        let (project, version) = (id(), id());
        let details = json!({ "name": "Call Notes", "slug": "call-notes", "owner": "PM" });
        self.change("project", &project, "project.create", json!({ "details": details })).await.unwrap();
        let number = json!({ "version": version, "number": "1.0.0" });
        self.change("project", &project, "version.create", number).await.unwrap();
        self.complete(&project, &version).await;
        (project, version)
    }

    /// Fills every required field.
    pub async fn complete(&self, project: &str, version: &str) {
        for (field, value) in complete() {
            let before =
                if field == "slug" { json!({ "type": "text", "value": "call-notes" }) } else { Value::Null };
            let set = json!({ "version": version, "field": field, "value": value, "expects": before });
            self.change("project", project, "version.set_field", set).await.unwrap();
        }
    }

    /// Waits until the embedded service has everything: the outbox is empty.
    pub async fn settled(&self) {
        let mut changes = self.engine.changes();
        while !self.get("pending", json!({})).await["rows"].as_array().unwrap().is_empty() {
            changes.recv().await.unwrap();
        }
    }
}

pub fn id() -> String {
    Uuid::now_v7().to_string()
}

/// Every required field, filled as a person would.
pub fn complete() -> Vec<(&'static str, Value)> {
    let text = |text: &str| json!({ "type": "text", "value": text });
    let plan = |kind: &str, price: &str| {
        json!({ "type": kind, "license_type": "individual", "name": kind, "price": price, "description": "",
                "listing_summary": "", "min_licenses": 1, "max_licenses": null })
    };
    let picture =
        json!({ "type": "assets", "value": [{ "url": "https://a.example/i.png", "description": "" }] });
    vec![
        ("slug", text("call-notes")),
        ("listing_summary", text("Notes next to the call")),
        ("description", text("Notes.")),
        ("app_type", text("standalone")),
        ("render", text("portal")),
        ("emails", json!({ "type": "emails", "value": [{ "type": "support", "email": "s@a.example" }] })),
        ("icon", picture.clone()),
        ("screenshots", picture),
        ("events_callback_url", text("https://a.example/events")),
        ("standalone_url", text("https://a.example/app")),
        ("redirect_uris", json!({ "type": "list", "value": ["https://a.example/callback"] })),
        ("scopes", json!({ "type": "scopes", "value": [{ "scope": "openid", "reason": "Sign-in" }] })),
        ("plans", json!({ "type": "plans", "value": [plan("trial", ""), plan("paid", "12")] })),
        ("categories", json!({ "type": "list", "value": ["Productivity"] })),
        ("privacy_policy", text("https://a.example/privacy")),
        ("terms_of_service", text("https://a.example/terms")),
    ]
}
