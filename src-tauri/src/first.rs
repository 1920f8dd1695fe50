//! One process a data folder: a second start asks the first, over a local socket in the folder, to come to front and
//! to follow the link that the second was started with.
//!
//! Where there are no such sockets (Windows) the second start says that the folder is in use.

use std::path::Path;
use std::time::{Duration, Instant};

#[cfg(unix)]
use partner_core::engine::Engine;
use partner_core::folder::{Folder, FolderError};
use tauri::AppHandle;
#[cfg(unix)]
use tauri::Manager as _;

#[cfg(unix)]
const SOCKET: &str = "console.sock";

/// How long the first process may take to answer: it may be starting itself.
const ANSWER: Duration = Duration::from_secs(10);

/// How long a later start may take to say what it wants.
#[cfg(unix)]
const QUESTION: Duration = Duration::from_secs(5);

/// Longest link that is passed on.
#[cfg(unix)]
const LONGEST: u64 = 4_096;

/// What a start found.
pub enum Claim {
    /// This process has the data folder, or nobody can use it, or whoever has it does not answer: the window opens,
    /// and says so.
    Go(Result<Folder, FolderError>, Later),
    /// Another process has it, and was brought to front: this one has nothing left to do.
    Shown,
}

/// Finds out who has the data folder. Another process may be ending, and let go of it.
///
/// It runs before anything of a window is loaded: a second start is quick, and leaves no half-made window behind.
pub fn claim(data: &Path, link: Option<&str>) -> Claim {
    let end = Instant::now() + ANSWER;
    loop {
        let folder = Folder::open(data);
        if !matches!(folder, Err(FolderError::InUse { .. })) {
            let later = if folder.is_ok() { Later::bind(data) } else { Later::default() };
            return Claim::Go(folder, later);
        }
        if show(data, link) {
            return Claim::Shown;
        }
        if Instant::now() >= end {
            return Claim::Go(folder, Later::default());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Asks the process that holds the folder to come to front, and to follow a link; whether it did.
#[cfg(unix)]
fn show(data: &Path, link: Option<&str>) -> bool {
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

/// Where later starts knock. They are heard from the moment the folder is held, and answered once there is a window.
#[cfg(unix)]
#[derive(Default)]
pub struct Later(Option<std::os::unix::net::UnixListener>);

#[cfg(unix)]
impl Later {
    /// Only this person's processes can reach the socket.
    fn bind(data: &Path) -> Self {
        use std::os::unix::fs::PermissionsExt as _;

        let path = data.join(SOCKET);
        // One that a killed process left behind: this process holds the folder's lock, so it is nobody's.
        let _ = std::fs::remove_file(&path);
        let listener = std::os::unix::net::UnixListener::bind(&path).and_then(|listener| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
            Ok(listener)
        });
        Self(listener.inspect_err(|error| tracing::warn!(%error, "later starts cannot be heard")).ok())
    }

    /// Answers later starts from here on, for as long as the process lives. The app manages the engine by now.
    pub fn answer(self, app: AppHandle) {
        use std::io::{Read as _, Write as _};

        let Some(listener) = self.0 else { return };
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut link = String::new();
                // One that says nothing must not keep later ones waiting.
                let heard = stream
                    .set_read_timeout(Some(QUESTION))
                    .and_then(|()| (&mut stream).take(LONGEST).read_to_string(&mut link));
                if heard.is_ok_and(|bytes| bytes > 0) {
                    app.state::<Engine>().follow(&link);
                }
                crate::window::raise(&app);
                let _ = stream.write_all(&[1]);
            }
        });
    }
}

/// There is no such socket here.
#[cfg(not(unix))]
fn show(_: &Path, _: Option<&str>) -> bool {
    false
}

/// There is no such socket here.
#[cfg(not(unix))]
#[derive(Default)]
pub struct Later;

#[cfg(not(unix))]
impl Later {
    fn bind(_: &Path) -> Self {
        Self
    }

    pub fn answer(self, _: AppHandle) {}
}
