//! A team in the real window: the first owner comes in by the code, invites, says that they are away; the service goes
//! away and comes back.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::driver::{App, Desktop, LONG, poll, testid};
use crate::team::{Served, idp};

#[tokio::test]
async fn the_first_owner_comes_in_from_the_first_start() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("team")?;
    let idp = idp().await;
    let folder = tempfile::tempdir()?;
    // Its gateway is the sandbox, too: nothing is delivered here, but addresses for it can be made.
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let served = Served::receiving(folder.path(), &idp, any, &idp).await;
    let code = served.service.owner_code().await?;
    let app = desktop.open(&data).await?;

    // The service says how one signs in; a wrong address is told at its field.
    app.keys("2").await?;
    app.wait_for(testid("join-dialog")).await?;
    app.fill(testid("team-url"), "http://service.example").await?;
    app.click(testid("join-go")).await?;
    app.wait_text(testid("error-url"), "https").await?;
    app.fill(testid("team-url"), &served.url()).await?;
    app.click(testid("join-go")).await?;
    app.click(testid("team-sign-in")).await?;
    app.click(testid("use-browser")).await?;
    let waiting = poll(LONG, async || {
        let all = app.call("sign_ins", json!({})).await.ok()?.ok()?;
        Some(all[0]["session"].clone()).filter(|session| session["by"] == "browser")
    });
    let waiting = waiting.await.context("no browser was asked")?;
    let address = waiting["address"].as_str().context("no address")?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    http.get(format!("{address}&auto=partner-manager")).send().await?.error_for_status()?;

    // Nobody is a member yet: the code makes the workspace, and a wrong one is told at its field.
    app.fill(testid("team-code"), "AAAA-AAAA-AAAA-AAAA").await?;
    app.fill(testid("team-name"), "Sample Apps").await?;
    app.click(testid("join-go")).await?;
    app.wait_text(testid("error-code"), "serves once").await?;
    app.fill(testid("team-code"), &code).await?;
    app.click(testid("join-go")).await?;
    app.wait_for(testid("nav-home")).await?;
    app.wait_text(testid("sync-state"), "team service").await?;

    app.click(testid("nav-workspace")).await?;
    app.click(testid("to-members")).await?;
    app.wait_for("[data-member='Partner manager']").await?;
    app.keys("n").await?;
    app.wait_for(testid("invite-dialog")).await?;
    app.fill(testid("invite-email"), "nobody").await?;
    app.click(testid("invite-go")).await?;
    app.wait_text(testid("error-email"), "whole address").await?;
    app.fill(testid("invite-email"), "qa.1@sample-apps.example").await?;
    app.click(testid("invite-go")).await?;
    app.wait_for(testid("invitation-row")).await?;
    app.click("[data-member='Partner manager'] button").await?;
    app.fill(testid("away-until"), "2027-01-08").await?;
    app.click(testid("away-save")).await?;
    app.wait_text("[data-member='Partner manager']", "away until").await?;
    if let Some(out) = std::env::var_os("PARTNER_PICTURES") {
        let out = std::path::PathBuf::from(out);
        for (width, height) in [(1280, 800), (1920, 1080), (1024, 640)] {
            app.resize(width, height).await?;
            app.screenshot(&out.join(format!("members-{width}.png"))).await?;
        }
        app.click(testid("nav-connections")).await?;
        app.wait_for(testid("connection-row")).await?;
        app.screenshot(&out.join("connections-1024.png")).await?;
        app.resize(1280, 800).await?;
        app.screenshot(&out.join("connections-1280.png")).await?;
        app.click(testid("join-team")).await?;
        app.wait_for(testid("join-dialog")).await?;
        app.screenshot(&out.join("join-1280.png")).await?;
        app.press(fantoccini::key::Key::Escape).await?;
    }

    arriving(&app, &format!("{}/receiver", idp.url())).await?;

    // Without its service everything is here, and what waits is said.
    let address = served.address;
    served.stop().await;
    app.click(testid("nav-workspace")).await?;
    app.fill(testid("workspace-name"), "Sample Apps Ltd").await?;
    app.press(fantoccini::key::Key::Enter).await?;
    app.wait_text(testid("sync-state"), "Offline").await?;
    app.wait_text(testid("sync-state"), "1 change waits").await?;
    let served = Served::start(folder.path(), &idp, address).await;
    app.wait_text(testid("sync-state"), "and the team service").await?;
    let boot = app.call("boot", json!({})).await?.map_err(|error| anyhow::anyhow!("{error}"))?;
    ensure!(boot["phase"]["name"] == "Sample Apps Ltd", "{boot}");
    app.quit().await?;
    served.stop().await;
    Ok(())
}

/// How a project's events arrive: an address that is shown once, and the relay, whose risk is told before it begins.
async fn arriving(app: &App, receiver: &str) -> Result<()> {
    let details = json!({ "name": "Call Notes", "slug": "call-notes", "owner": "PM" });
    let id = domain::ids::ProjectId(uuid::Uuid::now_v7());
    let create = json!({ "kind": "project.create", "args": { "details": details } });
    let change = json!({ "aggregate": { "kind": "project", "id": id }, "body": create });
    app.call("change", change).await?.map_err(|error| anyhow::anyhow!("{error}"))?;
    // An address is for a project that the service knows.
    let sent = poll(LONG, async || {
        let pending = app.call("pending", json!({})).await.ok()?.ok()?;
        pending["rows"].as_array().filter(|pending| pending.is_empty()).map(drop)
    });
    sent.await.context("the project was not sent")?;
    app.keys("ge").await?;
    app.click(testid("events-arrive")).await?;
    app.click(testid("make-address")).await?;
    app.wait_text(testid("address"), "/hooks/talkdesk/").await?;
    app.click(testid("relay-begin")).await?;
    for (url, said) in [("http://app.example/events", Some("https")), (receiver, None)] {
        app.fill(testid("relay-url"), url).await?;
        app.click(testid("relay-save")).await?;
        app.wait_text(testid("relay-sure"), "three days").await?;
        app.click("[data-testid=relay-sure] [data-testid=confirm-yes]").await?;
        if let Some(said) = said {
            app.wait_text(testid("error-relay-url"), said).await?;
            crate::installations::picture(app, "receiving-wrong").await?;
        }
    }
    app.wait_text(testid("relay-to"), receiver).await?;
    crate::installations::picture(app, "receiving").await?;
    app.press(fantoccini::key::Key::Escape).await?;
    app.wait_gone(testid("receiving")).await
}
