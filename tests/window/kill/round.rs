//! What a person saw and pressed between a start and a kill.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use serde::Deserialize;

use super::random::Random;
use crate::driver::App;

/// Items and how they stand.
type Statuses = BTreeMap<String, String>;

/// A result that a key gave to an item.
pub type Tick = (String, String);

/// One start.
#[derive(Debug)]
pub struct Round {
    /// How each item stood at its beginning.
    shown: Statuses,
    /// The ticks in the order of the keys.
    pub pressed: Vec<Tick>,
    /// So many of them, from the first, were confirmed by the screen.
    pub confirmed: usize,
}

/// An item's row in the window.
#[derive(Deserialize)]
struct Row {
    id: String,
    status: String,
    saved: bool,
    current: bool,
}

impl Round {
    /// Reads every row of the run.
    pub async fn begin(app: &App) -> Result<Self> {
        let mut shown = Statuses::new();
        // A list draws only what is in sight.
        for (key, end) in [(Key::Home, 0), (Key::End, -1)] {
            app.press(key).await?;
            let drawn = "[...document.querySelectorAll('[data-testid^=item-][data-current]')]";
            app.wait_js(&format!("{drawn}.at({end})?.dataset.current === 'true'")).await?;
            shown.extend(rows(app).await?.into_iter().map(|row| (row.id, row.status)));
        }
        ensure!(shown.len() == 27, "the QA checklist has 27 items, the window showed {}", shown.len());
        Ok(Self { shown, pressed: Vec::new(), confirmed: 0 })
    }

    /// Moves and ticks until the window goes.
    pub async fn tick(&mut self, app: &App, random: &mut Random) -> Result<()> {
        let mut now = self.shown.clone();
        loop {
            let rows = rows(app).await?;
            self.note(&rows);
            let current = rows.iter().find(|row| row.current).context("no item is in focus")?;
            if random.below(3) == 0 {
                app.keys(if random.below(2) == 0 { "j" } else { "k" }).await?;
                continue;
            }
            // Another result than the one that stands, so that seeing it means that this key did it.
            let stands = now.get(&current.id).map(String::as_str);
            let (key, result) = if stands == Some("pass") { ("b", "blocked") } else { ("p", "pass") };
            let item = current.id.clone();
            self.pressed.push((item.clone(), result.to_owned()));
            now.insert(item, result.to_owned());
            app.keys(key).await?;
        }
    }

    /// Notes which of the ticks the screen shows as durable.
    fn note(&mut self, rows: &[Row]) {
        for (index, (item, result)) in self.pressed.iter().enumerate().skip(self.confirmed) {
            let later = self.pressed[index + 1..].iter().any(|(other, _)| other == item);
            let seen = rows.iter().any(|row| row.id == *item && row.status == *result && row.saved);
            if seen && !later {
                self.confirmed = index + 1;
            }
        }
    }

    /// Whether what the next start shows comes from these ticks: all that were confirmed, then perhaps some more, in
    /// their order.
    pub fn leads_to(&self, next: &Self) -> Result<()> {
        let mut state = self.shown.clone();
        let mut possible = Vec::new();
        for (index, (item, result)) in self.pressed.iter().enumerate() {
            if index >= self.confirmed {
                possible.push(state.clone());
            }
            state.insert(item.clone(), result.clone());
        }
        possible.push(state);
        ensure!(
            possible.contains(&next.shown),
            "of {} ticks {} were confirmed: {:?}\nbefore: {:?}\nafter: {:?}",
            self.pressed.len(),
            self.confirmed,
            self.pressed,
            self.shown,
            next.shown
        );
        Ok(())
    }
}

async fn rows(app: &App) -> Result<Vec<Row>> {
    let script = "return [...document.querySelectorAll('[data-testid^=item-][data-status]')].map(({ dataset }) => ({ \
         id: dataset.testid.slice('item-'.length), status: dataset.status, \
         saved: dataset.saved === 'true', current: dataset.current === 'true' }))";
    Ok(serde_json::from_value(app.eval(script).await?)?)
}
