//! System packages: what is missing, and how it is installed.
//!
//! Debian and Ubuntu: by apt-get, as root or with sudo. Everywhere else: the tasks say exactly what to
//! install and stop, for a build machine's owner knows his package manager better than we do.

use std::fs;
use std::io::{self, IsTerminal};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::place::which;
use crate::process;

/// Something that the system has to provide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    probe: Probe,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
    suse: &'static str,
}

/// How to tell whether a need is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    /// A program on the PATH.
    Program(&'static str),
    /// A library that pkg-config knows.
    Library(&'static str),
    /// Python with a working pip.
    Pip,
    /// `PostgreSQL`'s server, whose programs are not on Debian's PATH.
    Postgres,
}

/// A system of which we know the names of packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Debian,
    Fedora,
    Arch,
    Suse,
    OtherLinux,
    MacOs,
    Windows,
}

const fn need(
    probe: Probe,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
    suse: &'static str,
) -> Need {
    Need { probe, debian, fedora, arch, suse }
}

/// What building and starting the app takes on Linux.
pub const BUILD: &[Need] = &[
    need(Probe::Program("cc"), "build-essential", "gcc", "base-devel", "gcc"),
    need(Probe::Program("pkg-config"), "pkg-config", "pkgconf-pkg-config", "pkgconf", "pkg-config"),
    need(
        Probe::Library("webkit2gtk-4.1"),
        "libwebkit2gtk-4.1-dev",
        "webkit2gtk4.1-devel",
        "webkit2gtk-4.1",
        "webkit2gtk3-devel",
    ),
];

/// What driving the real window takes besides: a virtual display, the web view's driver, a session bus of its own,
/// and a second program that reads the clipboard.
pub const WINDOW: &[Need] = &[
    need(Probe::Program("Xvfb"), "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb", "xorg-x11-server-Xvfb"),
    need(
        Probe::Program("WebKitWebDriver"),
        "webkit2gtk-driver",
        "webkit2gtk-driver",
        "webkit2gtk-4.1",
        "webkit2gtk-driver",
    ),
    need(Probe::Program("dbus-daemon"), "dbus", "dbus-daemon", "dbus", "dbus-1"),
    need(Probe::Program("xclip"), "xclip", "xclip", "xclip", "xclip"),
];

/// What the team service's tests take: they start a server of their own.
pub const POSTGRES: &[Need] =
    &[need(Probe::Postgres, "postgresql", "postgresql-server", "postgresql", "postgresql-server")];

/// What the tests of the vault take: a keychain on a bus of its own.
pub const KEYRING: &[Need] = &[
    need(Probe::Program("dbus-daemon"), "dbus", "dbus-daemon", "dbus", "dbus-1"),
    need(
        Probe::Program("gnome-keyring-daemon"),
        "gnome-keyring",
        "gnome-keyring",
        "gnome-keyring",
        "gnome-keyring",
    ),
];

/// What fetching a pinned tool takes.
pub const PIP: &[Need] = &[need(Probe::Pip, "python3-pip", "python3-pip", "python-pip", "python3-pip")];

/// Sees to it that all needs are met.
pub fn ensure(needs: &[Need]) -> Result<()> {
    let system = System::here();
    if matches!(system, System::MacOs | System::Windows) {
        // Their parts come with the compiler (Xcode's tools, MSVC) and the system (WKWebView, WebView2).
        return Ok(());
    }
    let missing = missing(needs, Probe::is_met);
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().filter_map(|need| need.package(system)).collect();
    println!("Missing on this machine: {}", listed(&missing));
    if system != System::Debian {
        bail!("{}", advice(system, &missing));
    }
    println!("Installing by apt-get: {} (with what they need; this may take minutes)", names.join(" "));
    let start = Instant::now();
    apt_get(&["update"])?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], names.as_slice()].concat())?;
    println!("  installed … {}", process::seconds(start.elapsed()));
    let still = self::missing(&missing, Probe::is_met);
    if !still.is_empty() {
        bail!("apt-get succeeded, but this is still missing: {}", listed(&still));
    }
    Ok(())
}

/// Whether tests can start a `PostgreSQL` here.
pub fn has_postgres() -> bool {
    Probe::Postgres.is_met()
}

/// What to install by hand where Node.js is missing and we fetch none.
pub fn node_advice() -> &'static str {
    match System::here() {
        System::MacOs => "Install Node.js 24 (its own installer, or `brew install node@24`).",
        System::Windows => "Install Node.js 24 (its own installer, or `winget install OpenJS.NodeJS.LTS`).",
        _ => "Install Node.js 24 from your distribution or from its own archive.",
    }
}

impl System {
    fn here() -> Self {
        if cfg!(target_os = "macos") {
            Self::MacOs
        } else if cfg!(target_os = "windows") {
            Self::Windows
        } else {
            Self::of(&fs::read_to_string("/etc/os-release").unwrap_or_default())
        }
    }

    /// Which Linux an os-release file tells of, by its own name first and then by those it is like.
    fn of(os_release: &str) -> Self {
        let value = |key: &str| {
            let line = os_release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            line.unwrap_or_default().trim_matches('"').to_owned()
        };
        let names = format!("{} {}", value("ID"), value("ID_LIKE"));
        for name in names.split_whitespace() {
            match name {
                "debian" | "ubuntu" => return Self::Debian,
                "fedora" | "rhel" => return Self::Fedora,
                "arch" => return Self::Arch,
                "suse" | "opensuse" => return Self::Suse,
                _ => {}
            }
        }
        Self::OtherLinux
    }
}

impl Need {
    fn package(&self, system: System) -> Option<&'static str> {
        match system {
            System::Debian => Some(self.debian),
            System::Fedora => Some(self.fedora),
            System::Arch => Some(self.arch),
            System::Suse => Some(self.suse),
            System::OtherLinux | System::MacOs | System::Windows => None,
        }
    }
}

impl Probe {
    fn is_met(&self) -> bool {
        match self {
            Self::Program(name) => which(name).is_some(),
            Self::Library(name) => {
                process::answer(Command::new("pkg-config").args(["--exists", name])).is_some()
            }
            Self::Postgres => {
                let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
                versions.map(|version| version.path()).any(|path| path.join("bin/initdb").exists())
                    || which("initdb").is_some()
            }
            Self::Pip => process::answer(Command::new("python3").args(["-m", "pip", "--version"])).is_some(),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Program(name) | Self::Library(name) => name,
            Self::Pip => "Python's pip",
            Self::Postgres => "PostgreSQL",
        }
    }
}

fn missing(needs: &[Need], is_met: impl Fn(&Probe) -> bool) -> Vec<Need> {
    needs.iter().filter(|need| !is_met(&need.probe)).copied().collect()
}

fn listed(needs: &[Need]) -> String {
    needs.iter().map(|need| need.probe.name()).collect::<Vec<_>>().join(", ")
}

/// What a person is to do where we don't install anything ourselves.
fn advice(system: System, missing: &[Need]) -> String {
    let names: Vec<&str> = missing.iter().filter_map(|need| need.package(system)).collect();
    let names = names.join(" ");
    match system {
        System::Fedora => format!("install it and start again: sudo dnf install {names}"),
        System::Arch => format!("install it and start again: sudo pacman -S --needed {names}"),
        System::Suse => format!("install it and start again: sudo zypper install {names}"),
        _ => format!(
            "install it by your package manager and start again (names differ; Debian's are: {})",
            missing.iter().map(|need| need.debian).collect::<Vec<_>>().join(" ")
        ),
    }
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let root = process::answer(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
    let mut command = if root {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        if !io::stdin().is_terminal() {
            // Nobody could type a password: fail at once and say so.
            sudo.arg("--non-interactive");
        }
        sudo.arg("env");
        sudo
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]);
    // Hundreds of lines about packages help nobody; errors come on the other stream, as does sudo's question.
    process::open(command.args(arguments).stdout(Stdio::null()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects the first start: the package manager is chosen by what the system says of itself.
    #[test]
    fn a_system_is_known_by_its_os_release() {
        let cases = [
            ("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n", System::Debian),
            ("ID=ubuntu\nID_LIKE=debian\n", System::Debian),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", System::Debian),
            ("ID=fedora\n", System::Fedora),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", System::Fedora),
            ("ID=manjaro\nID_LIKE=arch\n", System::Arch),
            ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", System::Suse),
            ("ID=nixos\n", System::OtherLinux),
            ("VERSION_ID=\"12\"\n", System::OtherLinux),
            ("", System::OtherLinux),
        ];
        for (text, system) in cases {
            assert_eq!(System::of(text), system, "{text}");
        }
    }

    #[test]
    fn only_what_is_missing_is_installed() {
        let met = |probe: &Probe| *probe == Probe::Program("cc");
        let names: Vec<_> =
            missing(BUILD, met).iter().filter_map(|need| need.package(System::Debian)).collect();
        assert_eq!(names, ["pkg-config", "libwebkit2gtk-4.1-dev"]);
        assert!(missing(BUILD, |_| true).is_empty());
    }

    #[test]
    fn other_systems_are_told_what_to_install() {
        let all = missing(BUILD, |_| false);
        assert!(
            advice(System::Fedora, &all)
                .ends_with("sudo dnf install gcc pkgconf-pkg-config webkit2gtk4.1-devel")
        );
        assert!(advice(System::OtherLinux, &all).contains("libwebkit2gtk-4.1-dev"));
    }
}
