//! A workspace that goes to a team's service, its members, what Talkdesk sends there, and the service away: a real one,
//! on a port of its own.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use axum::Router;
use axum::http::{StatusCode, header};
use domain::checklist::Outcome;
use domain::ids::RunId;
use domain::{AggregateRef, Body};
use fantoccini::key::Key;
use sandbox::SandboxOptions;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Kind, Visitor, Walk};
use crate::cloud::Cloud;
use crate::driver::{App, LONG, poll, testid};
use crate::given::Given;
use crate::installations::told;
use crate::steps;
use crate::team::{Served, idp};

/// What goes there.
pub async fn make(data: &Path) -> Result<()> {
    let given = Given::workspace(data).await?;
    let project = given.project("Call Notes").await?;
    let version = given.version(project, "1.0.0").await?;
    given.run(project, version).await?;
    given.close().await
}

impl<V: Visitor> Walk<'_, V> {
    pub(super) async fn team(&mut self) -> Result<()> {
        let (idp, folder, theirs) = (idp().await, TempDir::new()?, TempDir::new()?);
        let mut cloud = Cloud::start(SandboxOptions::default()).await;
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let served = Served::receiving(folder.path(), &idp, any, &cloud.running).await;
        self.moves(&served).await?;
        let colleague = Given::again(theirs.path()).await;
        self.members(&colleague, &served).await?;
        let address = self.receiving().await?;
        self.received(&mut cloud, &address).await?;
        self.two_at_once(&colleague).await?;
        colleague.abandon().await;
        let address = served.address;
        served.stop().await;
        self.offline().await?;
        self.not_the_service(address).await?;
        self.moved().await
    }

    /// This computer's workspace goes to the service.
    async fn moves(&mut self, served: &Served) -> Result<()> {
        let code = served.service.owner_code().await?;
        self.go("connections").await?;
        self.open("move-workspace", "join-dialog").await?;
        self.app.fill(testid("team-url"), &served.url()).await?;
        self.app.click(testid("join-go")).await?;
        self.app.wait_for(testid("team-sign-in")).await?;
        self.visit("move, who signs in", Kind::Over).await?;
        self.app.click(testid("team-sign-in")).await?;
        self.app.click(testid("use-browser")).await?;
        consent(&waiting(self.app).await?, "partner-manager").await?;
        self.app.fill(testid("team-code"), &code).await?;
        self.visit("move, the code", Kind::Over).await?;
        self.app.click(testid("join-go")).await?;
        // It opens there, at its home.
        self.app.wait_for("[data-screen=home]").await?;
        self.go("connections").await?;
        self.app.wait_for(testid("leave-connection")).await?;
        self.screen("a team").await
    }

    async fn members(&mut self, colleague: &Given, served: &Served) -> Result<()> {
        self.go("workspace").await?;
        self.app.click(testid("to-members")).await?;
        self.app.wait_for(testid("member-row")).await?;
        self.group = "members";
        for email in ["qa.1@sample-apps.example", "developer@sample-apps.example"] {
            self.open("invite-member", "invite-dialog").await?;
            self.app.fill(testid("invite-email"), email).await?;
            self.visit("invite", Kind::Over).await?;
            self.app.click(testid("invite-go")).await?;
            self.app.wait_gone(testid("invite-dialog")).await?;
        }
        join(colleague, served, "qa-1").await?;
        self.app.click("[data-member='QA 1'] button").await?;
        // Both are here, and each desktop says so by itself.
        self.app.wait_for("[data-member='QA 1'] [data-here=true]").await?;
        self.app.wait_for("[data-member='Partner manager'] [data-here=true]").await?;
        // A narrow sidebar has room for oneself alone.
        if self.app.eval("return matchMedia('(min-width: 1181px)').matches").await? == true {
            self.app.wait_for(testid("here")).await?;
        }
        self.screen("a team").await?;
        self.over("remove a member", "member-remove", "remove-member").await?;
        self.app.click("[data-member='Partner manager'] button").await?;
        self.app.fill(testid("away-until"), "2027-01-08").await?;
        self.app.click(testid("away-save")).await?;
        self.app.wait_for("[data-member='Partner manager'] .t-warn").await?;
        self.screen("somebody away").await
    }

    /// How events arrive where a team's service takes them: an address that is shown once, and the relay behind it.
    async fn receiving(&mut self) -> Result<String> {
        self.go("events").await?;
        self.open("events-arrive", "receiving").await?;
        self.app.wait_for(testid("make-address")).await?;
        self.visit("how events arrive, no address", Kind::Over).await?;
        self.app.click(testid("make-address")).await?;
        self.app.wait_for(testid("hook")).await?;
        let address = self.app.text(testid("address")).await?;
        self.visitor.receives(&json!([address]));
        self.visit("an address, shown once", Kind::Over).await?;
        self.app.click(testid("relay-begin")).await?;
        self.app.wait_for(testid("relay-url")).await?;
        self.visit("the relay", Kind::Over).await?;
        self.leave("the relay", "receiving").await?;
        Ok(address)
    }

    /// An event that the service took, sent to the app once more.
    async fn received(&mut self, cloud: &mut Cloud, address: &str) -> Result<()> {
        cloud.install(address).await;
        self.app.wait_for(testid("delivery-body")).await?;
        let body = self.app.text(testid("delivery-body")).await?;
        self.visitor.receives(&serde_json::from_str(&body)?);
        let all = json!({ "verified": null, "text": "", "offset": 0, "limit": 10 });
        self.visitor.receives(&told(self.app, "events", all).await?);
        self.screen("received").await?;
        self.open("replay-open", "replay").await?;
        self.visit("send an event again", Kind::Over).await?;
        let app = format!("{}/receiver", cloud.running.url());
        self.app.fill(testid("replay-url"), &app).await?;
        self.app.click(testid("replay-send")).await?;
        self.app.wait_for(testid("replay-answer")).await?;
        self.visit("an event sent again", Kind::Over).await?;
        self.leave("an event sent again", "replay").await
    }

    /// A colleague found otherwise what this person ticked: neither knew of the other.
    async fn two_at_once(&mut self, colleague: &Given) -> Result<()> {
        let run = poll(LONG, async || {
            let all = colleague.call("runs", json!({})).await.ok()?;
            serde_json::from_value::<RunId>(all["runs"][0]["id"].clone()).ok()
        });
        let run = AggregateRef::Run(run.await.context("the run did not come to the colleague")?);
        self.go("checklists").await?;
        self.app.click(testid("run-row")).await?;
        self.app.wait_for("[data-testid^=item-][data-current=true]").await?;
        self.group = "run";
        let item = steps::current_item(self.app).await?;
        self.app.keys("p").await?;
        steps::ticked(self.app, &item, "pass").await?;
        let (reason, knew) = (String::new(), Vec::new());
        let body = Body::SetResult { item: item.clone(), outcome: Outcome::Fail, reason, knew };
        colleague.change(run, body).await?;
        self.app.wait_for(format!("[data-testid='item-{item}'][data-status=disputed]").as_str()).await?;
        self.app.keys("k").await?;
        self.app.wait_for(testid("disputed")).await?;
        self.screen("disputed").await
    }

    /// The service does not answer: what is done waits, and everything goes on.
    async fn offline(&mut self) -> Result<()> {
        self.go("workspace").await?;
        self.app.fill(testid("workspace-name"), "Sample Apps Ltd").await?;
        self.app.press(Key::Enter).await?;
        self.app.wait_for(testid("sync-now")).await?;
        self.app.eval("document.activeElement?.blur()").await?;
        self.screen("offline").await?;
        self.go("connections").await?;
        self.app.wait_for(testid("switch-connection")).await?;
        self.screen("offline").await?;
        self.go("home").await?;
        self.screen("offline").await
    }

    /// In the service's place a network answers that asks to sign in, and then something that has no time: each is told
    /// as what it is, and what was done waits on. Who has no time comes last: it is left alone for as long as it asks.
    async fn not_the_service(&mut self, address: SocketAddr) -> Result<()> {
        self.go("workspace").await?;
        for (state, place) in [("intercepted", "a network asks to sign in"), ("busy", "busy")] {
            let answers = match state {
                "busy" => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "600")], ""),
                _ => (StatusCode::OK, [(header::CONTENT_TYPE, "text/html")], "<title>Guests</title>"),
            };
            let router = Router::new().fallback(async move || answers);
            let listener = TcpListener::bind(address).await?;
            let network = tokio::spawn(async move { axum::serve(listener, router).await });
            self.app.click(testid("sync-now")).await?;
            self.app.wait_for(format!("[data-testid=sync-state][data-state={state}]").as_str()).await?;
            self.app.eval("document.activeElement?.blur()").await?;
            self.screen(place).await?;
            network.abort();
            let _ = network.await;
        }
        Ok(())
    }

    /// Where the workspace came from, it stands to be read.
    async fn moved(&mut self) -> Result<()> {
        self.go("connections").await?;
        self.app.click(testid("switch-connection")).await?;
        self.app.wait_for(testid("moved-banner")).await?;
        self.go("projects").await?;
        self.app.wait_for(testid("project-row")).await?;
        self.screen("moved to a team").await?;
        self.go("connections").await?;
        self.app.wait_for(testid("remove-connection")).await?;
        self.over("remove a workspace", "remove-connection", "remove-workspace").await
    }
}

/// Comes in as somebody whom the team invited.
async fn join(colleague: &Given, served: &Served, person: &str) -> Result<()> {
    let url = served.url();
    let registration = colleague.call("ask_team", json!({ "url": url })).await?["registration"].take();
    let begun = colleague.call("sign_in", json!({ "id": registration, "by": "browser" })).await?;
    consent(&begun, person).await?;
    let at = json!({ "url": url, "registration": registration });
    let known = poll(LONG, async || colleague.call("team_workspaces", at.clone()).await.ok());
    let known = known.await.context("the colleague was not signed in")?;
    let join = json!({ "url": url, "registration": registration, "workspace": known[0]["workspace"] });
    colleague.call("join_team", join).await.map(drop)
}

/// The sign-in that waits for the system's browser.
async fn waiting(app: &App) -> Result<Value> {
    let waiting = poll(LONG, async || {
        let all = app.call("sign_ins", json!({})).await.ok()?.ok()?;
        Some(all[0]["session"].clone()).filter(|session| session["by"] == "browser")
    });
    waiting.await.context("no browser was asked")
}

/// A person says yes where the identity provider asks.
async fn consent(session: &Value, person: &str) -> Result<()> {
    let address = session["address"].as_str().context("no address")?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    http.get(format!("{address}&auto={person}")).send().await?.error_for_status()?;
    Ok(())
}
