//! Node.js for building the window's pages: the system's where it is new enough, else a pinned one.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use anyhow::{Context, Result, bail};

use crate::place::{Place, which};
use crate::tools::NODE;
use crate::{packages, process};

/// A version of Node.js; only the two numbers that the tools ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version {
    major: u32,
    minor: u32,
}

/// A Node.js with its npm.
pub struct Node {
    version: String,
    program: PathBuf,
    npm: PathBuf,
    pinned: bool,
}

/// Once is enough for a run that looks for Node.js in every step.
static SAID: Once = Once::new();

impl Node {
    /// The Node.js to build with; the pinned one is fetched where it is needed.
    pub fn find(place: &Place) -> Result<Self> {
        let why = match Self::of_the_system() {
            Some(node) if node.is_new_enough() => return Ok(node),
            Some(node) => format!("the system's is {}, older than the tools need", node.version),
            None => "none with npm on the PATH".to_owned(),
        };
        if !cfg!(target_os = "linux") {
            bail!("Node.js: {why}. {}", packages::node_advice());
        }
        SAID.call_once(|| println!("Node.js: {why}; taking the pinned {}", NODE.version));
        Self::pinned(place).with_context(packages::node_advice)
    }

    /// npm, with this Node.js first on the PATH of whatever it starts.
    pub fn npm(&self, place: &Place) -> Command {
        let mut command = if self.pinned {
            let mut command = Command::new(&self.program);
            command.arg(&self.npm);
            command
        } else {
            Command::new(&self.npm)
        };
        command.current_dir(place.ui()).env("PATH", self.path());
        process::without_cargos_own(&mut command);
        command
    }

    /// Version and place, for people and for stamps.
    pub fn describe(&self) -> String {
        format!("Node.js {} ({})", self.version, self.program.display())
    }

    fn of_the_system() -> Option<Self> {
        let node = which("node")?;
        let npm = which(if cfg!(windows) { "npm.cmd" } else { "npm" })?;
        let version = process::answer(Command::new(&node).arg("--version"))?;
        Some(Self { version, program: node, npm, pinned: false })
    }

    /// The program itself.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The pinned one, fetched where it is not there yet.
    pub fn pinned(place: &Place) -> Result<Self> {
        let node = NODE.program(place)?;
        let version = process::answer(Command::new(&node).arg("--version"))
            .with_context(|| format!("{} does not start on this machine", node.display()))?;
        let npm = node
            .ancestors()
            .nth(2)
            .map(|dir| dir.join("lib/node_modules/npm/bin/npm-cli.js"))
            .filter(|npm| npm.is_file())
            .context("the pinned Node.js comes without npm")?;
        Ok(Self { version, program: node, npm, pinned: true })
    }

    fn is_new_enough(&self) -> bool {
        Version::read(&self.version).is_some_and(Version::is_new_enough)
    }

    fn path(&self) -> OsString {
        let own = self.program.parent().unwrap_or(Path::new(".")).to_owned();
        let rest = env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(own.clone()).chain(env::split_paths(&rest).filter(|dir| *dir != own));
        env::join_paths(all).unwrap_or(rest.clone())
    }
}

impl Version {
    /// Reads `v24.19.0`.
    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.trim().strip_prefix('v')?.split('.');
        Some(Self { major: numbers.next()?.parse().ok()?, minor: numbers.next()?.parse().ok()? })
    }

    /// What Vite 8 and eslint 10 both run on: `^20.19 || ^22.13 || >=24`.
    fn is_new_enough(self) -> bool {
        match self.major {
            20 => self.minor >= 19,
            22 => self.minor >= 13,
            major => major >= 24,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects the first start on Debian 12, whose own Node.js is 18.
    #[test]
    fn a_node_is_new_enough_or_not() {
        let cases = [
            ("v18.20.4", false),
            ("v20.18.3", false),
            ("v20.19.0", true),
            ("v21.7.0", false),
            ("v22.12.0", false),
            ("v22.13.0", true),
            ("v23.11.0", false),
            ("v24.0.0", true),
            ("v26.10.0\n", true),
            ("v100.0.0", true),
            ("24.0.0", false),
            ("", false),
            ("vx.y", false),
        ];
        for (text, expected) in cases {
            let found = Version::read(text).is_some_and(Version::is_new_enough);
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
