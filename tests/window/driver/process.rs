//! Programs that a test starts, each ended with all that it started in turn.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::poll;

/// A started program with its output in a file. Dropping it ends it and its descendants.
pub struct Running {
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Starts a program with no standard input.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("writing {}", log.display()))?;
        // Kept in the test's own process group: whoever ends the test from outside ends this too.
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("starting {}", command.get_program().to_string_lossy()))?;
        Ok(Self { child, log: log.to_owned() })
    }

    /// What it has written so far.
    pub fn output(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Its exit status, if it has ended.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits for it to end by itself.
    pub async fn wait(&mut self, at_most: Duration) -> Result<ExitStatus> {
        let Some(status) = poll(at_most, async || self.child.try_wait().ok().flatten()).await else {
            bail!("it was still running after {at_most:?}; its output:\n{}", self.output());
        };
        Ok(status)
    }

    /// Waits for a first whole line of its output.
    pub async fn first_line(&mut self, at_most: Duration) -> Result<String> {
        let line =
            poll(at_most, async || self.output().split_once('\n').map(|(line, _)| line.trim().to_owned()));
        line.await.with_context(|| format!("no line of output after {at_most:?}"))
    }

    /// The descendant that runs this file.
    pub fn descendant(&self, program: &Path) -> Option<u32> {
        let program = program.canonicalize().ok()?;
        tree(self.child.id())
            .into_iter()
            .find(|pid| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == program))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Listed before the first one ends: orphans belong to init, and nobody finds them any more.
        for pid in tree(self.child.id()) {
            kill(pid);
        }
        let _ = self.child.wait();
    }
}

/// `kill -9`.
pub fn kill(pid: u32) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // It may have ended by itself meanwhile.
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// Whether a process runs: one that has ended and only waits to be collected does not. Until the last of its threads
/// has ended, it holds its files and locks.
pub fn is_running(pid: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    threads.filter_map(|thread| stat(&thread.path())).any(|(state, _)| state != 'Z' && state != 'X')
}

/// A process and all its descendants, itself first.
pub fn tree(root: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid: u32| stat(Path::new(&format!("/proc/{pid}"))).map(|(_, parent)| (pid, parent)))
        .collect();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| pid));
        next += 1;
    }
    found
}

/// State and parent of a process or thread, by its folder. The name before them, in brackets, may hold anything.
fn stat(process: &Path) -> Option<(char, u32)> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}
