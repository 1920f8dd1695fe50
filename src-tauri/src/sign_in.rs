//! The sign-in window: one foreign page, and nothing of the app in it.
//!
//! RFC 8252 §8.12 advises against such windows; this one is what makes it bearable. No capability names its label, so
//! the one command of the app is refused to it, also where the page goes to the app's own scheme, which a navigation
//! cannot do either. It begins at a blank page, so that the app's files are readable from no origin that it shows. What
//! it keeps (cookies, storage) lives in memory and dies with it. Its title is the origin that it shows, as the web
//! engine tells it to Rust; the page has no say in it.

use std::sync::Arc;

use partner_core::engine::Engine;
use partner_core::is_guarded;
use partner_core::session::{SignInWindow, Told, is_back};
use tauri::webview::{NewWindowResponse, PageLoadEvent, PermissionResponse};
use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use uuid::Uuid;

/// Its label begins so; no capability names it.
pub const LABEL: &str = "sign-in-";
/// What it begins with.
const BLANK: &str = "about:blank";

fn label(id: Uuid) -> String {
    format!("{LABEL}{id}")
}

/// Opens the window for a sign-in, in the place of one of an earlier attempt.
pub fn open(app: &AppHandle, id: Uuid, shown: SignInWindow) -> tauri::Result<()> {
    close(app, id);
    let SignInWindow { address, redirect, told } = shown;
    let told: Arc<dyn Fn(Told) + Send + Sync> = told.into();
    let blank = Url::parse(BLANK).map_err(tauri::Error::InvalidUrl)?;
    let back = told.clone();
    let at = told.clone();
    let mut window = WebviewWindowBuilder::new(app, label(id), WebviewUrl::External(blank))
        .title(origin(&address))
        .inner_size(540.0, 680.0)
        .min_inner_size(400.0, 480.0)
        .incognito(true)
        .devtools(false)
        .general_autofill_enabled(false)
        .on_navigation(move |url| {
            if is_back(url, &redirect) {
                back(Told::Back(url.clone()));
                return false;
            }
            let goes = is_guarded(url) || url.as_str() == BLANK;
            if !goes {
                tracing::warn!(scheme = url.scheme(), "the sign-in page wanted to go where it may not");
            }
            goes
        })
        .on_new_window(|_, _| {
            tracing::warn!("the sign-in page wanted to open a window");
            NewWindowResponse::Deny
        })
        .on_download(|_, _| {
            tracing::warn!("the sign-in page wanted to download a file");
            false
        })
        .on_permission_request(|_, kind| {
            tracing::warn!(?kind, "the sign-in page asked for a permission");
            PermissionResponse::Deny
        })
        .on_page_load(move |window, load| {
            if load.url().as_str() == BLANK {
                return;
            }
            let origin = origin(load.url());
            if let Err(error) = window.set_title(&origin) {
                tracing::warn!(%error, "the sign-in window could not be named");
            }
            if load.event() == PageLoadEvent::Started {
                at(Told::At(origin));
            }
        });
    // What the web engine writes in spite of it (HSTS, salts) stays apart from the app's own.
    let kept = app.state::<Engine>().data_folder().join("webview").join("sign-in");
    if std::fs::create_dir_all(&kept).is_ok() {
        window = window.data_directory(kept);
    }
    let window = window.build()?;
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            told(Told::Closed);
        }
    });
    window.navigate(address)?;
    window.set_focus()
}

/// Closes the window of a sign-in, if it is there.
pub fn close(app: &AppHandle, id: Uuid) {
    if let Some(window) = app.get_webview_window(&label(id)) {
        destroy(&window);
    }
}

/// Closes every sign-in window: the main window goes, and what they would answer with it.
pub fn close_all(app: &AppHandle) {
    app.webview_windows().values().filter(|window| window.label().starts_with(LABEL)).for_each(destroy);
}

fn destroy(window: &WebviewWindow) {
    // `close` would ask the page.
    if let Err(error) = window.destroy() {
        tracing::warn!(%error, "the sign-in window could not be closed");
    }
}

/// The origin of an address; a host stands in punycode, so that no letter passes for another.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
