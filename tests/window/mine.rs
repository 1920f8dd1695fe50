use std::path::PathBuf;
use anyhow::Result;
use fantoccini::key::Key;
use crate::driver::{App, Desktop, testid};

async fn take(app: &App, folder: &PathBuf, name: &str, themes: &[&str]) -> Result<()> {
    for theme in themes {
        app.eval(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
        app.eval_async("const done = arguments[0]; requestAnimationFrame(() => setTimeout(done, 150))").await?;
        app.screenshot(&folder.join(format!("{name}-{theme}.png"))).await?;
    }
    Ok(())
}

#[tokio::test]
#[ignore]
async fn mine() -> Result<()> {
    let sizes = std::env::var("SIZES").unwrap_or_else(|_| "1280x800,1024x640".to_owned());
    for size in sizes.split(',') {
        let (w, h) = size.split_once('x').unwrap();
        let (width, height) = (w.parse()?, h.parse()?);
        let desktop = Desktop::sized(width, height).await?;
        let app = desktop.open(&desktop.data("shots")?).await?;
        app.resize(width, height).await?;
        let folder = PathBuf::from(format!("/tmp/runs-shots/{size}"));
        std::fs::create_dir_all(&folder)?;
        app.click(testid("start-sample")).await?;
        app.wait_for("[data-screen=home]").await?;
        app.click(testid("nav-checklists")).await?;
        app.wait_for("[data-screen=checklists]").await?;
        take(&app, &folder, "checklists", &["light", "dark"]).await?;
        app.click(testid("run-row")).await?;
        app.wait_for("[data-screen=run]").await?;
        app.wait_for(testid("run-items")).await?;
        take(&app, &folder, "run", &["light", "dark"]).await?;
        app.keys("jjjj").await?;
        app.chord(&[Key::Shift], 'J').await?;
        app.chord(&[Key::Shift], 'J').await?;
        app.keys("jjx").await?;
        take(&app, &folder, "run-selected", &["light", "dark"]).await?;
        app.keys("n").await?;
        take(&app, &folder, "run-reason", &["light"]).await?;
        app.press(Key::Escape).await?;
        app.chord(&[Key::Shift], 'A').await?;
        take(&app, &folder, "run-assign", &["light"]).await?;
        app.press(Key::Escape).await?;
        app.press(Key::Escape).await?;
        app.keys("t").await?;
        app.wait_for(testid("tested-dialog")).await?;
        take(&app, &folder, "run-tested", &["light"]).await?;
        app.press(Key::Escape).await?;
        app.click(testid("run-show-more")).await?;
        take(&app, &folder, "run-more", &["light"]).await?;
        app.press(Key::Escape).await?;
        app.click(testid("report")).await?;
        take(&app, &folder, "run-report", &["light"]).await?;
        app.click(testid("report-html-history")).await?;
        app.wait_for(testid("toast")).await?;
        take(&app, &folder, "run-saved", &["light"]).await?;
        let said = app.text(testid("toast")).await?;
        println!("{said}");
        if let Some(path) = said.split("Saved as ").nth(1) { let _ = std::fs::copy(path.trim().lines().next().unwrap_or_default(), folder.join("report.html")); }
        app.click(testid("sign-run")).await?;
        take(&app, &folder, "run-sign", &["light"]).await?;
        app.press(Key::Escape).await?;
        app.quit().await?;
    }
    Ok(())
}
