//! The least window that there can be: what the app's is measured against. Built and shown as the app's is (hidden
//! until its page says that it is there, with the same web engine, drawing, sizes, folder and script), and with nothing
//! in it.

#![cfg_attr(test, allow(clippy::unwrap_used))]
#![expect(clippy::print_stdout, reason = "the bench listens on standard output")]

#[cfg(target_os = "linux")]
#[path = "../../src/drawing.rs"]
mod drawing;

use std::process::ExitCode;

use tauri::window::Color;
use tauri::{WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// The app's name for it.
const DATA_FOLDER: &str = "PARTNER_CONSOLE_DATA";
/// The app's script.
const SCRIPT: &str = include_str!("../usable.js");

#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "a command's arguments are handed over")]
fn call(window: WebviewWindow, name: String) -> tauri::Result<()> {
    match name.as_str() {
        "show" => window.show()?,
        "bench_usable" => println!("usable"),
        _ => {}
    }
    Ok(())
}

fn main() -> ExitCode {
    let app = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![call])
        .setup(|app| {
            let mut window = WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
                .inner_size(1280.0, 800.0)
                .min_inner_size(1024.0, 640.0)
                .title("Blank")
                .background_color(Color(0xf2, 0xf1, 0xee, 0xff))
                .visible(false)
                .initialization_script(SCRIPT)
                .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"));
            if let Some(data) = std::env::var_os(DATA_FOLDER) {
                let kept = std::path::Path::new(&data).join("webview");
                std::fs::create_dir_all(&kept)?;
                window = window.data_directory(kept);
            }
            let window = window.build()?;
            #[cfg(target_os = "linux")]
            drawing::suit(&window)?;
            window.set_zoom(1.0)?;
            Ok(())
        })
        .build(tauri::generate_context!("src-tauri/bench/blank/tauri.conf.json"));
    match app {
        Ok(app) => ExitCode::from(u8::try_from(app.run_return(|_, _| {})).unwrap_or(1)),
        Err(_) => ExitCode::FAILURE,
    }
}
