//! The window of *Carry to Partner Project*: narrow, beside the portal and above it.

use domain::ids::{ProjectId, VersionId};
use partner_core::engine::Engine;
use tauri::{AppHandle, Manager as _, WebviewWindowBuilder};

use crate::window;

/// The window's label: its capability names it.
pub const CARRY: &str = "carry";

/// The calls that this window may make: it reads, copies, and says what was entered.
pub const CALLS: &[&str] =
    &["boot", "carry", "change", "copy_text", "save_files", "set_carry_place", "set_settings", "thumbnail"];

/// Opens the window for a version, or shows that version in the one that is open.
pub fn open(app: &AppHandle, project: ProjectId, version: VersionId) -> tauri::Result<()> {
    let page = format!("index.html?carry={project}/{version}");
    if let Some(window) = app.get_webview_window(CARRY) {
        let mut url = window.url()?;
        url.set_query(page.split_once('?').map(|(_, query)| query));
        if window.url()? != url {
            window.navigate(url)?;
        }
        window.unminimize()?;
        return window.set_focus();
    }
    let settings = app.state::<Engine>().settings();
    let window = WebviewWindowBuilder::new(app, CARRY, tauri::WebviewUrl::App(page.into()))
        .inner_size(380.0, 720.0)
        .min_inner_size(320.0, 480.0)
        .always_on_top(true);
    window::build(app, window, &settings).map(drop)
}
