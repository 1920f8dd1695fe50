//! A `PostgreSQL` of its own for tests and measurements: a fresh data folder, a socket and no port, nothing shared.
//!
//! Purpose: [`Server::start`] makes a cluster and starts it, [`Server::database`] makes an empty database in it.
//! Border: it runs `PostgreSQL`'s own programs and speaks no SQL but `CREATE DATABASE`; it installs nothing
//! (`cargo xtask test` does), and knows nothing of the product.
//!
//! A shell between this process and the server holds the reading end of a pipe: when this process ends, however it
//! ends, the pipe closes, the server is stopped and its folder removed.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

/// How long a server may take until it answers.
const START: Duration = Duration::from_mins(1);

/// Waits for its standard input to end, then stops the server and removes the folder.
const KEEPER: &str = r#"
trap '' INT TERM
"$1" -D "$2" >"$2/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -INT $server
wait $server
rm -rf "$2"
"#;

/// Whether a test can use a server here; one that cannot says so and does nothing. On Linux, continuous integration
/// (`CI` is set) has to have it.
#[expect(clippy::print_stderr, reason = "what is not checked is never passed over in silence")]
pub fn can_run() -> bool {
    let installed = programs().is_some();
    let must = cfg!(target_os = "linux") && std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    assert!(installed || !must, "{}", StartError::Missing);
    if !installed {
        eprintln!("NOT CHECKED: {}", StartError::Missing);
    }
    installed
}

/// Why there is no server.
#[derive(Debug)]
pub enum StartError {
    /// `PostgreSQL` is not installed here.
    Missing,
    /// It is, and does not start.
    Failed(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("PostgreSQL is not installed (Debian: postgresql)"),
            Self::Failed(why) => write!(f, "PostgreSQL does not start: {why}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A running server. It ends with this process, or when dropped.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    user: String,
    keeper: Mutex<Child>,
    made: AtomicU32,
}

impl Server {
    /// Makes a cluster in a new temporary folder and starts it with `settings` (as of `postgresql.conf`).
    ///
    /// Without settings it keeps nothing through a power cut (`fsync = off`), which makes tests quick; give
    /// `("fsync", "on")` to measure.
    pub fn start(settings: &[(&str, &str)]) -> Result<Self, StartError> {
        let programs = programs().ok_or(StartError::Missing)?;
        let failed = |error: io::Error| StartError::Failed(error.to_string());
        let folder = new_folder().map_err(failed)?;
        let user = user();
        if user.as_root {
            done(Command::new("chown").arg(&user.name).arg(&folder))?;
        }
        let mut initdb = user.command(&programs.join("initdb"));
        initdb.arg("-D").arg(&folder);
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]);
        done(&mut initdb)?;
        let mut lines = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nmax_connections = 200\nfsync = off\n\
             full_page_writes = off\n",
            folder.display()
        );
        for (name, value) in settings {
            lines.extend([name, " = '", &value.replace('\'', "''"), "'\n"]);
        }
        let mut conf = fs::read_to_string(folder.join("postgresql.conf")).map_err(failed)?;
        conf.push_str(&lines);
        fs::write(folder.join("postgresql.conf"), conf).map_err(failed)?;
        let mut keeper = user.command(Path::new("sh"));
        keeper.arg("-c").arg(KEEPER).arg("keeper").arg(programs.join("postgres")).arg(&folder);
        let keeper = keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let keeper = Mutex::new(keeper.map_err(failed)?);
        let server = Self { folder, programs, user: "postgres".to_owned(), keeper, made: AtomicU32::new(0) };
        server.wait()?;
        Ok(server)
    }

    /// Makes an empty database and gives its address, as `partner-service --database` takes it.
    pub fn database(&self) -> Result<String, StartError> {
        let name = format!("db{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(format!("postgres:///{name}?host={}&user={}", self.folder.display(), self.user))
    }

    /// Runs a statement by `psql`, as the server's owner, and gives its rows as text.
    pub fn sql(&self, database: &str, statement: &str) -> Result<String, StartError> {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", &self.user, "-d", database]);
        done(psql.arg("-h").arg(&self.folder).arg("-c").arg(statement))
    }

    fn wait(&self) -> Result<(), StartError> {
        let began = Instant::now();
        loop {
            let mut ready = Command::new(self.programs.join("pg_isready"));
            let ready = ready.arg("-q").arg("-h").arg(&self.folder).status();
            if ready.is_ok_and(|status| status.success()) {
                return Ok(());
            }
            let ended = self.keeper.lock().is_ok_and(|mut keeper| matches!(keeper.try_wait(), Ok(Some(_))));
            if ended || began.elapsed() > START {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(StartError::Failed(log));
            }
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(mut keeper) = self.keeper.lock() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }
}

/// Whom the server runs as: `PostgreSQL` refuses to be root.
struct User {
    name: String,
    as_root: bool,
}

fn user() -> User {
    let asked = Command::new("id").arg("-u").output();
    let as_root = asked.is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    User { name: "postgres".to_owned(), as_root }
}

impl User {
    fn command(&self, program: &Path) -> Command {
        if !self.as_root {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={}", self.name)).arg(format!("--regid={}", self.name));
        command.arg("--clear-groups").arg("--").arg(program);
        // Not every folder that root works in can be read by others.
        command.current_dir(std::env::temp_dir());
        command
    }
}

/// The folder of `PostgreSQL`'s programs: the newest of Debian's, else that of the PATH.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .max();
    newest.map(|(_, bin)| bin).or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|dir| dir.join("initdb").exists() && dir.join("psql").exists())
    })
}

fn new_folder() -> io::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let moment = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_micros();
    let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    // Short: a socket's whole path may have some hundred bytes.
    let folder = std::env::temp_dir().join(format!("pg-{process}-{count}-{}", moment % 1_000_000));
    fs::create_dir(&folder)?;
    Ok(folder)
}

/// Runs a program to its end and gives what it prints.
fn done(command: &mut Command) -> Result<String, StartError> {
    let output = command.output().map_err(|error| StartError::Failed(error.to_string()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(StartError::Failed(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Each database is empty, and nothing is left on the disk.
    #[test]
    fn a_server_comes_and_goes_without_a_trace() {
        if !can_run() {
            return;
        }
        let server = Server::start(&[]).unwrap();
        let one = server.database().unwrap();
        let other = server.database().unwrap();
        assert_ne!(one, other);
        server.sql("db0", "CREATE TABLE note (text text)").unwrap();
        assert_eq!(server.sql("db0", "SELECT count(*) FROM note").unwrap(), "0");
        assert!(server.sql("db1", "SELECT count(*) FROM note").is_err());
        let folder = server.folder.clone();
        drop(server);
        assert!(!folder.exists());
    }
}
