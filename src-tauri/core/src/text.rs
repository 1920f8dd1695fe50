//! Texts that leave the console: mail addresses with a draft, names of files.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A `mailto:` address with subject and body (RFC 6068: percent-encoded, lines end in CRLF).
pub fn mailto(to: &str, subject: &str, body: &str) -> String {
    format!("mailto:{}?subject={}&body={}", encoded(to), encoded(subject), encoded(&crlf(body)))
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

/// A name that every file system takes: letters, digits, dots, hyphens; no more than 100 characters.
pub fn file_stem(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { ' ' })
        .take(100)
        .collect();
    let edges = ['.', '-'];
    let words: Vec<_> = kept
        .split_whitespace()
        .map(|word| word.trim_matches(edges))
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() { "export".to_owned() } else { words.join("-") }
}

/// Writes a file into a folder under the first free name: nothing that is there is overwritten.
pub fn save_beside(folder: &Path, stem: &str, ending: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    for n in 1..1_000 {
        let name = if n == 1 { format!("{stem}.{ending}") } else { format!("{stem}-{n}.{ending}") };
        let path = folder.join(name);
        match File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(bytes)?;
                file.sync_all()?;
                return Ok(path);
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
            mailto("a@b.example", "Link & more", "Hi\n?cc=x"),
            "mailto:a@b.example?subject=Link%20%26%20more&body=Hi%0D%0A%3Fcc%3Dx"
        );
        assert!(!mailto("a@b.example?bcc=x", "", "").contains("?bcc"));
    }

    #[test]
    fn names_of_files_are_tame() {
        for (name, stem) in [
            ("Call Notes 1.3.0 QA", "Call-Notes-1.3.0-QA"),
            ("../../etc/passwd", "etc-passwd"),
            ("a/b\\c:d", "a-b-c-d"),
            ("…", "export"),
            ("Notas de chamada", "Notas-de-chamada"),
        ] {
            assert_eq!(file_stem(name), stem);
        }
    }

    #[test]
    fn a_saved_file_never_overwrites_another() {
        let folder = tempfile::tempdir().unwrap();
        let first = save_beside(folder.path(), "run", "csv", b"1").unwrap();
        let second = save_beside(folder.path(), "run", "csv", b"2").unwrap();
        assert_ne!(first, second);
        assert_eq!(fs::read(first).unwrap(), b"1");
    }
}
