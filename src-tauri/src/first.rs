//! One process a data folder: a second start asks the first, over a local socket in the folder, to come to front and
//! to follow the link that the second was started with.
//!
//! Where there are no such sockets (Windows) the second start says that the folder is in use.

use std::path::Path;

#[cfg(unix)]
use partner_core::engine::Engine;
use tauri::AppHandle;
#[cfg(unix)]
use tauri::Manager as _;

#[cfg(unix)]
const SOCKET: &str = "console.sock";
/// How long the first process may take to answer.
#[cfg(unix)]
const ANSWER: std::time::Duration = std::time::Duration::from_secs(5);

/// Longest link that is passed on.
#[cfg(unix)]
const LONGEST: u64 = 4_096;

/// Asks the process that holds the folder to come to front, and to follow a link; whether it did.
#[cfg(unix)]
pub fn show(data: &Path, link: Option<&str>) -> bool {
    use std::io::{Read as _, Write as _};
    use std::net::Shutdown;
    use std::os::unix::net::UnixStream;

    let Ok(mut stream) = UnixStream::connect(data.join(SOCKET)) else { return false };
    let mut answer = [0; 1];
    let told =
        stream.write_all(link.unwrap_or_default().as_bytes()).and_then(|()| stream.shutdown(Shutdown::Write));
    // The first process answers once it has raised its window.
    told.is_ok() && stream.set_read_timeout(Some(ANSWER)).is_ok() && stream.read_exact(&mut answer).is_ok()
}

/// Listens for later starts. Only this person's processes can reach the socket.
#[cfg(unix)]
pub fn listen(data: &Path, app: AppHandle) {
    use std::io::{Read as _, Write as _};
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::net::UnixListener;

    let path = data.join(SOCKET);
    // One that a killed process left behind: this process holds the folder's lock, so it is nobody's.
    let _ = std::fs::remove_file(&path);
    let listener = match UnixListener::bind(&path) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(%error, "later starts cannot be heard");
            return;
        }
    };
    if let Err(error) = std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)) {
        tracing::warn!(%error, "the socket's permissions could not be set");
        return;
    }
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut link = String::new();
            // One that says nothing must not keep later ones waiting.
            let heard = stream
                .set_read_timeout(Some(ANSWER))
                .and_then(|()| (&mut stream).take(LONGEST).read_to_string(&mut link));
            if heard.is_ok_and(|bytes| bytes > 0) {
                app.state::<Engine>().follow(&link);
            }
            crate::window::raise(&app);
            let _ = stream.write_all(&[1]);
        }
    });
}

/// There is no such socket here.
#[cfg(not(unix))]
pub fn show(_: &Path, _: Option<&str>) -> bool {
    false
}

/// There is no such socket here.
#[cfg(not(unix))]
pub fn listen(_: &Path, _: AppHandle) {}
