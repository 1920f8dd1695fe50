//! The system's own chooser of folders, as a child of the main window: GTK's on Linux, by the crate that draws the window
//! there, and `rfd` elsewhere.

use std::path::PathBuf;

use partner_core::engine::Choosing;
use tauri::{AppHandle, Manager as _, WebviewWindow};
use tokio::sync::oneshot::{Sender, channel};

use crate::window;

/// Is told what was chosen.
type Chosen = Sender<Result<Option<PathBuf>, String>>;

/// Asks for a folder. The chooser is made on the main thread, as the systems want it.
pub fn folder(app: &AppHandle, title: String, from: Option<PathBuf>) -> Choosing {
    let (told, chosen) = channel();
    let asked = app
        .get_webview_window(window::MAIN)
        .ok_or(tauri::Error::WindowNotFound)
        .and_then(|window| app.run_on_main_thread(move || show(&window, &title, from, told)));
    Box::pin(async move {
        asked.map_err(|error| error.to_string())?;
        chosen.await.map_err(|_| "the chooser was closed with its window".to_owned())?
    })
}

#[cfg(target_os = "linux")]
fn show(window: &WebviewWindow, title: &str, from: Option<PathBuf>, told: Chosen) {
    use std::cell::RefCell;

    use gtk::prelude::{FileChooserExt as _, NativeDialogExt as _};
    use gtk::{FileChooserAction, FileChooserNative, ResponseType};

    let parent = match window.gtk_window() {
        Ok(parent) => parent,
        Err(error) => {
            let _ = told.send(Err(error.to_string()));
            return;
        }
    };
    let action = FileChooserAction::SelectFolder;
    let chooser = FileChooserNative::new(Some(title), Some(&parent), action, None, None);
    chooser.set_modal(true);
    if let Some(from) = from {
        chooser.set_current_folder(from);
    }
    // It lives until it is answered: nobody else holds it.
    let held = RefCell::new(Some((chooser.clone(), told)));
    chooser.connect_response(move |_, response| {
        let Some((chooser, told)) = held.take() else { return };
        let folder = if response == ResponseType::Accept { chooser.filename() } else { None };
        chooser.destroy();
        let _ = told.send(Ok(folder));
    });
    chooser.show();
}

#[cfg(not(target_os = "linux"))]
fn show(window: &WebviewWindow, title: &str, from: Option<PathBuf>, told: Chosen) {
    let mut chooser = rfd::AsyncFileDialog::new().set_title(title).set_parent(window);
    if let Some(from) = from {
        chooser = chooser.set_directory(from);
    }
    let chosen = chooser.pick_folder();
    tauri::async_runtime::spawn(async move {
        let folder = chosen.await.map(|folder| folder.path().to_owned());
        let _ = told.send(Ok(folder));
    });
}
