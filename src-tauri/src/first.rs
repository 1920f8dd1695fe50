//! One process a data folder: a second start asks the first, over a local socket in the folder, to come to front.
//!
//! Where there are no such sockets (Windows) the second start says that the folder is in use.

use std::path::Path;

use tauri::AppHandle;

#[cfg(unix)]
const SOCKET: &str = "console.sock";
/// How long the first process may take to answer.
#[cfg(unix)]
const ANSWER: std::time::Duration = std::time::Duration::from_secs(5);

/// Asks the process that holds the folder to come to front; whether it did.
#[cfg(unix)]
pub fn show(data: &Path) -> bool {
    use std::io::Read as _;
    use std::os::unix::net::UnixStream;

    let Ok(mut stream) = UnixStream::connect(data.join(SOCKET)) else { return false };
    let mut answer = [0; 1];
    // The first process answers once it has raised its window.
    stream.set_read_timeout(Some(ANSWER)).is_ok() && stream.read_exact(&mut answer).is_ok()
}

/// Listens for later starts. Only this person's processes can reach the socket.
#[cfg(unix)]
pub fn listen(data: &Path, app: AppHandle) {
    use std::io::Write as _;
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
        for stream in listener.incoming().flatten() {
            crate::window::raise(&app);
            let mut stream = stream;
            let _ = stream.write_all(&[1]);
        }
    });
}

/// There is no such socket here.
#[cfg(not(unix))]
pub fn show(_: &Path) -> bool {
    false
}

/// There is no such socket here.
#[cfg(not(unix))]
pub fn listen(_: &Path, _: AppHandle) {}
