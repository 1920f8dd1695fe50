//! Every place of the window, one after the other: screens, dialogs, menus, and the states that they can be in.
//!
//! A walk goes there as a person would, whatever the language, the size and the zoom, and hands each place to a
//! visitor: one takes pictures, others look for what is wrong. A new screen or dialog gets its line here, and
//! is then looked at by all of them.

mod around;
mod cloud;
mod overtaken;
mod sample;
mod states;
mod team;
mod world;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use fantoccini::key::Key;
use partner_core::ipc::boot::Settings;
use serde_json::Value;

use crate::driver::{App, Desktop, testid};

/// What the window is shown over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// The sample data, from the first start on.
    Sample,
    /// A workspace in which nothing was made yet.
    Empty,
    /// Long names and texts, and more rows than fit.
    Long,
    /// Changes that were refused or met others, links that lead nowhere, and a vault that is damaged.
    Trouble,
    /// Work that a hotfix and a newer list overtook.
    Overtaken,
    /// A workspace that goes to a team's service, and the service away.
    Team,
    /// An installation with its events, made by the sandbox.
    Cloud,
    /// A service's database that cannot be read.
    Damaged,
    /// A cache that cannot be read.
    DamagedCache,
    /// A store that a newer version of the program wrote.
    TooNew,
}

/// What kind of place it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The whole window.
    Screen,
    /// What lies over a screen: a dialog, a menu, a list that is open.
    Over,
    /// A window of its own beside the main one.
    Window,
    /// What is printed, as paper shows it.
    Paper,
}

/// A place.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The screen that it belongs to.
    pub group: &'static str,
    /// Its name among them.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// What is done at each place.
pub trait Visitor {
    /// A walk begins over a data folder.
    fn begin(&mut self, data: &Path);

    /// Something came from elsewhere, in words of its own.
    fn receives(&mut self, _: &Value) {}

    /// The window shows the place. What goes wrong here ends the walk.
    async fn visit(&mut self, app: &App, place: Place) -> Result<()>;

    /// Something was wrong on the way: the focus did not come back, for one.
    fn note(&mut self, fault: String);
}

/// Goes to every place of a world.
pub async fn walk(
    desktop: &Desktop,
    world: World,
    settings: Settings,
    size: (u32, u32),
    visitor: &mut impl Visitor,
) -> Result<()> {
    let data = prepare(desktop, world, settings).await?;
    let app = match world {
        World::Trouble => desktop.open_by(&data, &world::link_to_nothing()).await?,
        _ => desktop.open(&data).await?,
    };
    app.resize(size.0, size.1).await?;
    visitor.begin(&data);
    let mut walk = Walk { app: &app, data: &data, visitor, group: "start" };
    let walked = match world {
        World::Sample => walk.sample().await,
        World::Empty => walk.empty().await,
        World::Long => walk.long().await,
        World::Trouble => walk.trouble().await,
        World::Overtaken => walk.overtaken().await,
        World::Team => walk.team().await,
        World::Cloud => walk.cloud().await,
        World::Damaged => walk.recovery("damaged database").await,
        World::DamagedCache => walk.recovery("damaged cache").await,
        World::TooNew => walk.recovery("written by a newer version").await,
    };
    walked.with_context(|| format!("{world:?}"))?;
    app.quit().await
}

async fn prepare(desktop: &Desktop, world: World, settings: Settings) -> Result<PathBuf> {
    let data = desktop.data(&format!("{world:?}-{}-{}", settings.language, settings.zoom))?;
    match world {
        World::Sample => {}
        World::Empty => world::empty(&data).await?,
        World::Long => world::long(&data).await?,
        World::Trouble => world::trouble(&data).await?,
        World::Overtaken => overtaken::make(&data).await?,
        World::Team => team::make(&data).await?,
        World::Cloud => cloud::make(&data).await?,
        World::Damaged => world::damaged(&data).await?,
        World::DamagedCache => world::damaged_cache(&data).await?,
        World::TooNew => world::too_new(&data).await?,
    }
    let mut profile = partner_core::profile::read(&data)?;
    profile.settings = settings;
    partner_core::profile::write(&data, &profile)?;
    Ok(data)
}

/// A walk under way.
struct Walk<'a, V> {
    app: &'a App,
    data: &'a Path,
    visitor: &'a mut V,
    group: &'static str,
}

impl<V: Visitor> Walk<'_, V> {
    /// The window shows a screen of the group.
    async fn screen(&mut self, name: &'static str) -> Result<()> {
        self.visit(name, Kind::Screen).await
    }

    async fn visit(&mut self, name: &'static str, kind: Kind) -> Result<()> {
        let place = Place { group: self.group, name, kind };
        let visited = self.visitor.visit(self.app, place).await;
        visited.with_context(|| format!("{}, {name}", self.group))
    }

    /// Goes to an entry of the sidebar, whose screen is the group from here on.
    async fn go(&mut self, screen: &'static str) -> Result<()> {
        self.app.click(testid(&format!("nav-{screen}"))).await?;
        self.app.wait_for(format!("[data-screen={screen}]").as_str()).await?;
        self.group = screen;
        Ok(())
    }

    /// Clicks what opens something over the screen, looks at it, and leaves it by Escape.
    async fn over(&mut self, name: &'static str, by: &str, opened: &str) -> Result<()> {
        self.open(by, opened).await?;
        self.visit(name, Kind::Over).await?;
        self.leave(name, opened).await
    }

    /// Opens a menu, and from it by an entry what lies over the screen.
    async fn over_by_menu(
        &mut self,
        name: &'static str,
        menu: &str,
        entry: &str,
        opened: &str,
    ) -> Result<()> {
        self.app.click(testid(menu)).await?;
        self.over(name, entry, opened).await
    }

    /// Opens a menu and leaves it.
    async fn menu(&mut self, name: &'static str, by: &str) -> Result<()> {
        self.app.click(testid(by)).await?;
        self.app.wait_for("[role=menu]").await?;
        self.visit(name, Kind::Over).await?;
        self.app.press(Key::Escape).await?;
        self.app.wait_gone("[role=menu]").await?;
        self.has_focus(name).await
    }

    /// Opens the list of a choice and leaves it.
    async fn choice(&mut self, name: &'static str, by: &str) -> Result<()> {
        self.app.click(testid(by)).await?;
        self.app.wait_for("[data-select-content]").await?;
        self.visit(name, Kind::Over).await?;
        self.app.press(Key::Escape).await?;
        self.app.wait_gone("[data-select-content]").await?;
        self.has_focus(name).await
    }

    async fn open(&self, by: &str, opened: &str) -> Result<()> {
        self.app.click(testid(by)).await?;
        self.app.wait_for(testid(opened)).await.map(drop)
    }

    /// Leaves a dialog by Escape.
    async fn leave(&mut self, name: &'static str, opened: &str) -> Result<()> {
        self.app.press(Key::Escape).await?;
        self.app.wait_gone(testid(opened)).await?;
        self.has_focus(name).await
    }

    /// What was open is closed: the focus is somewhere to go on from.
    async fn has_focus(&mut self, name: &str) -> Result<()> {
        let has = "document.activeElement && document.activeElement !== document.body";
        if !self.app.becomes_true(has).await? {
            self.visitor.note(format!("{}, {name}: nothing has the focus after it was closed", self.group));
        }
        Ok(())
    }

    /// A project's page, found by its name.
    async fn project(&mut self, name: &str) -> Result<()> {
        self.go("projects").await?;
        self.app.fill(testid("projects-filter"), name).await?;
        self.app.wait_js("document.querySelectorAll('[data-testid=project-row]').length === 1").await?;
        self.app.click(testid("project-row")).await?;
        self.app.wait_for("[data-screen=project]").await?;
        self.group = "project";
        Ok(())
    }

    /// A version's review.
    async fn review(&mut self, project: &str, number: &str) -> Result<()> {
        self.project(project).await?;
        self.app.click(testid(&format!("version-menu-{number}"))).await?;
        self.app.click(testid("menu-review")).await?;
        self.app.wait_for("[data-screen=review]").await?;
        self.group = "review";
        Ok(())
    }

    /// A part of the version that is open.
    async fn part(&mut self, part: &'static str) -> Result<()> {
        self.app.click(testid(&format!("part-{part}"))).await?;
        self.app.wait_for(format!("[data-testid=part-{part}][aria-current=true]").as_str()).await?;
        Ok(())
    }

    /// A version's forms.
    async fn version(&mut self, project: &str, number: &str) -> Result<()> {
        self.project(project).await?;
        self.app.click(testid(&format!("version-edit-{number}"))).await?;
        self.app.wait_for("[data-screen=version]").await?;
        self.group = "version";
        Ok(())
    }
}
