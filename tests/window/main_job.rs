//! The main job, from the first start to the link on the clipboard.

use std::path::PathBuf;

use anyhow::Result;

use crate::content;
use crate::driver::{Desktop, testid};
use crate::report::Tour;
use crate::steps::{self, NUMBER};

/// Where a tour leaves its report; without it the pictures go with the tests' own files.
const OUT: &str = "PARTNER_TOUR_OUT";

#[tokio::test]
async fn the_main_job_by_mouse_is_the_tour() -> Result<()> {
    let out = std::env::var_os(OUT).map(PathBuf::from);
    let out = out.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("window/tour"));
    let mut tour = Tour::begin(&out, "Partner Console: from a new project to its install link")?;
    let desktop = Desktop::new().await?;
    let data = desktop.data("main-job")?;
    let app = desktop.open(&data).await?;

    tour.step("The first start offers two ways", &app, async {
        app.wait_for(testid("start-sample")).await?;
        app.wait_for(testid("start-here")).await.map(drop)
    })
    .await?;
    tour.step("Start on this computer", &app, steps::start_here(&app)).await?;
    tour.step("Create a project", &app, steps::create_project(&app)).await?;
    tour.step("Create a version", &app, steps::create_version(&app)).await?;
    tour.step("Open its app information: everything is missing", &app, async {
        steps::edit_version(&app).await?;
        app.wait_for("[data-testid=mark-submitted][aria-disabled=true]").await.map(drop)
    })
    .await?;
    for (part, entries) in content::PARTS {
        tour.step(&format!("Fill its {part} part"), &app, steps::fill_part(&app, part, entries)).await?;
    }
    tour.step("Nothing is missing any more", &app, async {
        steps::complete(&app, "technical").await?;
        steps::complete(&app, "marketplace").await
    })
    .await?;
    tour.step("Start the QA checklist", &app, steps::start_run(&app)).await?;
    tour.step("Tick items: passed, blocked, not applicable, failed", &app, async {
        for result in ["pass", "pass", "blocked", "not_applicable", "fail", "pass"] {
            steps::tick(&app, result).await?;
        }
        app.wait_for("[data-testid=progress][data-done='4']").await.map(drop)
    })
    .await?;
    tour.step("Mark both tracks as submitted", &app, async {
        steps::open_project(&app).await?;
        steps::edit_version(&app).await?;
        steps::submit(&app).await
    })
    .await?;
    tour.step("Record the technical approval", &app, steps::approve_technical(&app)).await?;
    tour.step("Paste the install link, and save it", &app, async {
        steps::open_project(&app).await?;
        steps::save_link(&app, &desktop).await
    })
    .await?;
    tour.step("Copy it: another program reads the same link", &app, steps::copy_link(&app, &desktop)).await?;
    tour.step(&format!("{NUMBER} has its link, and what happened is remembered"), &app, async {
        app.press(fantoccini::key::Key::Escape).await?;
        app.wait_gone(testid("install-dialog")).await?;
        app.click(testid("nav-activity")).await?;
        app.wait_text("[data-screen=activity]", "Call Notes").await
    })
    .await?;
    tour.finish()?;
    app.quit().await
}
