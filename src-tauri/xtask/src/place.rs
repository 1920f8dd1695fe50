//! Where things are: the repository, cargo's target folder and what the tasks keep in it.

use std::env;
use std::path::{Path, PathBuf};

/// The folders that the tasks work in.
pub struct Place {
    /// The repository.
    pub root: PathBuf,
    /// Cargo's target folder, `CARGO_TARGET_DIR` included.
    pub target: PathBuf,
}

impl Place {
    /// The repository that this program was built in.
    pub fn find() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = package.ancestors().nth(2).unwrap_or(package).to_owned();
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Self { root, target }
    }

    /// The window's sources.
    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// Pinned tools that the project installs for itself.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Logs and stamps of the tasks.
    pub fn notes(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// What the benches leave, and the data folders that they measure on.
    pub fn bench(&self) -> PathBuf {
        self.target.join("bench")
    }

    /// Pictures of every place of the window.
    pub fn shots(&self) -> PathBuf {
        self.target.join("shots")
    }

    /// What the tour leaves.
    pub fn tour(&self) -> PathBuf {
        self.target.join("tour")
    }
}

/// The full path of a program on the PATH.
pub fn which(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(&name)).find(|path| is_program(path))
}

/// Whether a file is there and may be executed.
pub fn is_program(path: &Path) -> bool {
    let Ok(meta) = path.metadata() else { return false };
    #[cfg(unix)]
    let executable = std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let executable = true;
    meta.is_file() && executable
}
