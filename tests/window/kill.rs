//! `kill -9` while items are ticked: what the screen confirmed is there after the next start, once, in the order of
//! the keys.

mod checks;
mod random;
mod round;

use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::driver::{App, Desktop, testid};
use crate::files;
use crate::given::Given;
use crate::steps;
use random::Random;
use round::Round;

/// How many rounds the loop takes.
const ROUNDS: &str = "PARTNER_KILL_ROUNDS";
/// The generator's seed, to go the same way again.
const SEED: &str = "PARTNER_KILL_SEED";

#[tokio::test]
async fn a_tick_survives_a_kill_once_with_its_history() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("one-kill")?;
    with_run(&data).await?;
    let app = desktop.open(&data).await?;
    open_run(&app).await?;
    let item = steps::tick(&app, "pass").await?;
    app.kill9().await?;

    let app = desktop.open(&data).await?;
    open_run(&app).await?;
    steps::ticked(&app, &item, "pass").await?;
    app.wait_for("[data-testid=progress][data-done='1']").await?;
    app.click(testid(&format!("item-{item}"))).await?;
    app.wait_text(testid("item-history"), "Pass").await?;
    let entries =
        app.eval("return document.querySelectorAll('[data-testid=item-history] li').length").await?;
    ensure!(entries == 1, "one tick has one entry in the history, not {entries}");
    files::wait_sent(&data).await?;
    app.quit().await?;
    ensure!(checks::ticks(&data)? == [(item, "pass".to_owned())], "the service has the tick once");
    Ok(())
}

#[tokio::test]
async fn every_confirmed_tick_survives_every_kill() -> Result<()> {
    let rounds: usize = variable(ROUNDS)?.unwrap_or(100);
    let seed: u64 = variable(SEED)?.unwrap_or_else(Random::any);
    let start = Instant::now();
    let outcome = rounds_of_kills(rounds, Random::new(seed)).await;
    let ticks = outcome.with_context(|| format!("again by {SEED}={seed}"))?;
    say(&format!(
        "{rounds} kills, {ticks} ticks kept, {:.0} s, {SEED}={seed}",
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}

async fn rounds_of_kills(rounds: usize, mut random: Random) -> Result<usize> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("kills")?;
    with_run(&data).await?;
    let mut done: Vec<Round> = Vec::new();
    for number in 1..=rounds {
        let app = desktop.open(&data).await.with_context(|| format!("start {number}"))?;
        open_run(&app).await?;
        let mut round = Round::begin(&app).await?;
        if let Some(before) = done.last() {
            before.leads_to(&round).with_context(|| format!("after kill {}", number - 1))?;
        }
        let delay = random.millis(450);
        tokio::select! {
            // The window may go under any call: whatever was confirmed by then is noted already.
            _ = round.tick(&app, &mut random) => {}
            () = app.kill9_after(delay) => {}
        }
        app.wait_end().await?;
        done.push(round);
    }
    let app = desktop.open(&data).await?;
    open_run(&app).await?;
    let last = Round::begin(&app).await?;
    if let Some(before) = done.last() {
        before.leads_to(&last).context("after the last kill")?;
    }
    files::wait_sent(&data).await?;
    app.quit().await?;
    checks::files_agree(&data, &done)
}

/// A workspace with one run that nobody has ticked.
async fn with_run(data: &std::path::Path) -> Result<()> {
    let given = Given::workspace(data).await?;
    let project = given.project(steps::PROJECT).await?;
    let version = given.version(project, steps::NUMBER).await?;
    given.run(project, version).await?;
    given.close().await
}

async fn open_run(app: &App) -> Result<()> {
    app.click(testid("nav-checklists")).await?;
    app.click(testid("run-row")).await?;
    app.wait_for("[data-testid^=item-][data-current=true]").await.map(drop)
}

fn variable<T: std::str::FromStr<Err = std::num::ParseIntError>>(name: &str) -> Result<Option<T>> {
    let value = std::env::var(name).ok();
    value.map(|value| value.parse().with_context(|| format!("{name}={value}"))).transpose()
}

#[expect(clippy::print_stdout, reason = "how many and how long is worth knowing where nothing failed")]
fn say(line: &str) {
    println!("{line}");
}
