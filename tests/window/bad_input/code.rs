//! Code that comes with data: it is text wherever it is shown, the page takes no foreign script, and leads nowhere.

use anyhow::{Result, ensure};
use domain::command::NewFinding;
use domain::fields::{FieldKey, FieldValue};
use domain::ids::{CustomerId, FindingId};
use domain::project::{FindingSource, FindingText};
use domain::workspace::CustomerDetails;
use domain::{AggregateRef, Body};
use serde_json::json;
use uuid::Uuid;

use super::{SCRIPT, nothing_ran};
use crate::driver::{Desktop, testid};
use crate::given::Given;
use crate::steps::NUMBER;

#[tokio::test]
async fn what_was_entered_is_text_on_every_screen() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("text")?;
    let given = Given::workspace(&data).await?;
    let project = given.project_named(SCRIPT, "script").await?;
    let version = given.version(project, NUMBER).await?;
    let of = AggregateRef::Project(project);
    let value = Some(FieldValue::Text(SCRIPT.to_owned()));
    for field in [FieldKey::DisplayName, FieldKey::Description] {
        given.change(of, Body::SetField { version, field, value: value.clone(), expects: None }).await?;
    }
    let said = FindingText { text: SCRIPT.to_owned(), severity: SCRIPT.to_owned(), ..FindingText::default() };
    let finding = NewFinding { id: FindingId(Uuid::now_v7()), said, files: Vec::new() };
    let source = FindingSource::Internal;
    given.change(of, Body::FindingAdd { version, track: None, source, finding }).await?;
    let run = given.run(project, version).await?;
    let note = Body::Note { item: "GL-01".to_owned(), text: SCRIPT.to_owned(), knew: None };
    given.change(AggregateRef::Run(run), note).await?;
    let details =
        CustomerDetails { name: SCRIPT.to_owned(), notes: SCRIPT.to_owned(), ..CustomerDetails::default() };
    let customer = CustomerId(Uuid::now_v7());
    given.change(given.workspace_ref()?, Body::CustomerSet { customer, details, knew: None }).await?;
    given.close().await?;

    let app = desktop.open(&data).await?;
    for screen in ["home", "projects", "checklists", "customers", "activity"] {
        app.click(testid(&format!("nav-{screen}"))).await?;
        app.wait_text(format!("[data-screen={screen}]").as_str(), "<script>").await?;
    }
    app.click(testid("nav-checklists")).await?;
    app.click(testid("run-row")).await?;
    app.wait_text("[data-screen=run]", "<script>").await?;
    ensure!(app.value(testid("note")).await? == SCRIPT, "the note is as it was typed");
    app.click(testid("nav-projects")).await?;
    app.click(testid("project-row")).await?;
    app.wait_text("h1", SCRIPT).await?;
    app.click(testid(&format!("version-edit-{NUMBER}"))).await?;
    ensure!(app.value(testid("field-description")).await? == SCRIPT, "the description is as it was typed");
    app.click(testid("goto-review")).await?;
    app.wait_text(testid("finding"), "<script>").await?;
    nothing_ran(&app).await?;
    app.quit().await
}

#[tokio::test]
async fn the_page_takes_no_foreign_script_and_leads_nowhere() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("page")?;
    Given::workspace(&data).await?.close().await?;
    let app = desktop.open(&data).await?;
    app.wait_for("[data-screen=home]").await?;

    // What a hole would let in: a script in the page, one from elsewhere, a handler, a frame, a request.
    app.eval(
        "window.__barred = []; \
         document.addEventListener('securitypolicyviolation', (event) => window.__barred.push(event.effectiveDirective)); \
         const add = (tag, set) => document.body.append(Object.assign(document.createElement(tag), set)); \
         add('script', { textContent: 'window.__pwned = 1' }); \
         add('script', { src: 'https://foreign.example/script.js' }); \
         add('div', { innerHTML: '<img src=\"https://foreign.example/x.png\" onerror=\"window.__pwned = 1\">' }); \
         add('iframe', { src: 'https://foreign.example/' }); \
         fetch('https://foreign.example/').then(() => (window.__pwned = 1), () => undefined);",
    )
    .await?;
    for directive in ["script-src-elem", "script-src-attr", "img-src", "frame-src", "connect-src"] {
        app.wait_js(&format!("window.__barred.includes('{directive}')")).await?;
    }
    nothing_ran(&app).await?;

    for address in
        ["https://foreign.example/", "file:///etc/passwd", "javascript:window.__pwned=1", "about:blank"]
    {
        app.eval(&format!("location.href = {}", json!(address))).await?;
        app.eval(&format!("window.open({}); return null", json!(address))).await?;
    }
    // Only a browser is handed an address, and only an https one.
    for address in
        ["file:///etc/passwd", "javascript:window.__pwned=1", "http://foreign.example/", "mailto:a@b.example"]
    {
        let opened = app.call("open_url", json!({ "url": address })).await?;
        ensure!(opened.is_err_and(|error| error["code"] == "invalid"), "{address} was opened");
    }
    app.click(testid("nav-projects")).await?;
    app.wait_for("[data-screen=projects]").await?;
    ensure!(app.eval("return location.protocol").await? == "tauri:", "the window went elsewhere");
    nothing_ran(&app).await?;

    // The one command is all that the page may ask of the shell.
    let script = "const done = arguments[arguments.length - 1]; \
         window.__TAURI_INTERNALS__.invoke('plugin:window|close').then(() => done('taken'), () => done('refused'))";
    ensure!(app.eval_async(script).await? == "refused", "a command of the shell was open to the page");
    app.quit().await
}
