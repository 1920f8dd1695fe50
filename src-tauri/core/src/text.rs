//! Texts that leave the console: mail addresses with a draft, names of files.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The beginning of a text, of so many characters at most.
pub fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A `mailto:` address to several people with subject and body (RFC 6068: percent-encoded, lines end in CRLF).
pub fn mailto(to: &[String], subject: &str, body: &str) -> String {
    let to = to.iter().map(|to| encoded(to)).collect::<Vec<_>>().join(",");
    format!("mailto:{to}?subject={}&body={}", encoded(subject), encoded(&crlf(body)))
}

fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// A file's name that every file system takes: letters, digits, dots, hyphens, and no more than 200 bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileName {
    stem: String,
    /// Without its dot; empty where there is none.
    ending: String,
}

impl FileName {
    /// Longest stem, in bytes: file systems take 255, and a number and the ending follow.
    const MAX_STEM: usize = 200;

    /// Of a name as somebody wished for it.
    pub fn tame(name: &str) -> Self {
        let is_ending = |ending: &str| {
            (1..=8).contains(&ending.len())
                && ending.starts_with(|c: char| c.is_ascii_alphabetic())
                && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        match name.rsplit_once('.').filter(|(_, ending)| is_ending(ending)) {
            Some((stem, ending)) => Self { stem: tame(stem), ending: ending.to_ascii_lowercase() },
            None => Self { stem: tame(name), ending: String::new() },
        }
    }

    /// The name, or where it is taken the n-th beside it.
    fn numbered(&self, n: usize) -> String {
        let Self { stem, ending } = self;
        let dot = if ending.is_empty() { "" } else { "." };
        if n == 1 { format!("{stem}{dot}{ending}") } else { format!("{stem} ({n}){dot}{ending}") }
    }
}

impl std::fmt::Display for FileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.numbered(1))
    }
}

fn tame(stem: &str) -> String {
    let mut room = FileName::MAX_STEM;
    let kept: String = stem
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { ' ' })
        .take_while(|c| {
            let fits = room >= c.len_utf8();
            room = room.saturating_sub(c.len_utf8());
            fits
        })
        .collect();
    let words: Vec<_> = kept
        .split_whitespace()
        .map(|word| word.trim_matches(['.', '-']))
        .filter(|word| !word.is_empty())
        .collect();
    let stem = words.join("-");
    if stem.is_empty() {
        "export".to_owned()
    } else if is_device(&stem) {
        format!("_{stem}")
    } else {
        stem
    }
}

/// Whether Windows takes the name for a device, whatever its ending.
fn is_device(stem: &str) -> bool {
    let name = stem.split('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(name.as_str(), "con" | "prn" | "aux" | "nul")
        || (name.strip_prefix("com").or_else(|| name.strip_prefix("lpt")))
            .is_some_and(|n| n.len() == 1 && n.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The name of a file as somebody gave it, without what is no name: folders before it, characters that are not seen
/// or that turn others round, and more than a file system takes.
pub fn shown_name(name: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let own = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = own.chars().filter(|c| !c.is_control() && !turns(*c)).collect();
    let seen = seen.trim();
    let kept = match seen.rsplit_once('.') {
        // The ending says what it is.
        Some((stem, ending)) if ending.chars().count() <= 20 && !stem.is_empty() => {
            format!("{}.{ending}", cut(stem, 150).trim_end())
        }
        _ => cut(seen, 150),
    };
    if kept.trim_matches('.').is_empty() { "file".to_owned() } else { kept.trim().to_owned() }
}

/// Writes a file into a folder, under its name or the first free one beside it; where it is there already with the
/// same bytes, it is left as it is.
pub fn save_once(folder: &Path, name: &FileName, bytes: &[u8]) -> io::Result<PathBuf> {
    let same =
        (1..1_000).map(|n| folder.join(name.numbered(n))).take_while(|path| path.exists()).find(|path| {
            let as_long = fs::metadata(path).is_ok_and(|file| file.len() == bytes.len() as u64);
            as_long && fs::read(path).is_ok_and(|held| held == bytes)
        });
    same.map_or_else(|| save_beside(folder, name, bytes), Ok)
}

/// Gives a file of that folder its name, or the first free one beside it.
pub fn rename_beside(file: &Path, folder: &Path, name: &FileName) -> io::Result<PathBuf> {
    let free = (1..1_000).map(|n| folder.join(name.numbered(n))).find(|path| !path.exists());
    let path = free.ok_or_else(|| io::Error::from(io::ErrorKind::AlreadyExists))?;
    fs::rename(file, &path).map(|()| path)
}

/// Writes a file into a folder under the first free name: nothing that is there is overwritten.
pub fn save_beside(folder: &Path, name: &FileName, bytes: &[u8]) -> io::Result<PathBuf> {
    save_by(OpenOptions::new().write(true).create_new(true), folder, name, bytes)
}

/// Likewise, to be read by its owner alone where the system knows owners (mode 0600).
pub fn save_private(folder: &Path, name: &FileName, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    save_by(&options, folder, name, bytes)
}

fn save_by(options: &OpenOptions, folder: &Path, name: &FileName, bytes: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    for n in 1..1_000 {
        let path = folder.join(name.numbered(n));
        match options.open(&path) {
            Ok(mut file) => {
                // Half a file would look like a whole one.
                return file
                    .write_all(bytes)
                    .and_then(|()| file.sync_all())
                    .inspect_err(|_| _ = fs::remove_file(&path))
                    .map(|()| path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_draft_keeps_every_character_and_opens_no_other_header() {
        assert_eq!(
            mailto(&["a@b.example".to_owned()], "Link & more", "Hi\n?cc=x"),
            "mailto:a@b.example?subject=Link%20%26%20more&body=Hi%0D%0A%3Fcc%3Dx"
        );
        assert!(!mailto(&["a@b.example?bcc=x".to_owned()], "", "").contains("?bcc"));
        let two = ["a@b.example".to_owned(), "c,d@e.example".to_owned()];
        assert_eq!(mailto(&two, "", ""), "mailto:a@b.example,c%2Cd@e.example?subject=&body=");
    }

    #[test]
    fn names_of_files_are_tame() {
        for (name, tame) in [
            ("Call Notes 1.3.0 QA.csv", "Call-Notes-1.3.0-QA.csv"),
            ("../../etc/passwd", "etc-passwd"),
            ("a/b\\c:d.HTML", "a-b-c-d.html"),
            ("….md", "export.md"),
            (".bashrc", "export.bashrc"),
            ("Notas de chamada 1.3.0", "Notas-de-chamada-1.3.0"),
            ("Avaliação.json", "Avaliação.json"),
            ("con.txt", "_con.txt"),
            ("LPT1.html", "_LPT1.html"),
            ("control.txt", "control.txt"),
            ("report.a b", "report.a-b"),
        ] {
            assert_eq!(FileName::tame(name).numbered(1), tame, "{name}");
        }
        assert_eq!(FileName::tame("a.csv").numbered(2), "a (2).csv");
        assert!(FileName::tame(&format!("{}.csv", "漢".repeat(300))).numbered(999).len() <= 255);
    }

    #[test]
    fn a_name_is_shown_without_what_is_no_name() {
        let long = format!("{}.png", "x".repeat(400));
        for (name, shown) in [
            ("shot.png", "shot.png"),
            ("Ecrã de início (2).png", "Ecrã de início (2).png"),
            ("C:\\fakepath\\shot.png", "shot.png"),
            ("../../etc/passwd", "passwd"),
            ("a/..", "file"),
            ("", "file"),
            (" . ", "file"),
            ("\u{202e}gnp.exe", "gnp.exe"),
            ("a\0b\n.png", "ab.png"),
            (".bashrc", ".bashrc"),
            ("画面.png", "画面.png"),
        ] {
            assert_eq!(shown_name(name), shown, "{name:?}");
        }
        assert_eq!(shown_name(&long).chars().count(), 154);
        assert_eq!(shown_name(&long).rsplit_once('.').unwrap().1, "png");
    }

    #[test]
    fn the_same_file_is_saved_once() {
        let folder = tempfile::tempdir().unwrap();
        let name = FileName::tame("shot.png");
        let first = save_once(folder.path(), &name, b"1").unwrap();
        let other = save_once(folder.path(), &name, b"2").unwrap();
        assert_ne!(first, other);
        assert_eq!(save_once(folder.path(), &name, b"1").unwrap(), first);
        assert_eq!(save_once(folder.path(), &name, b"2").unwrap(), other);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_saved_file_never_overwrites_another() {
        let folder = tempfile::tempdir().unwrap();
        let name = FileName::tame("run.csv");
        let first = save_beside(folder.path(), &name, b"1").unwrap();
        let second = save_beside(folder.path(), &name, b"2").unwrap();
        assert_eq!(second, folder.path().join("run (2).csv"));
        assert_eq!((fs::read(first).unwrap(), fs::read(second).unwrap()), (b"1".to_vec(), b"2".to_vec()));
    }
}
