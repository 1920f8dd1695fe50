//! An app that lives at Talkdesk, in the real window: brought in, compared, changed there as it was shown, and refused.

use anyhow::{Result, ensure};
use reqwest::Method;
use sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::driver::{App, Desktop, LONG, poll, testid};
use crate::given::Given;
use crate::installations::{picture, told};

/// Who is signed in.
pub const ACCOUNT: &str = "01890000-0000-7000-8000-0000000000aa";
/// The app's id at Talkdesk.
pub const APP: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// Connects the window with a sandbox at which an app lives, and signs a person in there who may see and change it.
pub async fn signed_in(app: &App, cloud: &Cloud) -> Result<()> {
    let lives = json!({
        "name": "Survey Lens", "display_name": "Survey Lens", "slug": "survey-lens", "version_number": "2.1.0",
        "listing_summary": "Surveys after each call", "description": "Asks callers how it went.",
        "app_type": "standalone", "render": "portal", "sandbox": false,
        "scopes": ["openid", "users:read"], "scopes_reason": "openid: Sign-in\nusers:read: Names beside answers",
        "urls": [{ "type": "launch_url", "url": "https://survey.example/app" },
            { "type": "redirect_uri", "url": "https://survey.example/callback" },
            { "type": "installation_subscription", "url": "https://survey.example/events" }],
    });
    let placed = cloud.reviewer(Method::PUT, &format!("/apps/{APP}")).json(&lives).send().await?;
    ensure!(placed.status().is_success());
    let port = json!({ "url": cloud.running.url(), "token": cloud.running.token() });
    told(app, "set_port", port).await?;
    let registration = json!({
        "id": ACCOUNT, "name": "Sample Apps, EU", "server": { "known_by": "issuer", "issuer": cloud.running.url() },
        "client_id": "partner-console-sandbox", "auth": { "kind": "none" }, "redirect": { "kind": "loopback" },
        "scopes": ["openid", "apps:read", "apps:write"], "by": "browser",
    });
    told(app, "set_registration", json!({ "registration": registration, "secret": null })).await?;
    let begun = told(app, "sign_in", json!({ "id": ACCOUNT, "by": null })).await?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    // A browser that consents; the sandbox sends it back to this computer.
    http.get(format!("{}&auto=qa-1", begun["address"].as_str().unwrap_or_default())).send().await?;
    let signed_in = poll(LONG, async || {
        let all = told(app, "sign_ins", json!({})).await.ok()?;
        (all[0]["session"]["state"] == "signed_in").then_some(())
    });
    ensure!(signed_in.await.is_some(), "nobody is signed in");
    Ok(())
}

async fn at_talkdesk(cloud: &Cloud) -> Result<Value> {
    let url = format!("{}/gateway/td-eu-1/apps/{APP}", cloud.running.url());
    let http = reqwest::Client::builder().no_proxy().build()?;
    Ok(http.get(url).bearer_auth(cloud.running.token()).send().await?.json().await?)
}

#[tokio::test]
async fn an_app_is_brought_in_compared_and_changed_as_it_was_shown() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("apps")?;
    Given::workspace(&data).await?.close().await?;
    let cloud = Cloud::start(SandboxOptions { auto_consent: true, ..SandboxOptions::default() }).await;
    let app = desktop.open(&data).await?;
    app.click(testid("nav-projects")).await?;
    app.click(testid("bring-in-open")).await?;
    app.wait_for(testid("apps-sign-in")).await?;
    picture(&app, "apps-nobody").await?;

    // The dialog follows: somebody signs in while it is open.
    signed_in(&app, &cloud).await?;
    app.click(testid("apps-list")).await?;
    app.wait_text(testid("apps-found"), "1 app").await?;
    app.wait_for(testid("bring-in-number")).await?;
    picture(&app, "apps-bring-in").await?;
    app.click(testid("bring-in-go")).await?;
    app.wait_for("[data-screen=version]").await?;
    app.wait_text(testid("carried"), "As here").await?;

    // Here the slug becomes another; at Talkdesk it is as before.
    app.fill(testid("field-slug"), "survey-lens-2").await?;
    app.click(testid("version-menu")).await?;
    app.click(testid("menu-app")).await?;
    app.click(testid("app-compare")).await?;
    app.wait_text(testid("app-drift"), "1 field differs").await?;
    app.click(testid("app-take-slug")).await?;
    picture(&app, "apps-drift").await?;
    app.click(testid("app-push")).await?;
    app.wait_text(testid("push-request"), "\"slug\": \"survey-lens-2\"").await?;
    picture(&app, "apps-push").await?;

    // Refused in Talkdesk's words, and nothing changed there.
    let faults = json!([{ "route": "change-app", "kind": "status", "status": 403, "times": 1 }]);
    let url = format!("{}/faults", cloud.running.url());
    let http = reqwest::Client::builder().no_proxy().build()?;
    http.put(url)
        .bearer_auth(cloud.running.reviewer_token())
        .json(&faults)
        .send()
        .await?
        .error_for_status()?;
    app.click(testid("push-send")).await?;
    app.wait_text(testid("app-failed"), "Talkdesk refused it").await?;
    ensure!(at_talkdesk(&cloud).await?["slug"] == "survey-lens");
    picture(&app, "apps-refused").await?;

    app.click(testid("push-send")).await?;
    app.wait_for(testid("app-same")).await?;
    ensure!(at_talkdesk(&cloud).await?["slug"] == "survey-lens-2");
    app.quit().await
}
