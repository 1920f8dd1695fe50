//! The shell: a thin layer of wiring between the engine, the embedded partner service and the window.
//!
//! It opens one window, passes its calls to the engine and the engine's tags to it, and hands the engine what only
//! a desktop process can do. Deliberately absent: rules, storage, words.

#![cfg_attr(test, allow(clippy::unwrap_used))]

#[cfg(feature = "bench")]
mod bench;
mod carry;
mod choose;
#[cfg(target_os = "linux")]
mod drawing;
pub mod embedded;
mod first;
mod host;
mod ipc;
mod log;
mod notice;
mod places;
mod sign_in;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use partner_core::engine::{Engine, Options};
use partner_core::link::is_link;
use partner_core::vault::SystemKeychain;
use tauri::{Manager as _, RunEvent};

use places::Places;

/// Names the data folder; without it the system's place for application data is taken.
pub const DATA_FOLDER: &str = "PARTNER_CONSOLE_DATA";

/// Runs the console until its window is closed.
pub fn run() -> ExitCode {
    let Some(data) = data_folder() else { return ExitCode::FAILURE };
    let _log = log::start(&data);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "start");

    let given = std::env::args().skip(1).find(|word| is_link(word));
    let first::Claim::Go(folder, later) = first::claim(&data, given.as_deref()) else {
        return ExitCode::SUCCESS;
    };
    let app = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![ipc::call])
        .setup(move |app| {
            let options = Options {
                data: data.clone(),
                host: Arc::new(host::Desktop::new(app.handle().clone())),
                embedded: Arc::new(embedded::Service),
                clock: partner_service::system_clock(),
                keychain: Arc::new(SystemKeychain),
            };
            let engine = tauri::async_runtime::block_on(async { Engine::begin_in(folder, options) });
            // Before anything runs that looks for them.
            app.manage(engine.clone());
            app.manage(Places::read(&data));
            later.answer(app.handle().clone());
            ipc::forward(engine.clone(), app.handle().clone());
            // The window comes up meanwhile.
            let opening = engine.clone();
            tauri::async_runtime::spawn(async move { opening.open().await });
            if let Some(link) = given {
                engine.follow(&link);
            }
            window::open(app.handle(), &engine.settings())?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            ExitCode::from(u8::try_from(app.run_return(|app, event| on_event(app, &event))).unwrap_or(1))
        }
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}

fn on_event(app: &tauri::AppHandle, event: &RunEvent) {
    match event {
        RunEvent::Exit => {
            if let Some(places) = app.try_state::<Places>() {
                places.write();
            }
            if let Some(engine) = app.try_state::<Engine>() {
                tauri::async_runtime::block_on(engine.close());
                tracing::info!("end");
            }
        }
        // There the system passes links to the program that runs; elsewhere it starts it once more.
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            for url in urls {
                app.state::<Engine>().follow(url.as_str());
            }
            window::raise(app);
        }
        _ => {}
    }
}

fn data_folder() -> Option<PathBuf> {
    let named = std::env::var_os(DATA_FOLDER).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    named.or_else(|| Some(directories::ProjectDirs::from("", "", "Partner Console")?.data_dir().to_owned()))
}
