//! Pictures of every screen and dialog over the sample data, at three sizes and in both themes, for a person to look
//! through: `cargo test -p partner-console --test window -- --ignored shots`, then `target/shots/`.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use fantoccini::key::Key;

use crate::driver::{App, Desktop, testid};

const SIZES: [(u32, u32); 3] = [(1024, 640), (1280, 800), (1920, 1080)];

struct Album<'a> {
    app: &'a App,
    folder: PathBuf,
}

impl Album<'_> {
    /// The page as it is now, in both themes.
    async fn take(&self, name: &str) -> Result<()> {
        for theme in ["dark", "light"] {
            self.app.eval(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
            self.app
                .eval_async("const done = arguments[0]; requestAnimationFrame(() => setTimeout(done, 150))")
                .await?;
            self.app.screenshot(&self.folder.join(format!("{name}-{theme}.png"))).await?;
        }
        Ok(())
    }

    async fn close(&self, dialog: &str) -> Result<()> {
        self.app.press(Key::Escape).await?;
        self.app.wait_gone(testid(dialog)).await
    }
}

#[tokio::test]
#[ignore = "makes pictures to look at; nothing in them is compared"]
async fn shots() -> Result<()> {
    for (width, height) in SIZES {
        let desktop = Desktop::sized(width, height).await?;
        let app = desktop.open(&desktop.data("shots")?).await?;
        app.resize(width, height).await?;
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("target/shots/{width}x{height}"));
        fs::create_dir_all(&folder)?;
        let album = Album { app: &app, folder };
        start(&album).await?;
        screens(&album).await?;
        project(&album).await?;
        carry(&album).await?;
        run(&album).await?;
        review(&album).await?;
        app.quit().await?;
    }
    Ok(())
}

async fn start(album: &Album<'_>) -> Result<()> {
    let app = album.app;
    app.wait_for(testid("start-here")).await?;
    album.take("start").await?;
    app.click(testid("start-here")).await?;
    album.take("start-here").await?;
    album.close("start-dialog").await?;
    app.click(testid("start-sample")).await?;
    app.wait_for("[data-screen=home]").await.map(drop)
}

async fn screens(album: &Album<'_>) -> Result<()> {
    let app = album.app;
    for screen in [
        "projects",
        "checklists",
        "reviews",
        "customers",
        "conflicts",
        "activity",
        "workspace",
        "settings",
        "home",
    ] {
        app.click(testid(&format!("nav-{screen}"))).await?;
        app.wait_for(format!("[data-screen={screen}]").as_str()).await?;
        album.take(screen).await?;
    }
    app.chord(&[Key::Control], 'k').await?;
    app.wait_for(testid("palette")).await?;
    album.take("palette").await?;
    album.close("palette").await?;
    app.keys("?").await?;
    app.wait_for(testid("key-list")).await?;
    album.take("keys").await?;
    album.close("key-list").await
}

async fn project(album: &Album<'_>) -> Result<()> {
    let app = album.app;
    app.click(testid("nav-projects")).await?;
    app.click(testid("new-project")).await?;
    album.take("project-new").await?;
    album.close("project-dialog").await?;
    app.fill(testid("projects-filter"), "Call Notes").await?;
    app.wait_js("document.querySelectorAll('[data-testid=project-row]').length === 1").await?;
    app.click(testid("project-row")).await?;
    app.wait_for("[data-screen=project]").await?;
    for tab in ["versions", "information", "checklists", "links", "activity"] {
        app.wait_for(format!("[data-testid=tab-{tab}]").as_str()).await.ok();
        album.take(&format!("project-{tab}")).await?;
        app.keys("]").await?;
    }
    app.keys("i").await?;
    app.wait_for(testid("install-dialog")).await?;
    album.take("install").await?;
    album.close("install-dialog").await?;
    app.keys("e").await?;
    for part in ["general", "technical", "marketplace"] {
        app.click(testid(&format!("part-{part}"))).await?;
        app.wait_for(format!("[data-testid=part-{part}][aria-current=true]").as_str()).await?;
        album.take(&format!("version-{part}")).await?;
    }
    Ok(())
}

/// The second window, over the version that is open.
async fn carry(album: &Album<'_>) -> Result<()> {
    let app = album.app;
    app.chord(&[Key::Control, Key::Shift], 'c').await?;
    app.to_window(|page| page.contains("carry=")).await?;
    app.wait_for(testid("carry-current")).await?;
    album.take("carry").await?;
    app.to_window(|page| !page.contains("carry=")).await
}

async fn run(album: &Album<'_>) -> Result<()> {
    let app = album.app;
    app.click(testid("nav-checklists")).await?;
    app.click(testid("start-run")).await?;
    app.wait_for(testid("start-run-dialog")).await?;
    album.take("run-start").await?;
    album.close("start-run-dialog").await?;
    app.click(testid("import-template")).await?;
    album.take("import").await?;
    app.press(Key::Escape).await?;
    app.click(testid("run-row")).await?;
    app.wait_for("[data-screen=run]").await?;
    album.take("run").await
}

async fn review(album: &Album<'_>) -> Result<()> {
    let app = album.app;
    app.click(testid("nav-reviews")).await?;
    app.click(testid("reviews-talkdesk")).await?;
    app.wait_text(testid("reviews"), "In review").await?;
    app.click(testid("review-row")).await?;
    app.wait_for("[data-screen=review]").await?;
    album.take("review").await?;
    app.click(testid("record-answer")).await?;
    app.wait_for(testid("answer-dialog")).await?;
    album.take("answer").await?;
    album.close("answer-dialog").await
}
