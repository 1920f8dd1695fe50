//! Files that people attach: evidence of a checklist item, images of the app information, what came with an answer
//! of Talkdesk or belongs to a finding.
//!
//! A command or a state holds a reference: the SHA-256 of the bytes, and what a person needs to know of them. The
//! bytes stand beside, kept by that hash alone, so that the same picture is kept once however often it is named.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::common::Place;
use crate::ids::RunId;
use crate::refusal::{Refusal, RefusalCode};
use crate::text;

/// The largest file, in bytes. Ours: it bounds what is held in memory; a screen recording of some minutes fits.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// The most files of an answer or a finding, and the most pieces of evidence of an item.
pub const MOST: usize = 50;
/// Longest name, in characters: what every system's file names hold.
const NAME: usize = 200;
/// The most pixels a side. Ours: it bounds what is reckoned with.
const SIDE: u32 = 100_000;

/// A file's content, by the SHA-256 of its bytes: 64 small hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(type = "string"))]
#[serde(try_from = "String", into = "String")]
pub struct BlobId(pub [u8; 32]);

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not 64 small hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a file's hash is 64 small hexadecimal digits")]
pub struct NotAHash;

impl FromStr for BlobId {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        // One form only: it is a file's name and a part of an address.
        if text.len() != 64 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(NotAHash);
        }
        let mut hash = [0; 32];
        for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| NotAHash)?;
        }
        Ok(Self(hash))
    }
}

impl TryFrom<String> for BlobId {
    type Error = NotAHash;
    fn try_from(text: String) -> Result<Self, NotAHash> {
        text.parse()
    }
}

impl From<BlobId> for String {
    fn from(id: BlobId) -> Self {
        let mut text = Self::with_capacity(64);
        let _ = write!(text, "{id}");
        text
    }
}

/// A file, as commands and states name it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FileRef {
    /// Its content.
    pub sha256: BlobId,
    /// Its name with the ending, never a path.
    pub name: String,
    /// What it is, found in its bytes where that can be: `image/png`.
    pub media_type: String,
    /// Its size in bytes.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: u64,
    /// Its size in pixels, where it is an image that could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub pixels: Option<Pixels>,
}

impl FileRef {
    /// Whether it could be read as an image.
    pub fn is_image(&self) -> bool {
        self.pixels.is_some() && self.media_type.starts_with("image/")
    }
}

/// A size in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Pixels {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// A piece of evidence for a checklist item.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Evidence {
    /// A file.
    File(FileRef),
    /// A page that shows it.
    Link {
        /// Its https address.
        url: String,
        /// What it is called here; may be empty.
        title: String,
    },
}

impl Evidence {
    /// The file, where it is one.
    pub fn file(&self) -> Option<&FileRef> {
        match self {
            Self::File(file) => Some(file),
            Self::Link { .. } => None,
        }
    }

    /// As the reducer keeps it, or why not.
    pub(crate) fn checked(&self) -> Result<Self, Refusal> {
        Ok(match self {
            Self::File(file) => {
                checked(file)?;
                self.clone()
            }
            Self::Link { url, title } => Self::Link {
                url: text::https(url, "url")?,
                title: text::optional_line(title, text::LINE, "title")?,
            },
        })
    }
}

/// A piece of evidence as it stood when a round was submitted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FiledEvidence {
    /// The run.
    pub run: RunId,
    /// The item.
    pub item: String,
    /// What it was.
    pub evidence: Evidence,
}

/// Refuses a reference that no file can have.
pub(crate) fn checked(file: &FileRef) -> Result<(), Refusal> {
    let at = || Place::input("file");
    let name = text::line(&file.name, NAME, "file")?;
    let is_path = name.contains(['/', '\\']) || name == "." || name == "..";
    let is_whole = is_media_type(&file.media_type) && file.pixels.is_none_or(is_size);
    if is_path || name != file.name || !is_whole {
        return Err(Refusal::ours(RefusalCode::WrongKind).at(at()));
    }
    if file.bytes == 0 {
        return Err(Refusal::ours(RefusalCode::FileEmpty).at(at()));
    }
    if file.bytes > MAX_BYTES {
        return Err(Refusal::ours(RefusalCode::FileTooLarge).with("max", MAX_BYTES).at(at()));
    }
    Ok(())
}

/// Whether a text names a type, as RFC 6838 has them.
pub(crate) fn is_media_type(text: &str) -> bool {
    let is_word =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || ".+-".contains(c));
    text.len() <= 100 && text.split_once('/').is_some_and(|(kind, of)| is_word(kind) && is_word(of))
}

/// Whether an image can be of that size.
pub(crate) fn is_size(pixels: Pixels) -> bool {
    (1..=SIDE).contains(&pixels.width) && (1..=SIDE).contains(&pixels.height)
}

/// Refuses a list of files that is too long, or names the same twice or one that cannot be.
pub(crate) fn all_checked(files: &[FileRef]) -> Result<(), Refusal> {
    if files.len() > MOST {
        return Err(Refusal::ours(RefusalCode::TooMany).with("max", MOST).at(Place::input("file")));
    }
    files.iter().try_for_each(checked)?;
    let different: BTreeSet<BlobId> = files.iter().map(|file| file.sha256).collect();
    if different.len() == files.len() {
        Ok(())
    } else {
        Err(Refusal::ours(RefusalCode::Exists).at(Place::input("file")))
    }
}

/// Adds the files that a command's arguments or a state name, by a version of the console that is newer, too: every
/// `sha256` in it.
pub fn named(value: &Value, found: &mut BTreeSet<BlobId>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "sha256" => found.extend(text.parse::<BlobId>()),
                    other => named(other, found),
                }
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| named(entry, found)),
        _ => {}
    }
}
