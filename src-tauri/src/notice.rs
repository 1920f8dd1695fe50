//! A notification of the system's; a click on it brings the window to front, at what it is about.

use tauri::AppHandle;

/// Shows it. Ok once the system took it.
pub fn show(app: &AppHandle, title: &str, body: &str, link: Option<String>) -> Result<(), String> {
    let mut notice = notify_rust::Notification::new();
    notice.appname("Partner Console").summary(title).body(&plain(body));
    // Where there are actions, the one without a name is the click on the notice itself.
    #[cfg(all(unix, not(target_os = "macos")))]
    notice.icon("partner-console").action("default", "default");
    let shown = notice.show().map_err(|error| error.to_string())?;
    follow(app, shown, link);
    Ok(())
}

/// On Linux the body is markup; names and words of people are none.
#[cfg(all(unix, not(target_os = "macos")))]
fn plain(body: &str) -> String {
    body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn plain(body: &str) -> String {
    body.to_owned()
}

/// Waits for the click, for as long as the notice is there.
#[cfg(all(unix, not(target_os = "macos")))]
fn follow(app: &AppHandle, shown: notify_rust::NotificationHandle, link: Option<String>) {
    use partner_core::engine::Engine;
    use tauri::Manager as _;

    let app = app.clone();
    std::thread::spawn(move || {
        shown.wait_for_action(|action| {
            if action == "default" {
                if let Some(link) = link {
                    app.state::<Engine>().follow(&link);
                }
                crate::window::raise(&app);
            }
        });
    });
}

/// Elsewhere a click brings the window to front by itself.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn follow<T>(_: &AppHandle, _: T, _: Option<String>) {}
