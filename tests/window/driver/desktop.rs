//! A desktop for one test: a virtual display, a session bus and a home folder of its own.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::app::App;
use super::notifications::Notifications;
use super::process::Running;
use super::windows::Windows;
use super::{SHORT, poll};

/// The program under test: the one that was built with the tests, unless another is named.
pub fn program() -> PathBuf {
    std::env::var_os("PARTNER_CONSOLE_PROGRAM")
        .map_or_else(|| env!("CARGO_BIN_EXE_partner-console").into(), PathBuf::from)
}
/// Where the app keeps everything, in place of the person's own data folder.
pub const DATA: &str = "PARTNER_CONSOLE_DATA";

/// A display that nothing else uses.
pub struct Desktop {
    // Dropped in this order: the bus and the display end before their folder goes.
    _bus: Running,
    _display: Running,
    display: String,
    bus: String,
    home: TempDir,
    started: AtomicUsize,
}

impl Desktop {
    /// A desktop of 1280 × 800.
    pub async fn new() -> Result<Self> {
        Self::sized(1280, 800).await
    }

    /// A desktop of another size.
    pub async fn sized(width: u32, height: u32) -> Result<Self> {
        let home = TempDir::with_prefix("partner-console-window-")?;
        let runtime = home.path().join("run");
        fs::create_dir(&runtime)?;
        fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700))?;

        // The server looks for a free number itself and writes it on its standard output.
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &format!("{width}x{height}x24")]);
        let mut xvfb = Running::start(&mut xvfb, &home.path().join("xvfb.log"))?;
        let display = display_number(&mut xvfb).await?;

        let mut daemon = Command::new("dbus-daemon");
        daemon.args(["--session", "--nofork", "--print-address=1"]).env("DISPLAY", &display);
        let mut daemon = Running::start(&mut daemon, &home.path().join("bus.log"))?;
        let bus = daemon.first_line(SHORT).await.context("dbus-daemon gave no address")?;

        Ok(Self { _bus: daemon, _display: xvfb, display, bus, home, started: AtomicUsize::new(0) })
    }

    /// An empty data folder for the app, gone with the desktop.
    pub fn data(&self, name: &str) -> Result<PathBuf> {
        let data = self.home.path().join("data").join(name);
        fs::create_dir_all(&data)?;
        Ok(data)
    }

    /// Opens the app over a data folder and takes hold of its window.
    pub async fn open(&self, data: &Path) -> Result<App> {
        self.open_with(data, &[]).await
    }

    /// Opens the app as the system does when a link is clicked.
    pub async fn open_by(&self, data: &Path, link: &str) -> Result<App> {
        let mut driver = self.command("WebKitWebDriver");
        driver.env(DATA, data).env("TAURI_WEBVIEW_AUTOMATION", "true");
        App::open_with(driver, &self.display, &self.log("app"), &[link]).await
    }

    /// Opens the app with variables of its environment set.
    pub async fn open_with(&self, data: &Path, variables: &[(&str, &str)]) -> Result<App> {
        let mut driver = self.command("WebKitWebDriver");
        driver.env(DATA, data).env("TAURI_WEBVIEW_AUTOMATION", "true").envs(variables.iter().copied());
        App::open(driver, &self.display, &self.log("app")).await
    }

    /// Opens the app as somebody whom the permissions of files bind: root goes past them otherwise.
    pub async fn open_bound(&self, data: &Path) -> Result<App> {
        let mut driver = if rustix::process::geteuid().is_root() {
            let mut bound = self.command("setpriv");
            bound.args(["--bounding-set", "-dac_override,-dac_read_search,-fowner", "WebKitWebDriver"]);
            bound
        } else {
            self.command("WebKitWebDriver")
        };
        driver.env(DATA, data).env("TAURI_WEBVIEW_AUTOMATION", "true");
        App::open(driver, &self.display, &self.log("app")).await
    }

    /// A service that takes the notifications of its programs.
    pub async fn notifications(&self) -> Result<Notifications> {
        Notifications::on(&self.bus).await
    }

    /// Its windows.
    pub fn windows(&self) -> Result<Windows> {
        Windows::of(&self.display)
    }

    /// The home folder that everything on this desktop takes for the person's.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Starts the app without taking hold of its window, as a person would once more.
    pub fn start(&self, data: &Path) -> Result<Running> {
        self.start_with(data, &[])
    }

    /// The same where no window could open.
    pub fn start_without_display(&self, data: &Path) -> Result<Running> {
        Running::start(self.command(program()).env_remove("DISPLAY").env(DATA, data), &self.log("second"))
    }

    /// The same with words on its command line, as the system passes a link.
    pub fn start_with(&self, data: &Path, words: &[&str]) -> Result<Running> {
        Running::start(self.command(program()).env(DATA, data).args(words), &self.log("second"))
    }

    /// What another program reads from the clipboard.
    pub async fn clipboard(&self) -> Result<String> {
        let mut xclip = self.command("xclip");
        xclip.args(["-o", "-selection", "clipboard", "-target", "UTF8_STRING"]);
        // An owner that does not answer would keep it waiting for ever.
        let mut xclip = Running::start(&mut xclip, &self.log("xclip"))?;
        let status = xclip.wait(SHORT).await.context("reading the clipboard")?;
        ensure!(status.success(), "the clipboard has no text: {}", xclip.output().trim());
        Ok(xclip.output())
    }

    /// Another program puts a text on the clipboard; it is there as long as what is returned lives.
    pub async fn copy_elsewhere(&self, text: &str) -> Result<Running> {
        let file = self.log("copied");
        fs::write(&file, text)?;
        let mut xclip = self.command("xclip");
        // It stays in the foreground, so that it ends with the test.
        xclip.args(["-i", "-selection", "clipboard", "-quiet"]).arg(&file);
        let running = Running::start(&mut xclip, &self.log("xclip"))?;
        self.wait_clipboard(text).await?;
        Ok(running)
    }

    /// Another program puts a picture on the clipboard; it is there as long as what is returned lives.
    pub async fn copy_picture_elsewhere(&self, png: &Path) -> Result<Running> {
        let mut xclip = self.command("xclip");
        xclip.args(["-i", "-selection", "clipboard", "-target", "image/png", "-quiet"]).arg(png);
        let running = Running::start(&mut xclip, &self.log("xclip"))?;
        let offered = poll(SHORT, async || {
            let mut asked = self.command("xclip");
            asked.args(["-o", "-selection", "clipboard", "-target", "TARGETS"]);
            let mut asked = Running::start(&mut asked, &self.log("xclip")).ok()?;
            asked.wait(SHORT).await.ok()?;
            asked.output().contains("image/png").then_some(())
        });
        offered.await.context("the picture is not on the clipboard")?;
        Ok(running)
    }

    /// Waits until another program reads this from the clipboard.
    pub async fn wait_clipboard(&self, expected: &str) -> Result<()> {
        let found = poll(SHORT, async || self.clipboard().await.ok().filter(|text| text == expected)).await;
        if found.is_none() {
            let text = self.clipboard().await;
            anyhow::bail!("the clipboard should hold {expected:?}, but: {text:?}");
        }
        Ok(())
    }

    /// A command that sees this desktop and nothing of the person who runs the tests.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let home = self.home.path();
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .env("XDG_DATA_HOME", home.join("share"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("GDK_BACKEND", "x11")
            .env("LC_ALL", "C.UTF-8")
            // No accessibility bus: its processes would outlive the test.
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_A11Y", "none")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null());
        command
    }

    fn log(&self, name: &str) -> PathBuf {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        self.home.path().join(format!("{name}-{number}.log"))
    }
}

/// The display that the server chose. Its standard error goes into the same file, so the line is the one
/// that is a number.
async fn display_number(xvfb: &mut Running) -> Result<String> {
    let number = poll(Duration::from_secs(20), async || {
        xvfb.output().lines().find_map(|line| line.trim().parse::<u32>().ok())
    });
    let number = number.await.with_context(|| format!("Xvfb did not start: {}", xvfb.output()))?;
    Ok(format!(":{number}"))
}
