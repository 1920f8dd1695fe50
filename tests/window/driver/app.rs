//! The running app: opened through `WebKitWebDriver`, ended by its window or by force.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::desktop::program;
use super::page::Target;
use super::process::{Running, is_running, kill};
use super::windows::Windows;
use super::{LONG, SHORT, poll};

/// The app with its window.
pub struct App {
    pub(super) client: Client,
    driver: Running,
    display: String,
    pid: u32,
}

impl App {
    pub(super) async fn open(command: Command, display: &str, log: &Path) -> Result<Self> {
        Self::open_with(command, display, log, &[]).await
    }

    /// The same with words on the app's command line.
    pub(super) async fn open_with(
        command: Command,
        display: &str,
        log: &Path,
        words: &[&str],
    ) -> Result<Self> {
        let (driver, port) = start_driver(command, log).await?;
        let capabilities = json!({ "webkitgtk:browserOptions": { "binary": program(), "args": words } });
        let capabilities = capabilities.as_object().cloned().unwrap_or_default();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{port}");
        let client = match timeout(LONG, builder.connect(&address)).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => bail!("the app's window did not come: {error}\n{}", driver.output()),
            Err(_) => bail!("the app's window did not come within {LONG:?}\n{}", driver.output()),
        };
        let pid = driver.descendant(&program()).context("the app ended as soon as it had begun")?;
        let app = Self { client, driver, display: display.to_owned(), pid };
        app.wait_js("document.readyState === 'complete' && document.body.innerText.trim() !== ''").await?;
        Ok(app)
    }

    /// Takes hold of the window whose page has an address like this.
    pub async fn to_window(&self, is_it: impl Fn(&str) -> bool) -> Result<()> {
        let found = poll(SHORT, async || {
            for window in self.client.windows().await.ok()? {
                self.client.switch_to_window(window).await.ok()?;
                if is_it(self.client.current_url().await.ok()?.as_str()) {
                    return Some(());
                }
            }
            None
        });
        found.await.context("there is no such window")
    }

    /// Closes the window, as a person does, and waits for the app to end by itself.
    pub async fn quit(self) -> Result<()> {
        Windows::of(&self.display)?.ask_to_close(self.pid)?;
        self.wait_end().await
    }

    /// Clicks what ends the app, and waits for the end. The driver's answer to the click may be lost with it.
    pub async fn click_to_end(self, target: impl Into<Target>) -> Result<()> {
        let _ = self.wait_for(target).await?.click().await;
        self.wait_end().await
    }

    /// Waits until the app has ended by itself.
    pub async fn wait_end(self) -> Result<()> {
        let ended = poll(SHORT, async || (!is_running(self.pid)).then_some(())).await;
        ensure!(ended.is_some(), "the app did not end\n{}", self.output());
        // A task that panics is missed by nobody but the person whose window stands still from then on.
        ensure!(!self.output().contains("panicked at"), "something panicked\n{}", self.output());
        Ok(())
    }

    /// `kill -9`: no last word, as when the power goes. The data folder is free when this returns.
    pub async fn kill9(self) -> Result<()> {
        ensure!(is_running(self.pid), "the app had ended before it was killed\n{}", self.output());
        kill(self.pid);
        let ended = poll(SHORT, async || (!is_running(self.pid)).then_some(())).await;
        ensure!(ended.is_some(), "the app runs on after kill -9");
        Ok(())
    }

    /// `kill -9` after a while, whatever the window is doing then. Waits until it is done.
    pub async fn kill9_after(&self, delay: Duration) {
        tokio::time::sleep(delay).await;
        kill(self.pid);
    }

    /// Whether the app's process is there.
    pub fn is_running(&self) -> bool {
        is_running(self.pid)
    }

    /// Waits until its window lies over all others of the display.
    pub async fn wait_on_top(&self) -> Result<()> {
        let windows = Windows::of(&self.display)?;
        let raised = poll(SHORT, async || windows.is_on_top(self.pid).ok()?.then_some(())).await;
        ensure!(raised.is_some(), "the window was not brought to front");
        Ok(())
    }

    /// What the app wrote to its standard output and error.
    pub fn output(&self) -> String {
        self.driver.output()
    }

    /// Makes the window as large as that.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        Ok(self.client.set_window_size(width, height).await?)
    }

    /// Writes a picture of the window's page.
    pub async fn screenshot(&self, path: &Path) -> Result<()> {
        let png = timeout(SHORT, self.client.screenshot()).await.context("the window does not answer")??;
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir)?;
        }
        fs::write(path, png).with_context(|| format!("writing {}", path.display()))
    }

    /// An error that shows what a person would have seen: the page's text, and a picture beside it.
    pub async fn failure(&self, what: &str) -> anyhow::Error {
        static NUMBER: AtomicUsize = AtomicUsize::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("window")
            .join(format!("failed-{}-{number}.png", std::process::id()));
        let seen = match self.screenshot(&picture).await {
            Ok(()) => picture.display().to_string(),
            Err(error) => format!("none ({error:#})"),
        };
        let text = self.eval("return document.body.innerText").await.unwrap_or_default();
        let text: String = text.as_str().unwrap_or("(no answer)").chars().take(1500).collect();
        let output: Vec<String> = self.output().lines().rev().take(20).map(str::to_owned).collect();
        let output = output.into_iter().rev().collect::<Vec<_>>().join("\n");
        anyhow::anyhow!("{what}\npicture: {seen}\nthe page says:\n{text}\nthe app wrote:\n{output}")
    }
}

/// Starts the driver on a free port and waits until it listens.
async fn start_driver(mut command: Command, log: &Path) -> Result<(Running, u16)> {
    // One at a time: between choosing a port and listening on it, a second test could choose the same.
    static CHOOSING: Mutex<()> = Mutex::const_new(());
    let _alone = CHOOSING.lock().await;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    command.arg(format!("--port={port}")).current_dir(log.parent().unwrap_or(&PathBuf::from("/")));
    let mut driver = Running::start(&mut command, log)?;
    let listens = poll(Duration::from_secs(20), async || match driver.ended() {
        Ok(None) => TcpStream::connect(("127.0.0.1", port)).await.ok().map(|_| true),
        _ => Some(false),
    });
    match listens.await {
        Some(true) => Ok((driver, port)),
        _ => bail!("WebKitWebDriver does not listen: {}", driver.output()),
    }
}
