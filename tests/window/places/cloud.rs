//! An installation and its events, as the sandbox sends them: taken by hand, with a vault, a token, a rotation, and the
//! delivery that is forged.

use std::path::Path;

use anyhow::Result;
use fantoccini::key::Key;
use sandbox::SandboxOptions;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Kind, Visitor, Walk};
use crate::apps::{ACCOUNT, APP, signed_in};
use crate::cloud::{Cloud, body_of};
use crate::driver::testid;
use crate::given::Given;
use crate::installations::{PASSPHRASE, paste, told};

/// Whose installation it is, and of which app.
pub async fn make(data: &Path) -> Result<()> {
    let given = Given::workspace(data).await?;
    given.project("Call Notes").await?;
    given.close().await
}

impl<V: Visitor> Walk<'_, V> {
    pub(super) async fn cloud(&mut self) -> Result<()> {
        let options = SandboxOptions { auto_consent: true, ..SandboxOptions::default() };
        let cloud = Cloud::begin(options).await;
        let port = json!({ "url": cloud.running.url(), "token": cloud.running.token() });
        told(self.app, "set_port", port).await?;
        told(self.app, "set_passphrase", json!({ "passphrase": PASSPHRASE })).await?;
        told(self.app, "new_recovery_code", json!({})).await?;
        self.taken(&cloud).await?;
        self.installation().await?;
        self.forged(&cloud).await?;
        self.events(&cloud).await?;
        self.home_asks().await?;
        self.rotation(&cloud).await?;
        self.apps(&cloud).await
    }

    /// The first event makes the installation.
    async fn taken(&mut self, cloud: &Cloud) -> Result<()> {
        self.go("installations").await?;
        self.app.keys("n").await?;
        self.app.wait_for(testid("take-event")).await?;
        self.visit("take an event", Kind::Over).await?;
        let delivery = self.receives(cloud).await;
        paste(self.app, &delivery).await?;
        self.app.click(testid("take-go-on")).await?;
        self.app.wait_for(testid("take-go")).await?;
        self.visit("an event taken", Kind::Over).await?;
        self.app.click(testid("take-go")).await?;
        self.app.wait_for(testid("countdown")).await?;
        self.screen("to answer").await
    }

    /// Whose it is, its token, what Talkdesk says of it.
    async fn installation(&mut self) -> Result<()> {
        self.over("whose it is", "match", "match-dialog").await?;
        self.open("match", "match-dialog").await?;
        self.app.click(testid("match-save")).await?;
        self.app.wait_gone(testid("match-dialog")).await?;
        self.app.keys("t").await?;
        self.app.wait_for(testid("token")).await?;
        self.screen("with a token").await?;
        self.over("export credentials", "export", "export-credentials").await?;
        self.open("case", "case-dialog").await?;
        self.visit("why it fails", Kind::Over).await?;
        self.over("a ticket about it", "case-ticket", "ticket-form-dialog").await?;
        self.leave("why it fails", "case-dialog").await?;
        self.over("look at Talkdesk", "look", "look-dialog").await?;
        self.over("approve", "approve", "answer-dialog").await?;
        self.over("reject", "reject", "answer-dialog").await
    }

    /// What is not from Talkdesk, or changed on the way, says which step failed.
    async fn forged(&mut self, cloud: &Cloud) -> Result<()> {
        self.go("events").await?;
        self.app.wait_for(testid("event-row")).await?;
        self.app.keys("n").await?;
        self.app.wait_for(testid("take-event")).await?;
        let mut delivery = self.receives(cloud).await;
        delivery["signature"] = "30aa".into();
        paste(self.app, &delivery).await?;
        self.app.click(testid("take-go-on")).await?;
        self.app.wait_for("[data-testid=take-event] [data-outcome=failed]").await?;
        self.visit("a forged event", Kind::Over).await?;
        self.leave("a forged event", "take-event").await
    }

    async fn events(&mut self, cloud: &Cloud) -> Result<()> {
        self.app.wait_js("document.querySelectorAll('[data-testid=event-row]').length === 2").await?;
        self.screen("not verified").await?;
        self.over("fetch the original", "fetch-open", "fetch-event").await?;
        self.open("events-arrive", "receiving").await?;
        self.visit("how events arrive", Kind::Over).await?;
        // Any port that is free.
        self.app.fill(testid("listener-port"), "0").await?;
        self.app.click(testid("listener-start")).await?;
        self.app.wait_for(testid("listening")).await?;
        self.visit("a listener", Kind::Over).await?;
        self.leave("a listener", "receiving").await?;
        self.app.wait_for(testid("listening-banner")).await?;
        self.screen("with a listener").await?;
        self.app.click(testid("listening-stop")).await?;
        self.app.wait_gone(testid("listening-banner")).await?;
        self.app.keys("j").await?;
        self.app.wait_for(testid("delivery-body")).await?;
        self.screen("verified").await?;
        self.replay(cloud).await?;
        self.no_match("events-filter").await
    }

    /// An event that was taken by hand goes out again, once the vault is open.
    async fn replay(&mut self, cloud: &Cloud) -> Result<()> {
        told(self.app, "lock_vault", json!({})).await?;
        self.open("replay-open", "replay").await?;
        let app = format!("{}/receiver", cloud.running.url());
        self.app.fill(testid("replay-url"), &app).await?;
        self.app.click(testid("replay-send")).await?;
        self.app.wait_for(testid("replay-vault")).await?;
        self.visit("send an event again, the vault closed", Kind::Over).await?;
        told(self.app, "open_vault", json!({ "passphrase": PASSPHRASE })).await?;
        self.app.click(testid("replay-send")).await?;
        self.app.wait_for(testid("replay-answer")).await?;
        self.visit("an event sent again from here", Kind::Over).await?;
        self.leave("an event sent again from here", "replay").await
    }

    async fn home_asks(&mut self) -> Result<()> {
        self.go("home").await?;
        self.app.wait_for("[data-testid=need][data-kind=answer_talkdesk]").await?;
        self.screen("an install to answer").await?;
        self.app.click("[data-kind=answer_talkdesk] [data-testid=need-go]").await?;
        self.app.wait_for(testid("approve")).await?;
        self.group = "installations";
        self.app.click(testid("approve")).await?;
        self.app.click(testid("answer-send")).await?;
        self.app.wait_gone(testid("countdown")).await?;
        self.screen("completed").await?;
        self.project("Call Notes").await?;
        self.app.click("[data-testid=project-tabs] [role=tab]:nth-child(5)").await?;
        self.app.wait_for(testid("project-installation")).await?;
        self.screen("installations").await?;
        self.app.click(testid("project-installation")).await?;
        self.app.wait_for(testid("ask-rotation")).await?;
        self.group = "installations";
        Ok(())
    }

    /// New credentials in five steps, at the third of them.
    async fn rotation(&mut self, cloud: &Cloud) -> Result<()> {
        self.over("ask for new credentials", "ask-rotation", "ask-dialog").await?;
        self.open("ask-rotation", "ask-dialog").await?;
        self.app.click(testid("ask-send")).await?;
        self.app.wait_gone(testid("ask-dialog")).await?;
        self.app.keys("n").await?;
        self.app.wait_for(testid("take-event")).await?;
        let delivery = self.receives(cloud).await;
        paste(self.app, &delivery).await?;
        self.app.click(testid("take-go-on")).await?;
        self.app.click(testid("take-go")).await?;
        self.app.wait_for(testid("rotation")).await?;
        self.app.click(testid("rotation-token")).await?;
        self.over("where the set is", "rotation-deployed", "deployed-dialog").await?;
        self.open("rotation-deployed", "deployed-dialog").await?;
        self.app.fill(testid("deployed-to"), "Secrets of the production cluster").await?;
        self.app.click(testid("deployed-save")).await?;
        self.app.wait_gone(testid("deployed-dialog")).await?;
        self.screen("rotation").await?;
        self.over("acknowledge early", "rotation-acknowledge", "confirm-acknowledge").await?;
        self.app.press(Key::Escape).await
    }

    /// Apps as they live at Talkdesk, before anybody is signed in and after.
    async fn apps(&mut self, cloud: &Cloud) -> Result<()> {
        self.go("projects").await?;
        self.over("bring in an app, signed out", "bring-in-open", "bring-in").await?;
        signed_in(self.app, cloud).await?;
        self.open("bring-in-open", "bring-in").await?;
        self.app.click(testid("apps-list")).await?;
        self.app.wait_for(testid("apps-app")).await?;
        self.visit("bring in an app", Kind::Over).await?;
        self.leave("bring in an app", "bring-in").await?;
        let (project, version) = (Uuid::now_v7(), Uuid::now_v7());
        let gateway = format!("{}/gateway/td-eu-1", cloud.running.url());
        let of = json!({ "account": ACCOUNT, "gateway": gateway, "app": APP, "project": project, "version": version, "number": "2.1.0" });
        told(self.app, "bring_in_app", of).await?;
        let field = |field: &str, value: &str, expects: Value| {
            let value = json!({ "type": "text", "value": value });
            let args = json!({ "version": version, "field": field, "value": value, "expects": expects });
            json!({ "aggregate": { "kind": "project", "id": project }, "body": { "kind": "version.set_field", "args": args } })
        };
        let slug = json!({ "type": "text", "value": "survey-lens" });
        told(self.app, "change", field("slug", "survey-lens-2", slug)).await?;
        let summary = json!({ "type": "text", "value": "Surveys after each call" });
        told(self.app, "change", field("listing_summary", "Surveys after every call", summary)).await?;
        self.version("Survey Lens", "2.1.0").await?;
        self.app.click(testid("version-menu")).await?;
        self.open("menu-app", "app-dialog").await?;
        self.visit("compare with Talkdesk", Kind::Over).await?;
        self.app.click(testid("app-compare")).await?;
        self.app.wait_for(testid("app-drift")).await?;
        self.app.click(testid("app-take-slug")).await?;
        self.visit("drift from Talkdesk", Kind::Over).await?;
        self.app.click(testid("app-push")).await?;
        self.app.wait_for(testid("push-request")).await?;
        self.visit("change an app at Talkdesk", Kind::Over).await?;
        self.leave("change an app at Talkdesk", "app-dialog").await?;
        self.checks(cloud, project, version).await
    }

    /// The checks that need the network, at addresses of the sandbox: its receiver takes what an unknown key signed.
    async fn checks(&mut self, cloud: &Cloud, project: Uuid, version: Uuid) -> Result<()> {
        let url = cloud.running.url();
        for (field, value) in [
            ("standalone_url", json!({ "type": "text", "value": format!("{url}/nowhere") })),
            ("redirect_uris", json!({ "type": "list", "value": [format!("{url}/health")] })),
            ("events_callback_url", json!({ "type": "text", "value": format!("{url}/receiver") })),
        ] {
            let at = json!({ "project": project, "version": version });
            let expects = told(self.app, "version", at).await?["information"][field].clone();
            let args = json!({ "version": version, "field": field, "value": value, "expects": expects });
            let body = json!({ "kind": "version.set_field", "args": args });
            let change = json!({ "aggregate": { "kind": "project", "id": project }, "body": body });
            told(self.app, "change", change).await?;
        }
        self.review("Survey Lens", "2.1.0").await?;
        self.app.click(testid("run-checks")).await?;
        self.app.wait_for("[data-testid=check-callback][data-state=fail]").await?;
        let in_sight =
            "document.querySelector('[data-testid=check-callback]').scrollIntoView({ block: 'center' })";
        self.app.eval(in_sight).await?;
        self.screen("network checks run").await?;
        self.test_events().await?;
        self.sign_in_of_app(project).await
    }

    /// Events of every type, sent to a receiver that takes whatever comes.
    async fn test_events(&mut self) -> Result<()> {
        self.version("Survey Lens", "2.1.0").await?;
        self.app.click(testid("version-menu")).await?;
        self.open("menu-try", "try-events").await?;
        self.visit("test events", Kind::Over).await?;
        self.app.click(testid("try-send")).await?;
        self.app.wait_for(testid("try-result")).await?;
        self.visit("test events sent", Kind::Over).await?;
        self.app.click(testid("try-sandbox")).await?;
        self.app.fill(testid("try-url"), "https://10.0.0.4/events").await?;
        self.app.click(testid("try-send")).await?;
        self.app.wait_for(testid("error-try-url")).await?;
        self.visit("test events, an address inside a network", Kind::Over).await?;
        self.leave("test events", "try-events").await
    }

    /// The sign-in of the app, with no installation of it and with one. Nothing stands at its standalone URL.
    async fn sign_in_of_app(&mut self, project: Uuid) -> Result<()> {
        self.version("Survey Lens", "2.1.0").await?;
        self.app.click(testid("version-menu")).await?;
        self.over("check sign-in, no installation", "menu-sso", "sso-dialog").await?;
        let installation = told(self.app, "installations", json!({})).await?[0]["id"].clone();
        let args = json!({ "customer": null, "project": project });
        let body = json!({ "kind": "installation.match", "args": args });
        let of = json!({ "kind": "installation", "id": installation });
        told(self.app, "change", json!({ "aggregate": of, "body": body })).await?;
        self.app.click(testid("version-menu")).await?;
        self.open("menu-sso", "sso-dialog").await?;
        self.app.wait_for(testid("sso-installation")).await?;
        self.app.click(testid("sso-go")).await?;
        self.app.wait_for(testid("sso-hops")).await?;
        self.visit("check sign-in", Kind::Over).await?;
        self.leave("check sign-in", "sso-dialog").await?;
        self.app.click(testid("version-menu")).await?;
        self.open("menu-sso", "sso-dialog").await?;
        self.app.wait_for(testid("sso-last")).await?;
        self.visit("check sign-in, as it was checked last", Kind::Over).await?;
        self.leave("check sign-in, as it was checked last", "sso-dialog").await
    }

    /// What the app received latest: words of Talkdesk's, and of nobody's catalogue.
    async fn receives(&mut self, cloud: &Cloud) -> Value {
        let delivery = cloud.latest().await;
        if let Ok(body) = serde_json::from_str(&body_of(&delivery)) {
            self.visitor.receives(&body);
        }
        delivery
    }
}
