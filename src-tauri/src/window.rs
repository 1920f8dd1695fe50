//! The windows: hidden until their first data is in the DOM, with the theme's background behind them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use partner_core::engine::Engine;
use partner_core::ipc::boot::{Settings, Theme};
use serde::Serialize;
use tauri::window::Color;
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

use crate::places::Places;
use crate::sign_in;

/// The main window's label: the capability names it.
pub const MAIN: &str = "main";
/// The event that tells the page that its window is being closed.
const CLOSING: &str = "closing";
/// How long the page may take to save what was typed last.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// A window that says nothing for so long is shown as it is: a blank one can at least be closed.
const AT_MOST: Duration = Duration::from_secs(1);

/// Opens the main window.
pub fn open(app: &AppHandle, settings: &Settings) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .inner_size(1280.0, 800.0)
        .min_inner_size(1024.0, 640.0);
    let window = build(app, window, settings)?;
    save_before_closing(&window);
    Ok(())
}

/// What every window of the app has: hidden at first, the person's theme and language, and the app's own pages and
/// nothing else. What the web engine keeps for itself goes into the data folder, too; where that takes nothing the
/// window only says so, and the engine's own default will do.
pub fn build(
    app: &AppHandle,
    window: WebviewWindowBuilder<'_, tauri::Wry, AppHandle>,
    settings: &Settings,
) -> tauri::Result<WebviewWindow> {
    let theme = match settings.theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    };
    let background = match settings.theme {
        Theme::Dark => Color(0x11, 0x12, 0x16, 0xff),
        Theme::Light | Theme::System => Color(0xf2, 0xf1, 0xee, 0xff),
    };
    let mut window = window
        .title("Partner Console")
        // The page says what it shows, in the person's language.
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::warn!(%error, "the window could not be named");
            }
        })
        .theme(theme)
        .background_color(background)
        .visible(false)
        // A file that is dropped goes to the page, by its bytes: nobody passes paths round.
        .disable_drag_drop_handler()
        .initialization_script(start_values(settings, app.state::<Engine>().has_link()))
        // The window shows the app's own files and nothing else.
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"));
    #[cfg(feature = "bench")]
    {
        window = window.initialization_script(crate::bench::SCRIPT);
    }
    let kept = app.state::<Engine>().data_folder().join("webview");
    if std::fs::create_dir_all(&kept).is_ok() {
        window = window.data_directory(kept);
    }
    let window = window.build()?;
    #[cfg(target_os = "linux")]
    if let Err(error) = crate::drawing::suit(&window) {
        tracing::warn!(%error, "the window draws as it would by itself");
    }
    app.state::<Places>().follow(&window);
    zoom(&window, settings);
    let timed = window.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(AT_MOST).await;
        if let Err(error) = show(&timed) {
            tracing::error!(%error, "the window could not be shown");
        }
    });
    Ok(window)
}

/// Holds the window until its page has saved what was typed last and calls `quit`, or for a moment at most. Asked
/// twice, it closes at once.
fn save_before_closing(window: &WebviewWindow) {
    let (app, asked) = (window.app_handle().clone(), AtomicBool::new(false));
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            // What it would answer is heard by nobody any more.
            sign_in::close_all(&app);
        }
        let WindowEvent::CloseRequested { api, .. } = event else { return };
        if asked.swap(true, Ordering::Relaxed) || tell(&app, MAIN, CLOSING, &()).is_err() {
            return;
        }
        api.prevent_close();
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(LAST_WORDS).await;
            tracing::warn!("the page did not say that it is done");
            app.exit(0);
        });
    });
}

/// Shows things as large as the person has them.
pub fn zoom(window: &WebviewWindow, settings: &Settings) {
    if let Err(error) = window.set_zoom(f64::from(settings.zoom) / 100.0) {
        tracing::warn!(%error, "the window could not be zoomed");
    }
}

/// What the page knows before its first paint, so that it never flashes in another theme or language.
fn start_values(settings: &Settings, link: bool) -> String {
    let values = serde_json::json!({ "theme": settings.theme, "locale": settings.language, "link": link });
    include_str!("start.js").replace("VALUES", &values.to_string())
}

/// Tells the page of one of the app's own windows something. Nothing is told to a page of anybody else's.
pub fn tell(app: &AppHandle, label: &str, event: &str, payload: &impl Serialize) -> tauri::Result<()> {
    let window = app.get_webview_window(label).ok_or(tauri::Error::WindowNotFound)?;
    let payload = serde_json::to_string(payload)?;
    window.eval(format!("globalThis.__PARTNER_CONSOLE__?.tell({event:?}, {payload})"))
}

/// Shows the window, once.
pub fn show(window: &WebviewWindow) -> tauri::Result<()> {
    if window.is_visible()? { Ok(()) } else { window.show() }
}

/// Brings the main window to front.
pub fn raise(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let raised = show(&window).and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    if let Err(error) = raised {
        tracing::warn!(%error, "the window could not be brought to front");
    }
}
