//! The steps of the main job as a person takes them with the mouse.

use anyhow::{Result, ensure};

use crate::content::Do;
use crate::driver::{App, Desktop, testid};

/// The app of the journeys.
pub const PROJECT: &str = "Call Notes";
/// Its version.
pub const NUMBER: &str = "1.0.0";
/// The link that Partner Project showed.
pub const LINK: &str = "https://partner-project.example/install/7f3a?v=1.0.0&from=A%20B";

/// Starts a workspace on this computer.
pub async fn start_here(app: &App) -> Result<()> {
    app.click(testid("start-here")).await?;
    app.type_text(testid("start-workspace"), "Sample Apps").await?;
    app.type_text(testid("start-name"), "Partner manager").await?;
    app.click(testid("start-submit")).await?;
    app.wait_for("[data-screen=home]").await.map(drop)
}

/// Makes the project; ends on its page.
pub async fn create_project(app: &App) -> Result<()> {
    app.click(testid("nav-projects")).await?;
    app.click(testid("new-project")).await?;
    app.type_text(testid("project-name"), PROJECT).await?;
    ensure!(app.value(testid("project-slug")).await? == "call-notes", "the slug follows the name");
    app.click(testid("project-create")).await?;
    app.wait_text("[data-screen=project]", PROJECT).await
}

/// Makes the version; ends on the project's page.
pub async fn create_version(app: &App) -> Result<()> {
    app.click(testid("new-version")).await?;
    app.fill(testid("version-number"), "").await?;
    app.type_text(testid("version-number"), NUMBER).await?;
    app.click(testid("version-create")).await?;
    app.wait_text(testid(&format!("version-{NUMBER}")), "Draft").await
}

/// Opens the version's forms.
pub async fn edit_version(app: &App) -> Result<()> {
    app.click(testid(&format!("version-edit-{NUMBER}"))).await?;
    app.wait_for("[data-screen=version]").await.map(drop)
}

/// Fills a part of the app information.
pub async fn fill_part(app: &App, part: &str, content: &[Do]) -> Result<()> {
    app.click(testid(&format!("part-{part}"))).await?;
    app.wait_for(format!("[data-testid=part-{part}][aria-current=true]").as_str()).await?;
    for entry in content {
        match entry {
            Do::Type(input, text) => {
                app.fill(testid(input), "").await?;
                app.type_text(testid(input), text).await?;
            }
            Do::Choose(input, option) => choose(app, input, option).await?,
            Do::Add(button) => app.click(testid(button)).await?,
        }
    }
    saved(app).await
}

/// Chooses from a list that opens.
pub async fn choose(app: &App, input: &str, option: &str) -> Result<()> {
    app.click(testid(input)).await?;
    app.click(testid(&format!("{input}-{option}"))).await?;
    app.wait_gone(testid(&format!("{input}-{option}"))).await
}

/// What was typed into the version is durable.
pub async fn saved(app: &App) -> Result<()> {
    app.wait_for("[data-testid=saved][data-state=saved]").await.map(drop)
}

/// Nothing is missing for a track.
pub async fn complete(app: &App, track: &str) -> Result<()> {
    app.wait_for(format!("[data-testid=missing-{track}][data-count='0']").as_str()).await.map(drop)
}

/// Starts the QA checklist of the version that is open.
pub async fn start_run(app: &App) -> Result<()> {
    app.click(testid("goto-run")).await?;
    app.wait_for(testid("start-run-dialog")).await?;
    choose(app, "run-template", &domain::templates::QA.to_string()).await?;
    app.type_text(testid("tested-build"), "118").await?;
    app.click(testid("run-start")).await?;
    app.wait_for("[data-screen=run]").await.map(drop)
}

/// The item in focus.
pub async fn current_item(app: &App) -> Result<String> {
    let id = app.attribute("[data-testid^=item-][data-current=true]", "data-testid").await?;
    Ok(id.unwrap_or_default().trim_start_matches("item-").to_owned())
}

/// Waits until an item shows a result that is durable.
pub async fn ticked(app: &App, item: &str, status: &str) -> Result<()> {
    let row = format!("[data-testid='item-{item}'][data-status={status}][data-saved=true]");
    app.wait_for(row.as_str()).await.map(drop)
}

/// Gives the item in focus a result; says which it was.
pub async fn tick(app: &App, result: &str) -> Result<String> {
    let item = current_item(app).await?;
    app.click(testid(&format!("result-{result}"))).await?;
    if result == "not_applicable" {
        app.type_text(testid("na-reason"), "There is no such screen.").await?;
        app.click(testid("na-save")).await?;
    }
    ticked(app, &item, result).await?;
    Ok(item)
}

/// Goes to the version's page through its project.
pub async fn open_project(app: &App) -> Result<()> {
    app.click(testid("nav-projects")).await?;
    app.wait_for("[data-screen=projects]").await?;
    app.click(testid("project-row")).await?;
    app.wait_text("[data-screen=project]", PROJECT).await
}

/// Notes that both tracks were submitted on Partner Project.
pub async fn submit(app: &App) -> Result<()> {
    app.click(testid("submit-track-both")).await?;
    app.click(testid("mark-submitted")).await?;
    app.click(testid("submit-confirm")).await?;
    app.wait_text(testid("version-status"), "In review").await
}

/// Records that Talkdesk approved the technical track.
pub async fn approve_technical(app: &App) -> Result<()> {
    app.click(testid("goto-review")).await?;
    app.wait_for("[data-screen=review]").await?;
    app.click(testid("record-answer")).await?;
    app.type_text(testid("answer-text"), "The technical review of Call Notes 1.0.0 is approved.").await?;
    set(app, "answer-track-technical", true).await?;
    set(app, "answer-track-marketplace", false).await?;
    app.click(testid("answer-outcome-approved")).await?;
    app.click(testid("answer-save")).await?;
    app.wait_gone(testid("answer-dialog")).await?;
    app.wait_text(testid("track-technical"), "Approved").await
}

/// Brings a checkbox to what it should be.
async fn set(app: &App, id: &str, on: bool) -> Result<()> {
    let checked = format!("document.querySelector('[data-testid={id}]').checked === {on}");
    app.wait_for(testid(id)).await?;
    if app.eval(&format!("return {checked}")).await? != true {
        app.click(testid(id)).await?;
    }
    app.wait_js(&checked).await
}

/// Opens the install dialog from the menu beside *Edit*, and saves the link that another program copied.
pub async fn save_link(app: &App, desktop: &Desktop) -> Result<()> {
    let _browser = desktop.copy_elsewhere(LINK).await?;
    app.click(testid(&format!("version-menu-{NUMBER}"))).await?;
    app.click(testid("menu-install")).await?;
    app.click(testid("paste-link")).await?;
    app.click(testid("save-link")).await?;
    ensure!(app.value(testid("install-link")).await? == LINK, "the dialog shows another link");
    Ok(())
}

/// Copies the link; another program reads it.
pub async fn copy_link(app: &App, desktop: &Desktop) -> Result<()> {
    desktop.copy_elsewhere("something else").await?;
    app.click(testid("copy-link")).await?;
    app.wait_for("[data-testid=copy-link][data-copied=true]").await?;
    desktop.wait_clipboard(LINK).await
}
