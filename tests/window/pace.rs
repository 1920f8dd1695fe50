//! Two hundred items by keyboard at ten keys a second, notes, reasons and undo among the keys: nothing lost, nothing
//! turned round.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::driver::{App, Desktop, SHORT, poll, testid};
use crate::given::Given;

const ITEMS: usize = 200;
/// From one key to the next; the driver itself takes the rest of the tenth of a second.
const PAUSE: Duration = Duration::from_millis(86);

/// What a hand does on one item, and what has to stand afterwards.
struct Work {
    keys: Vec<Stroke>,
    status: &'static str,
    note: String,
    /// Each entry of its history, oldest first, `-` before what was taken back.
    history: Vec<String>,
    /// The commands that it makes, in order.
    commands: Vec<&'static str>,
}

#[derive(Clone, Copy)]
enum Stroke {
    Key(char),
    Undo,
}

fn id(n: usize) -> String {
    format!("IT-{:03}", n + 1)
}

/// The work on item `n`. With *on to the next untested* every result leads to the next one by itself.
fn work(n: usize) -> Work {
    let typed = |text: &str, end: Key| text.chars().chain([end.into()]).map(Stroke::Key).collect::<Vec<_>>();
    let one = |key, status: &'static str| Work {
        keys: vec![Stroke::Key(key)],
        status,
        note: String::new(),
        history: vec![status.to_owned()],
        commands: vec!["run.set_result"],
    };
    match n % 10 {
        0 => one('f', "fail"),
        1 => one('b', "blocked"),
        2 => Work {
            keys: [vec![Stroke::Key('n')], typed("no", Key::Enter)].concat(),
            history: vec!["not_applicable no".to_owned()],
            ..one('n', "not_applicable")
        },
        3 => {
            let note = format!("s{n}");
            Work {
                keys: [vec![Stroke::Key('m')], typed(&note, Key::Escape), vec![Stroke::Key('p')]].concat(),
                history: vec![format!("note {note}"), "pass".to_owned()],
                commands: vec!["run.note", "run.set_result"],
                note,
                ..one('p', "pass")
            }
        }
        4 => Work {
            keys: vec![Stroke::Key('f'), Stroke::Undo, Stroke::Key('p')],
            history: vec!["-fail".to_owned(), "pass".to_owned()],
            commands: vec!["run.set_result", "run.undo", "run.set_result"],
            ..one('p', "pass")
        },
        5 => Work {
            keys: vec![Stroke::Key('a'), Stroke::Key('p')],
            history: vec!["assigned".to_owned(), "pass".to_owned()],
            commands: vec!["run.assign", "run.set_result"],
            ..one('p', "pass")
        },
        _ => one('p', "pass"),
    }
}

#[expect(
    clippy::print_stdout,
    reason = "how fast the driver could press is worth knowing where nothing failed"
)]
#[tokio::test]
async fn two_hundred_items_at_ten_keys_a_second_lose_no_key() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("pace")?;
    let given = Given::workspace(&data).await?;
    let project = given.project("Call Notes").await?;
    let version = given.version(project, "1.0.0").await?;
    let run = given.run_of(project, version, ITEMS, id).await?;
    given.close().await?;

    let app = desktop.open(&data).await?;
    app.click(testid("nav-checklists")).await?;
    app.click(testid("run-row")).await?;
    // No wait: the first keys come before the run was read.
    let all: Vec<Work> = (0..ITEMS).map(work).collect();
    let strokes: Vec<Stroke> = all.iter().flat_map(|work| work.keys.iter().copied()).collect();
    let took = press(&app, &strokes).await?;
    // How fast the driver could press on this machine; no measure of the app.
    println!("{} keys within {took:?}", strokes.len());

    app.wait_js("!document.querySelector('[data-saved=false]')").await?;
    let view = settled(&app, &json!({ "run": run })).await?;
    let items: Vec<&Value> =
        array(&view["sections"]).iter().flat_map(|section| array(&section["items"])).collect();
    ensure!(items.len() == ITEMS, "{} items", items.len());
    for (n, (item, work)) in items.iter().zip(&all).enumerate() {
        let history: Vec<String> = array(&item["history"]).iter().rev().map(told).collect();
        let held = (item["id"].as_str(), item["status"].as_str(), item["note"].as_str(), &history);
        let meant = (Some(id(n)), Some(work.status), Some(work.note.as_str()), &work.history);
        ensure!(
            (held.0.map(str::to_owned), held.1, held.2, held.3) == meant,
            "{held:?} instead of {meant:?}"
        );
    }
    in_order(&app, &all).await?;
    app.quit().await
}

/// Presses key after key, at the pace.
async fn press(app: &App, strokes: &[Stroke]) -> Result<Duration> {
    let began = Instant::now();
    for some in strokes.chunks(20) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for stroke in some {
            let (held, value) = match stroke {
                Stroke::Key(value) => (None, *value),
                Stroke::Undo => (Some(Key::Control.into()), 'z'),
            };
            if let Some(value) = held {
                actions = actions.then(KeyAction::Down { value });
            }
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
            if let Some(value) = held {
                actions = actions.then(KeyAction::Up { value });
            }
            actions = actions.then(KeyAction::Pause { duration: PAUSE });
        }
        app.perform(actions).await?;
    }
    Ok(began.elapsed())
}

/// An entry of a history in a word or two.
fn told(entry: &Value) -> String {
    let what = &entry["what"];
    let text = |key: &str| what[key].as_str().unwrap_or_default().to_owned();
    let words = match what["type"].as_str().unwrap_or_default() {
        "result" => [text("outcome"), text("reason")].join(" ").trim().to_owned(),
        "note" => format!("note {}", text("text")),
        other => other.to_owned(),
    };
    if entry["undone"] == true { format!("-{words}") } else { words }
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The run, once the service took every command.
async fn settled(app: &App, args: &Value) -> Result<Value> {
    let sent = poll(SHORT, async || {
        let pending = app.call("pending", json!({})).await.ok()?.ok()?;
        array(&pending["rows"]).is_empty().then_some(())
    });
    sent.await.context("not everything was sent")?;
    app.call("run", args.clone()).await?.map_err(|error| anyhow::anyhow!("the run is not read: {error}"))
}

/// The service numbered the commands in the order of the keys.
async fn in_order(app: &App, all: &[Work]) -> Result<()> {
    let meant: Vec<(String, &str)> = all
        .iter()
        .enumerate()
        .flat_map(|(n, work)| work.commands.iter().map(move |kind| (id(n), *kind)))
        .collect();
    let rows = app.call("activity", json!({ "wanted": { "project": null, "person": null, "kinds": [], "from": null, "to": null, "words": [] }, "offset": 0, "limit": 1000 })).await?;
    let rows = rows.map_err(|error| anyhow::anyhow!("the activity is not read: {error}"))?;
    let held: Vec<(String, String)> = array(&rows["rows"])
        .iter()
        .rev()
        .map(|row| &row["command"])
        .filter(|command| command["aggregate"]["kind"] == "run" && command["kind"] != "run.start")
        .map(|command| {
            let item = command["args"]["item"].as_str().or_else(|| command["args"]["items"][0].as_str());
            (item.unwrap_or_default().to_owned(), command["kind"].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    let held: Vec<(String, &str)> = held.iter().map(|(item, kind)| (item.clone(), kind.as_str())).collect();
    ensure!(held == meant, "the order is {held:?}");
    Ok(())
}
