//! Pictures of every place of the window in both themes, side by side on one page for a person to look through:
//! `cargo xtask shots`, then `target/shots/index.html`. Nothing in them is compared.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use partner_core::ipc::boot::Settings;
use serde::Serialize;

use crate::driver::{App, Desktop};
use crate::places::{Kind, Place, Visitor, World, walk};
use crate::screens::SETTLE;

/// Where the pictures go; without it they go with the tests' own files.
const OUT: &str = "PARTNER_SHOTS_OUT";
/// Only the places whose name contains this, or one of several with a `|` between them.
const PART: &str = "PARTNER_SHOTS_PART";
/// Only this world, by its name, and only one of its passes where its language or zoom is named, too: `Sample pt`,
/// `Sample 200 %`.
const WORLD: &str = "PARTNER_SHOTS_WORLD";
/// The page; see the file.
const PAGE: &str = include_str!("shots/index.html");

/// A size of the window.
type Size = (u32, u32);

/// What the window usually is, and what a large screen has.
const USUAL: [Size; 2] = [(1280, 800), (1920, 1080)];
/// The smallest that is allowed, and the largest that is tried.
const EXTREME: [Size; 2] = [(1024, 640), (2560, 1440)];

/// As high as a page of A4 at 96 dots an inch.
const A4: Size = (1024, 1123);

/// A walk with its pictures.
struct Pass {
    world: World,
    /// As the window's settings have it.
    language: &'static str,
    /// In per cent.
    zoom: u16,
    /// What is not pictured at the usual sizes alone.
    sizes: fn(Kind) -> Vec<Size>,
}

const fn pass(world: World, language: &'static str, zoom: u16, sizes: fn(Kind) -> Vec<Size>) -> Pass {
    Pass { world, language, zoom, sizes }
}

const PASSES: [Pass; 14] = [
    pass(World::Sample, "en", 100, |kind| match kind {
        Kind::Screen => [USUAL, EXTREME].concat(),
        Kind::Over => vec![USUAL[0], USUAL[1], EXTREME[0]],
        Kind::Window => vec![(440, 800)],
        Kind::Paper => vec![A4],
    }),
    pass(World::Empty, "en", 100, |_| USUAL.to_vec()),
    pass(World::Long, "en", 100, |_| [USUAL, EXTREME].concat()),
    pass(World::Trouble, "en", 100, |_| USUAL.to_vec()),
    pass(World::Overtaken, "en", 100, |_| USUAL.to_vec()),
    pass(World::Team, "en", 100, |_| USUAL.to_vec()),
    pass(World::Cloud, "en", 100, |_| USUAL.to_vec()),
    pass(World::Damaged, "en", 100, |_| USUAL.to_vec()),
    pass(World::DamagedCache, "en", 100, |_| USUAL.to_vec()),
    pass(World::TooNew, "en", 100, |_| USUAL.to_vec()),
    pass(World::Sample, "pt", 100, screens),
    pass(World::Sample, "es", 100, screens),
    pass(World::Sample, "pseudo", 100, |_| vec![USUAL[0]]),
    pass(World::Sample, "en", 200, |_| vec![USUAL[0]]),
];

impl Pass {
    /// Language and zoom, where they are not the usual ones.
    fn variant(&self) -> String {
        match (self.language, self.zoom) {
            ("en", 100) => String::new(),
            ("en", zoom) => format!("{zoom} %"),
            (language, _) => language.to_owned(),
        }
    }

    fn is_wanted(&self, wanted: &str) -> bool {
        let world = format!("{:?}", self.world);
        wanted.is_empty() || wanted == world || wanted == format!("{world} {}", self.variant())
    }
}

fn screens(kind: Kind) -> Vec<Size> {
    if kind == Kind::Screen { vec![USUAL[0]] } else { Vec::new() }
}

/// A picture in both themes, as the page lists it.
#[derive(Serialize)]
struct Shot {
    group: &'static str,
    name: &'static str,
    /// Language and zoom, where they are not the usual ones.
    variant: String,
    width: u32,
    height: u32,
    light: String,
    dark: String,
}

struct Album<'a> {
    out: PathBuf,
    part: &'a str,
    pass: &'a Pass,
    shots: Vec<Shot>,
}

impl Visitor for Album<'_> {
    fn begin(&mut self, _: &Path) {}

    async fn visit(&mut self, app: &App, place: Place) -> Result<()> {
        let name = format!("{} {}", place.group, place.name).to_lowercase();
        if !self.part.split('|').any(|part| name.contains(part)) {
            return Ok(());
        }
        let sizes = (self.pass.sizes)(place.kind);
        for &(width, height) in &sizes {
            app.resize(width, height).await?;
            let [light, dark] = ["light", "dark"].map(|theme| self.file(place, width, height, theme));
            for (theme, file) in [("light", &light), ("dark", &dark)] {
                app.eval(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
                app.eval_async(SETTLE).await?;
                app.screenshot(&self.out.join(file)).await?;
            }
            let Place { group, name, .. } = place;
            self.shots.push(Shot { group, name, variant: self.pass.variant(), width, height, light, dark });
        }
        if place.kind != Kind::Window && !sizes.is_empty() {
            app.resize(USUAL[0].0, USUAL[0].1).await?;
            // What is clicked next is where it will stay.
            app.eval_async(SETTLE).await?;
        }
        Ok(())
    }

    fn note(&mut self, _: String) {}
}

impl Album<'_> {
    fn file(&self, place: Place, width: u32, height: u32, theme: &str) -> String {
        let words = format!("{} {} {} {theme}", place.group, place.name, self.pass.variant());
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
        let words: String = words.chars().map(plain).collect();
        format!("{width}x{height}/{}.png", words.split_whitespace().collect::<Vec<_>>().join("-"))
    }
}

#[tokio::test]
#[ignore = "makes pictures to look at; nothing in them is compared"]
async fn shots() -> Result<()> {
    let out = std::env::var_os(OUT).map(PathBuf::from);
    let out = out.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("window/shots"));
    let part = std::env::var(PART).unwrap_or_default().to_lowercase();
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    fs::create_dir_all(&out)?;
    let largest = EXTREME[1];
    let desktop = Desktop::sized(largest.0, largest.1).await?;
    let mut shots = Vec::new();
    let world = std::env::var(WORLD).unwrap_or_default();
    for pass in PASSES.iter().filter(|pass| pass.is_wanted(&world)) {
        let mut album = Album { out: out.clone(), part: &part, pass, shots: Vec::new() };
        let language = pass.language.to_owned();
        let settings = Settings { language, zoom: pass.zoom, ..Settings::default() };
        let walked = walk(&desktop, pass.world, settings, USUAL[0], &mut album).await;
        shots.append(&mut album.shots);
        // What was pictured so far is there to look at, whatever stopped the walk.
        let list = serde_json::to_string(&shots)?;
        ensure!(PAGE.contains("[/* pictures */]"), "the page has no place for the pictures");
        fs::write(out.join("index.html"), PAGE.replace("[/* pictures */]", &list.replace('<', "\\u003c")))?;
        walked.with_context(|| format!("{:?}, {}, {} %", pass.world, pass.language, pass.zoom))?;
    }
    ensure!(!shots.is_empty(), "no place's name contains {part:?}");
    Ok(())
}
