//! Every place of the window (`places.rs`) in order: no error in the page, and the basics that a screen reader needs.
//! axe-core looks for what the Web Content Accessibility Guidelines ask of a page, in both themes; no word is cut where
//! nobody can read the rest, at any size and zoom; and every word comes from the catalogue. What takes an eye or an
//! ear is not tried here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use partner_core::ipc::boot::Settings;
use serde_json::{Value, json};

use crate::driver::{App, Desktop, poll, role, testid};
use crate::files;
use crate::given::{PERSON, WORKSPACE};
use crate::keyboard::hand::{FOCUS, NOTHING};
use crate::places::{Kind, Place, Visitor, World, walk};

/// Notes every error of the page from now on.
const WATCH: &str = "if (window.__errors) return; window.__errors = []; \
     const note = (what) => window.__errors.push(String(what)); \
     window.addEventListener('error', (event) => note(`error: ${event.message}`)); \
     window.addEventListener('unhandledrejection', (event) => note(`rejection: ${event.reason?.message ?? JSON.stringify(event.reason)}`)); \
     document.addEventListener('securitypolicyviolation', (event) => note(`barred: ${event.violatedDirective} ${event.blockedURI}`)); \
     for (const level of ['error', 'warn']) console[level] = (...what) => note(`console.${level}: ${what.join(' ')}`);";

/// Says what is wrong with the page; see the file.
const FAULTS: &str = include_str!("screens/faults.js");
/// Says what axe-core finds wrong with the page.
const AXE: &str = include_str!("screens/axe.js");
/// Says which words are cut.
const CUT: &str = include_str!("screens/cut.js");
/// Says which words come from no catalogue.
const WORDS: &str = include_str!("screens/words.js");
/// Ends what moves, once the page has been drawn anew.
pub const SETTLE: &str = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => { \
     for (const each of document.getAnimations()) if (each.effect.getComputedTiming().endTime !== Infinity) each.finish(); \
     requestAnimationFrame(done); }))";
/// axe-core itself, as npm installed it for the window.
const AXE_CORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/node_modules/axe-core/axe.min.js");

/// What is looked for at each place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Everything that does not depend on the size.
    Sound,
    /// A focus that Tab loses, or that cannot be seen.
    Focus,
    /// Words that are cut, and pages wider than the window.
    Cut,
    /// Words that come from no catalogue.
    Words,
}

/// Notes what is wrong at each place, so that one run tells of all.
struct Inspector {
    look: Look,
    data: PathBuf,
    /// Texts that came from elsewhere.
    received: BTreeSet<String>,
    faults: Vec<String>,
}

impl Inspector {
    fn new(look: Look) -> Self {
        Self { look, data: PathBuf::new(), received: BTreeSet::new(), faults: Vec::new() }
    }

    /// Walks, and notes what is wrong on the way.
    async fn inspect(&mut self, settings: Settings, worlds: &[World], size: (u32, u32)) -> Result<()> {
        let desktop = Desktop::new().await?;
        for world in worlds {
            let before = self.faults.len();
            let walked = walk(&desktop, *world, settings.clone(), size, self).await;
            for fault in &mut self.faults[before..] {
                *fault = format!("{}, {} %, {fault}", settings.language, settings.zoom);
            }
            walked.with_context(|| format!("found so far:\n{}", self.faults.join("\n")))?;
        }
        Ok(())
    }

    /// Fails with everything that was found.
    fn tell(self) -> Result<()> {
        ensure!(self.faults.is_empty(), "{}", self.faults.join("\n"));
        Ok(())
    }
}

impl Visitor for Inspector {
    fn begin(&mut self, data: &Path) {
        data.clone_into(&mut self.data);
        self.received.clear();
    }

    fn receives(&mut self, words: &Value) {
        strings(words, &mut self.received);
    }

    async fn visit(&mut self, app: &App, place: Place) -> Result<()> {
        let found = match self.look {
            // Nobody moves about on paper.
            Look::Sound | Look::Focus if place.kind == Kind::Paper => Vec::new(),
            Look::Sound => sound(app).await?,
            // A display without a window manager gives the focus to one window only.
            Look::Focus if place.kind == Kind::Window => Vec::new(),
            Look::Focus => tabbed(app).await?,
            Look::Cut => {
                app.eval_async(SETTLE).await?;
                lines(app, CUT).await?
            }
            Look::Words => words(app, &self.data, &self.received).await?,
        };
        self.faults
            .extend(found.into_iter().map(|fault| format!("{}, {}: {fault}", place.group, place.name)));
        Ok(())
    }

    fn note(&mut self, fault: String) {
        self.faults.push(fault);
    }
}

const ALL: [World; 10] = [
    World::Sample,
    World::Empty,
    World::Long,
    World::Trouble,
    World::Overtaken,
    World::Team,
    World::Cloud,
    World::Damaged,
    World::DamagedCache,
    World::TooNew,
];

#[tokio::test]
async fn every_place_has_its_basics_and_no_error() -> Result<()> {
    let mut inspector = Inspector::new(Look::Sound);
    inspector.inspect(Settings::default(), &ALL, (1280, 800)).await?;
    inspector.tell()
}

#[tokio::test]
async fn tab_goes_through_every_place_and_can_be_seen_at_each_stop() -> Result<()> {
    let mut inspector = Inspector::new(Look::Focus);
    // Not the team's: its sign-in has a window of its own, after which this display gives the focus to none.
    inspector.inspect(Settings::default(), &[World::Sample, World::Cloud], (1280, 800)).await?;
    inspector.tell()
}

#[tokio::test]
async fn no_word_is_cut_at_the_smallest_size_in_any_language() -> Result<()> {
    let mut inspector = Inspector::new(Look::Cut);
    inspector.inspect(Settings::default(), &ALL, (1024, 640)).await?;
    for language in ["pt", "es"] {
        let longer = Settings { language: language.to_owned(), ..Settings::default() };
        inspector.inspect(longer, &[World::Sample], (1024, 640)).await?;
    }
    inspector.tell()
}

#[tokio::test]
async fn no_word_is_cut_at_the_largest_zoom() -> Result<()> {
    let mut inspector = Inspector::new(Look::Cut);
    let zoomed = Settings { zoom: 200, ..Settings::default() };
    // On a smaller window the page is scrolled (`frame.css`).
    inspector.inspect(zoomed, &[World::Sample], (1920, 1080)).await?;
    inspector.tell()
}

#[tokio::test]
async fn every_word_comes_from_the_catalogue() -> Result<()> {
    let mut inspector = Inspector::new(Look::Words);
    let pseudo = Settings { language: "pseudo".to_owned(), ..Settings::default() };
    inspector.inspect(pseudo, &ALL, (1280, 800)).await?;
    inspector.tell()
}

#[tokio::test]
async fn the_sample_data_is_left_with_one_click() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("sample")?;
    let app = desktop.open(&data).await?;
    app.click(testid("start-sample")).await?;
    app.wait_for("[data-screen=home]").await?;
    app.click(role("button", "Leave sample data")).await?;
    app.wait_for(testid("start-here")).await?;
    ensure!(!data.join("sample").exists(), "the sample data went with it");
    app.quit().await
}

/// What is wrong with the page, and what went wrong in it so far.
async fn sound(app: &App) -> Result<Vec<String>> {
    app.eval(WATCH).await?;
    // What is read for a screen comes a moment after the screen.
    let mut faults: Vec<String> = Vec::new();
    let _ = poll(Duration::from_secs(3), async || {
        faults = lines(app, FAULTS).await.ok()?;
        faults.is_empty().then_some(())
    })
    .await;
    faults.extend(lines(app, "return window.__errors.splice(0)").await?);
    app.eval_async(SETTLE).await?;
    faults.extend(lines(app, CUT).await?);
    faults.extend(axe(app).await?);
    Ok(faults)
}

/// More stops than any place has.
const MOST_STOPS: usize = 250;
/// Whether the focus is where Tab was before, or out of the dialog that is open; a number for the element otherwise.
const STOP: &str = "const at = document.activeElement; const dialog = [...document.querySelectorAll('[role=dialog]')].at(-1); \
     if (dialog && !dialog.contains(at)) return 'outside'; \
     if (at === document.body) return 'nowhere'; \
     window.__stops ??= new Map(); if (window.__stops.has(at)) return 'again'; \
     window.__stops.set(at, true); return 'new'";

/// Presses Tab until it comes round: at each stop the focus is somewhere, and can be seen.
async fn tabbed(app: &App) -> Result<Vec<String>> {
    // In a menu, or a list that is open, Tab is no way on: arrows are.
    if app.is_there("[role=menu], [data-select-content], [data-combobox-content]").await? {
        return Ok(Vec::new());
    }
    app.eval("window.__stops = undefined; window.__from = document.activeElement").await?;
    let (mut faults, mut nowhere) = (BTreeSet::new(), 0);
    for _ in 0..MOST_STOPS {
        app.press(Key::Tab).await?;
        let stop = app.eval(STOP).await?;
        match stop.as_str() {
            Some("again") => break,
            Some("outside") => {
                faults.insert("Tab leaves the dialog".to_owned());
                break;
            }
            // Between the last stop and the first, once.
            Some("nowhere") => nowhere += 1,
            _ => {
                let mut wrong = String::new();
                // A stop is scrolled into sight with the next frame.
                let seen = poll(Duration::from_secs(3), async || {
                    (_, wrong) =
                        serde_json::from_value::<(String, String)>(app.eval(FOCUS).await.ok()?).ok()?;
                    wrong.is_empty().then_some(())
                });
                if seen.await.is_none() && wrong != NOTHING {
                    faults.insert(wrong);
                }
            }
        }
        // What is wrong everywhere need not be told at every stop.
        if faults.len() > 4 {
            break;
        }
        if nowhere > 1 {
            faults.insert("Tab loses the focus".to_owned());
            break;
        }
    }
    // The keys of the screen rest while a field has the focus.
    app.eval("document.activeElement?.blur(); window.__from?.focus()").await?;
    Ok(faults.into_iter().collect())
}

/// What axe-core finds, in light and in dark.
async fn axe(app: &App) -> Result<Vec<String>> {
    if app.eval("return typeof axe").await? == "undefined" {
        app.eval(&format!("{}\nwindow.axe ??= axe", fs::read_to_string(AXE_CORE)?)).await?;
    }
    let mut faults = Vec::new();
    for (theme, colours) in [("dark", true), ("light", false)] {
        // What the page reads anew meanwhile sets the person's theme again: what was found then is of neither.
        let found = poll(Duration::from_secs(30), async || {
            app.eval(&format!("document.documentElement.dataset.theme = '{theme}'")).await.ok()?;
            // A colour on its way from one theme to the other is neither, too.
            app.eval_async(SETTLE).await.ok()?;
            let found = app.eval_async_with(AXE, vec![json!(colours)]).await.ok()?;
            let now = app.eval("return document.documentElement.dataset.theme").await.ok()?;
            (now == theme).then_some(found)
        });
        let found: Vec<String> = serde_json::from_value(found.await.context("axe")?).context("axe")?;
        faults.extend(found.into_iter().map(|fault| format!("{theme}: {fault}")));
    }
    Ok(faults)
}

/// Words that come from no catalogue, and from nobody who entered them either.
async fn words(app: &App, data: &Path, received: &BTreeSet<String>) -> Result<Vec<String>> {
    let mut entered = received.clone();
    entered.extend([WORKSPACE, PERSON].map(str::to_owned));
    for command in files::commands(data) {
        strings(&serde_json::from_str(&command)?, &mut entered);
    }
    strings(&serde_json::to_value(partner_core::profile::read(data)?)?, &mut entered);
    let mut given: BTreeSet<_> =
        domain::workspace::built_in_pages().iter().map(|page| page.details.title.clone()).collect();
    for template in domain::templates::built_in() {
        strings(&serde_json::to_value(template)?, &mut given);
    }
    given.extend(talkdesk::region::Regions::default().0.into_iter().map(|region| region.name));
    app.eval(&format!("window.__entered = {}; window.__given = {}", json!(entered), json!(given))).await?;
    lines(app, WORDS).await
}

/// Every text of a JSON value that is no word of the wire's own.
fn strings(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.bytes().any(|b| !b.is_ascii_lowercase() && !b"_.".contains(&b)) => {
            into.insert(text.clone());
        }
        Value::Array(all) => all.iter().for_each(|one| strings(one, into)),
        Value::Object(all) => all.iter().for_each(|(key, one)| match one {
            // Names of Talkdesk's own that look like words of the wire.
            Value::String(scope) if key == "scope" => {
                into.insert(scope.clone());
            }
            _ => strings(one, into),
        }),
        _ => {}
    }
}

/// What a script of the page finds: a line each.
async fn lines(app: &App, script: &str) -> Result<Vec<String>> {
    serde_json::from_value(app.eval(script).await?).context("a script of the page gave no lines")
}
