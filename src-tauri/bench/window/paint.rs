//! `tick_to_paint_p95` and `filter_to_paint_p95`: from a key press to the frame that shows what it did, in a workspace
//! of 100,000 projects: results in a run of 5,000 items, letters in the filter of the list of projects.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

use crate::Given;
use crate::driver::{App, Desktop, SHORT, poll, testid};
use crate::row::{Row, percentile};

const SCRIPT: &str = include_str!("paint.js");
/// From one result to the next: a hand at eight keys a second.
const TICK: Duration = Duration::from_millis(125);
const TICKS: usize = 100;
/// From one letter to the next.
const LETTER: Duration = Duration::from_millis(150);
/// Typed and deleted again, letter by letter: each letter leaves another number of projects.
const WORDS: [&str; 8] = ["cal", "bo", "no", "pl", "ra", "sc", "con", "mi"];
const ROUNDS: usize = 2;
/// What a person takes as at once, in milliseconds.
const BAR: f64 = 50.0;

/// Measures results.
pub async fn tick(given: &Given) -> Result<Row> {
    let desktop = Desktop::new().await?;
    let app = desktop.open(&given.data("long")).await?;
    app.click(testid("nav-checklists")).await?;
    app.click(testid("run-row")).await?;
    app.wait_for("[data-current=true]").await?;
    // Earlier benches have left results at its beginning.
    app.keys("u").await?;
    let asked = "const asked = () => document.querySelector('[data-current=true]')?.dataset.testid;";
    let answered = "const answered = (on) => \
         document.querySelector(`[data-testid=\"${on}\"]`)?.dataset.status === 'pass';";
    let times = press(&app, asked, answered, &vec!['p'; TICKS], TICK).await?;
    app.quit().await?;
    Ok(Row::lower("tick_to_paint_p95", "ms", percentile(&times, 95), None, Some(BAR)))
}

/// Measures letters.
pub async fn filter(given: &Given) -> Result<Row> {
    let desktop = Desktop::new().await?;
    let app = desktop.open(&given.data("100000")).await?;
    app.click(testid("nav-projects")).await?;
    app.wait_for(testid("project-row")).await?;
    app.click(testid("projects-filter")).await?;
    let asked = "const asked = () => document.querySelector('[data-testid=projects-total]')?.textContent;";
    let answered = "const answered = (on) => document.querySelector('[data-testid=projects-total]')?.textContent !== on;";
    let word = |word: &&str| {
        let back = std::iter::repeat_n(char::from(Key::Backspace), word.chars().count());
        word.chars().chain(back).collect::<Vec<char>>()
    };
    let keys: Vec<char> = WORDS.iter().flat_map(word).collect::<Vec<_>>().repeat(ROUNDS);
    let times = press(&app, asked, answered, &keys, LETTER).await?;
    app.quit().await?;
    Ok(Row::lower("filter_to_paint_p95", "ms", percentile(&times, 95), None, Some(BAR)))
}

/// Presses keys at a pace; from each to its frame, in milliseconds.
async fn press(app: &App, asked: &str, answered: &str, keys: &[char], pace: Duration) -> Result<Vec<f64>> {
    app.eval(&format!("{asked}\n{answered}\n{SCRIPT}")).await?;
    for some in keys.chunks(20) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for &value in some {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
            actions = actions.then(KeyAction::Pause { duration: pace });
        }
        app.perform(actions).await?;
    }
    let all = poll(SHORT, async || {
        let times = app.eval("return globalThis.__paint").await.ok()?;
        let times: Vec<f64> = times.as_array()?.iter().filter_map(serde_json::Value::as_f64).collect();
        (times.len() >= keys.len()).then_some(times)
    });
    let Some(times) = all.await else {
        let seen = app.eval("return globalThis.__paint.length").await?;
        return Err(app.failure(&format!("{seen} of {} keys showed their answer", keys.len())).await);
    };
    ensure!(times.len() == keys.len(), "{} answers to {} keys", times.len(), keys.len());
    times.iter().copied().reduce(f64::max).context("no key was pressed")?;
    Ok(times)
}
