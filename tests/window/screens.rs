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
    faults: Vec<String>,
}

impl Inspector {
    /// Walks, and fails with everything that was found.
    async fn inspect(
        look: Look,
        desktop: &Desktop,
        settings: Settings,
        worlds: &[World],
        size: (u32, u32),
    ) -> Result<()> {
        let mut inspector = Self { look, data: PathBuf::new(), faults: Vec::new() };
        for world in worlds {
            let walked = walk(desktop, *world, settings.clone(), size, &mut inspector).await;
            walked.with_context(|| format!("found so far:\n{}", inspector.faults.join("\n")))?;
        }
        ensure!(inspector.faults.is_empty(), "{}", inspector.faults.join("\n"));
        Ok(())
    }
}

impl Visitor for Inspector {
    fn begin(&mut self, data: &Path) {
        data.clone_into(&mut self.data);
    }

    async fn visit(&mut self, app: &App, place: Place) -> Result<()> {
        let found = match self.look {
            Look::Sound => sound(app).await?,
            // A display without a window manager gives the focus to one window only.
            Look::Focus if place.kind == Kind::Window => Vec::new(),
            Look::Focus => tabbed(app).await?,
            Look::Cut => lines(app, CUT).await?,
            Look::Words => words(app, &self.data).await?,
        };
        self.faults
            .extend(found.into_iter().map(|fault| format!("{}, {}: {fault}", place.group, place.name)));
        Ok(())
    }

    fn note(&mut self, fault: String) {
        self.faults.push(fault);
    }
}

const ALL: [World; 5] = [World::Sample, World::Empty, World::Long, World::Trouble, World::Damaged];

#[tokio::test]
async fn every_screen_has_its_basics_and_no_error() -> Result<()> {
    let desktop = Desktop::new().await?;
    let app = desktop.open(&desktop.data("screens")?).await?;
    in_order(&app, "first start").await?;
    app.click(testid("start-here")).await?;
    in_order(&app, "start dialog").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("start-dialog")).await?;
    app.click(testid("start-sample")).await?;

    for screen in [
        "home",
        "projects",
        "checklists",
        "reviews",
        "customers",
        "conflicts",
        "connections",
        "activity",
        "workspace",
        "settings",
    ] {
        app.click(testid(&format!("nav-{screen}"))).await?;
        app.wait_for(format!("[data-screen={screen}]").as_str()).await?;
        app.wait_for(testid("sample-banner")).await?;
        in_order(&app, screen).await?;
    }
    app.chord(&[Key::Control], 'k').await?;
    app.wait_for(testid("palette")).await?;
    in_order(&app, "palette").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("palette")).await?;
    app.keys("?").await?;
    app.wait_for(testid("key-list")).await?;
    in_order(&app, "list of keys").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("key-list")).await?;
    project(&app).await?;
    run(&app).await?;
    review(&app).await?;
    app.quit().await
}

#[tokio::test]
#[ignore = "walks to every place, which takes minutes: run it by name"]
async fn every_place_has_its_basics_and_no_error() -> Result<()> {
    let desktop = Desktop::new().await?;
    Inspector::inspect(Look::Sound, &desktop, Settings::default(), &ALL, (1280, 800)).await
}

#[tokio::test]
#[ignore = "walks to every place, which takes minutes: run it by name"]
async fn tab_goes_through_every_place_and_can_be_seen_at_each_stop() -> Result<()> {
    let desktop = Desktop::new().await?;
    Inspector::inspect(Look::Focus, &desktop, Settings::default(), &[World::Sample], (1280, 800)).await
}

#[tokio::test]
#[ignore = "walks to every place, which takes minutes: run it by name"]
async fn no_word_is_cut_at_the_smallest_size_in_any_language_nor_at_the_largest_zoom() -> Result<()> {
    let desktop = Desktop::new().await?;
    let zoomed = Settings { zoom: 200, ..Settings::default() };
    Inspector::inspect(Look::Cut, &desktop, Settings::default(), &ALL, (1024, 640)).await?;
    for language in ["pt", "es"] {
        let longer = Settings { language: language.to_owned(), ..Settings::default() };
        Inspector::inspect(Look::Cut, &desktop, longer, &[World::Sample], (1024, 640)).await?;
    }
    Inspector::inspect(Look::Cut, &desktop, zoomed, &[World::Sample], (1280, 800)).await
}

#[tokio::test]
#[ignore = "walks to every place, which takes minutes: run it by name"]
async fn every_word_comes_from_the_catalogue() -> Result<()> {
    let desktop = Desktop::new().await?;
    let pseudo = Settings { language: "pseudo".to_owned(), ..Settings::default() };
    Inspector::inspect(Look::Words, &desktop, pseudo, &ALL, (1280, 800)).await
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

/// A project with its tabs, the parts of its version, the dialogs that open there.
async fn project(app: &App) -> Result<()> {
    app.click(testid("nav-projects")).await?;
    app.click(testid("new-project")).await?;
    in_order(app, "project dialog").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("project-dialog")).await?;
    app.fill(testid("projects-filter"), "Call Notes").await?;
    app.wait_js("document.querySelectorAll('[data-testid=project-row]').length === 1").await?;
    app.click(testid("project-row")).await?;
    app.wait_for("[data-screen=project]").await?;
    for _ in 0..5 {
        in_order(app, "project").await?;
        app.keys("]").await?;
    }
    app.keys("i").await?;
    app.wait_for(testid("install-dialog")).await?;
    in_order(app, "install dialog").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("install-dialog")).await?;
    app.keys("e").await?;
    for part in ["general", "technical", "marketplace"] {
        app.click(testid(&format!("part-{part}"))).await?;
        app.wait_for(format!("[data-testid=part-{part}][aria-current=true]").as_str()).await?;
        in_order(app, part).await?;
    }
    Ok(())
}

async fn run(app: &App) -> Result<()> {
    app.click(testid("nav-checklists")).await?;
    app.click(testid("start-run")).await?;
    app.wait_for(testid("start-run-dialog")).await?;
    in_order(app, "start of a run").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("start-run-dialog")).await?;
    app.click(testid("import-template")).await?;
    in_order(app, "import of a template").await?;
    app.press(Key::Escape).await?;
    app.click(testid("run-row")).await?;
    app.wait_for("[data-screen=run]").await?;
    in_order(app, "run").await
}

async fn review(app: &App) -> Result<()> {
    app.click(testid("nav-reviews")).await?;
    app.click(testid("reviews-talkdesk")).await?;
    app.wait_text(testid("reviews"), "In review").await?;
    app.click(testid("review-row")).await?;
    app.wait_for("[data-screen=review]").await?;
    in_order(app, "review").await?;
    app.click(testid("record-answer")).await?;
    app.wait_for(testid("answer-dialog")).await?;
    in_order(app, "Talkdesk's answer").await
}

/// The page is in order, and nothing went wrong in it so far.
async fn in_order(app: &App, place: &str) -> Result<()> {
    let faults = sound(app).await?;
    ensure!(faults.is_empty(), "{place}:\n{}", faults.join("\n"));
    Ok(())
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
    // In a menu Tab is no way on: arrows are.
    if app.is_there("[role=menu], [data-select-content]").await? {
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
    for theme in ["dark", "light"] {
        app.eval(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
        // A colour on its way from one theme to the other is neither.
        app.eval_async(SETTLE).await?;
        let found: Vec<String> = serde_json::from_value(app.eval_async(AXE).await?).context("axe")?;
        faults.extend(found.into_iter().map(|fault| format!("{theme}: {fault}")));
    }
    Ok(faults)
}

/// Words that come from no catalogue, and from nobody who entered them either.
async fn words(app: &App, data: &Path) -> Result<Vec<String>> {
    let mut entered = BTreeSet::from([WORKSPACE.to_owned(), PERSON.to_owned()]);
    for command in files::commands(data) {
        strings(&serde_json::from_str(&command)?, &mut entered);
    }
    let mut given = BTreeSet::new();
    for template in domain::templates::built_in() {
        strings(&serde_json::to_value(template)?, &mut given);
    }
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
