//! A workspace in one file: a gzipped tar, which any tool opens.
//!
//! | entry | holds |
//! |---|---|
//! | `workspace.json` | [`Header`]: first |
//! | `history/000001.jsonl` … | commands as they were taken, a page each, one a line |
//! | `states/000001.jsonl` … | states, likewise |
//! | `files/<sha256>` | a file that people attached |
//! | `checksums.sha256` | the SHA-256 of every entry before it, as `sha256sum` writes and checks it: last |
//!
//! It holds no secret: none stands in a command, a state or a file. Every call blocks on the disk.
//!
//! Nothing of it is unpacked: entries are read one by one into memory, each within its bound. A file is read as plain tar,
//! which is what is written: what later formats add (names and maps without end) is an entry that does not belong there.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use domain::Timestamp;
use domain::files::{BlobId, MAX_BYTES};
use domain::ids::{MemberId, WorkspaceId};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// How the name of such a file ends.
pub const ENDING: &str = "partner";
/// The newest format that is known.
const FORMAT: u32 = 1;
const HEADER: &str = "workspace.json";
const SUMS: &str = "checksums.sha256";
/// The longest entry that is no attached file, in bytes: pages are of 4 MiB, and one row more.
const LONGEST: u64 = 64 * 1024 * 1024;
/// The most entries: their names and sums are kept until the end.
const MOST: usize = 1_000_000;

/// What a file says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Header {
    /// The format.
    pub format: u32,
    /// The version of the console that wrote it.
    pub console: String,
    /// When.
    pub made_at: Timestamp,
    /// Which workspace.
    pub workspace: WorkspaceId,
    /// What it was called.
    pub title: String,
    /// Who wrote it.
    pub member: MemberId,
    /// The person's name.
    pub name: String,
}

impl Header {
    /// Of a file that is written now.
    pub fn new(
        made_at: Timestamp,
        workspace: WorkspaceId,
        title: String,
        member: MemberId,
        name: String,
    ) -> Self {
        let console = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT, console, made_at, workspace, title, member, name }
    }
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is something else.
    #[error("no workspace of the console")]
    Foreign,
    /// It is by a newer version.
    #[error("by a newer version")]
    TooNew,
    /// It is not as it was written.
    #[error("damaged: {0}")]
    Damaged(String),
    /// The system says why.
    #[error(transparent)]
    Io(io::Error),
}

/// What stands in a file, in its order.
#[derive(Debug)]
pub enum Entry {
    /// A page of the history.
    Changes(String),
    /// A page of states.
    States(String),
    /// An attached file.
    File(BlobId, Vec<u8>),
}

/// A file that is being written.
pub struct Writer<W: Write> {
    tar: tar::Builder<GzEncoder<W>>,
    at: u64,
    sums: String,
    pages: u32,
}

impl<W: Write> Writer<W> {
    /// Begins it.
    pub fn new(to: W, header: &Header) -> io::Result<Self> {
        let at = u64::try_from(header.made_at.0 / 1000).unwrap_or_default();
        let tar = tar::Builder::new(GzEncoder::new(to, Compression::default()));
        let mut writer = Self { tar, at, sums: String::new(), pages: 0 };
        writer.add(HEADER, &serde_json::to_vec_pretty(header)?)?;
        Ok(writer)
    }

    /// Adds a page of the history.
    pub fn changes(&mut self, rows: &[Value]) -> io::Result<()> {
        self.page("history", rows)
    }

    /// Adds a page of states.
    pub fn states(&mut self, rows: &[Value]) -> io::Result<()> {
        self.page("states", rows)
    }

    /// Adds an attached file.
    pub fn file(&mut self, id: BlobId, bytes: &[u8]) -> io::Result<()> {
        self.add(&format!("files/{id}"), bytes)
    }

    /// Ends it; everything was handed to the writer below.
    pub fn finish(mut self) -> io::Result<W> {
        let sums = std::mem::take(&mut self.sums);
        self.add(SUMS, sums.as_bytes())?;
        self.tar.into_inner()?.finish()
    }

    fn page(&mut self, kind: &str, rows: &[Value]) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.pages += 1;
        let mut lines = String::new();
        for row in rows {
            let _ = writeln!(lines, "{row}");
        }
        self.add(&format!("{kind}/{:06}.jsonl", self.pages), lines.as_bytes())
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(self.at);
        self.tar.append_data(&mut header, name, bytes)?;
        let _ = writeln!(self.sums, "{}  {name}", hex(bytes));
        Ok(())
    }
}

/// Reads a file from its beginning to its end and hands out what stands in it. Whether it is whole is known only at the
/// end: whoever acts on it has read it through once before.
pub fn read<E: From<ArchiveError>>(
    path: &Path,
    each: impl FnMut(Entry) -> Result<(), E>,
) -> Result<Header, E> {
    read_from(BufReader::new(File::open(path).map_err(ArchiveError::Io)?), each)
}

/// The same of bytes from anywhere.
pub fn read_from<E: From<ArchiveError>>(
    from: impl Read,
    mut each: impl FnMut(Entry) -> Result<(), E>,
) -> Result<Header, E> {
    let mut tar = tar::Archive::new(GzDecoder::new(from));
    let mut entries = tar.entries().map_err(|_| ArchiveError::Foreign)?.raw(true);
    let first = entries.next().and_then(Result::ok).ok_or(ArchiveError::Foreign)?;
    let (name, bytes) = entry(first)?;
    if name != HEADER {
        return Err(ArchiveError::Foreign.into());
    }
    let mut seen = BTreeMap::from([(name, hex(&bytes))]);
    let header = header(&bytes)?;
    let mut checked = false;
    for found in entries {
        let (name, bytes) = entry(found.map_err(damaged)?)?;
        if checked {
            return Err(ArchiveError::Damaged("more than was written".to_owned()).into());
        }
        if name == SUMS {
            check(&bytes, &seen)?;
            checked = true;
            continue;
        }
        if seen.len() == MOST || seen.insert(name.clone(), hex(&bytes)).is_some() {
            return Err(ArchiveError::Damaged(name).into());
        }
        let text = |bytes| String::from_utf8(bytes).map_err(|_| ArchiveError::Damaged(name.clone()));
        let found = match name.split_once('/') {
            Some(("history", _)) => Entry::Changes(text(bytes)?),
            Some(("states", _)) => Entry::States(text(bytes)?),
            Some(("files", id)) => {
                let id: BlobId = id.parse().map_err(|_| ArchiveError::Damaged(name.clone()))?;
                if id.to_string() != hex(&bytes) {
                    return Err(ArchiveError::Damaged(name).into());
                }
                Entry::File(id, bytes)
            }
            _ => return Err(ArchiveError::Damaged(name).into()),
        };
        each(found)?;
    }
    if checked { Ok(header) } else { Err(ArchiveError::Damaged("its end is missing".to_owned()).into()) }
}

/// What a file says of itself; nothing else of it is looked at.
pub fn peek(path: &Path) -> Result<Header, ArchiveError> {
    let file = File::open(path).map_err(ArchiveError::Io)?;
    let mut tar = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
    let mut entries = tar.entries().map_err(|_| ArchiveError::Foreign)?.raw(true);
    let (name, bytes) = entry(entries.next().and_then(Result::ok).ok_or(ArchiveError::Foreign)?)?;
    if name == HEADER { header(&bytes) } else { Err(ArchiveError::Foreign) }
}

/// Reads a file through; answers what it says of itself once everything in it is as it was written.
pub fn verify(path: &Path) -> Result<Header, ArchiveError> {
    read(path, |_| Ok(()))
}

fn header(bytes: &[u8]) -> Result<Header, ArchiveError> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let damaged = |_| ArchiveError::Damaged(HEADER.to_owned());
    let Format { format } = serde_json::from_slice(bytes).map_err(damaged)?;
    if format > FORMAT {
        return Err(ArchiveError::TooNew);
    }
    serde_json::from_slice(bytes).map_err(damaged)
}

fn entry(entry: tar::Entry<'_, impl Read>) -> Result<(String, Vec<u8>), ArchiveError> {
    let name = String::from_utf8(entry.path_bytes().into_owned())
        .map_err(|_| ArchiveError::Damaged("a name".to_owned()))?;
    let most = if name.starts_with("files/") { MAX_BYTES } else { LONGEST };
    let mut bytes = Vec::new();
    entry.take(most + 1).read_to_end(&mut bytes).map_err(damaged)?;
    if bytes.len() as u64 > most { Err(ArchiveError::Damaged(name)) } else { Ok((name, bytes)) }
}

fn check(sums: &[u8], seen: &BTreeMap<String, String>) -> Result<(), ArchiveError> {
    let damaged = |name: &str| ArchiveError::Damaged(name.to_owned());
    let text = std::str::from_utf8(sums).map_err(|_| damaged(SUMS))?;
    let mut count = 0;
    for line in text.lines() {
        let (sum, name) = line.split_once("  ").ok_or_else(|| damaged(SUMS))?;
        if seen.get(name).is_none_or(|known| known != sum) {
            return Err(damaged(name));
        }
        count += 1;
    }
    if count == seen.len() { Ok(()) } else { Err(damaged(SUMS)) }
}

/// A stream that breaks off or makes no sense, or a disk that does not answer.
fn damaged(error: io::Error) -> ArchiveError {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    match error.kind() {
        InvalidData | InvalidInput | UnexpectedEof | Other => ArchiveError::Damaged(error.to_string()),
        _ => ArchiveError::Io(error),
    }
}

fn hex(bytes: &[u8]) -> String {
    BlobId(Sha256::digest(bytes).into()).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn header_of(format: u32) -> Header {
        let (workspace, member) = (WorkspaceId(Uuid::from_u128(1)), MemberId(Uuid::from_u128(2)));
        let new = Header::new(Timestamp(7_000), workspace, "Sample Apps".to_owned(), member, "PM".to_owned());
        Header { format, ..new }
    }

    fn written(header: &Header) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), header).unwrap();
        writer.changes(&[json!({ "number": 1 }), json!({ "number": 2 })]).unwrap();
        writer.states(&[json!({ "state": "ção" })]).unwrap();
        writer.states(&[]).unwrap();
        let bytes: Vec<u8> = (0..40_000_u32).flat_map(u32::to_le_bytes).collect();
        writer.file(BlobId(Sha256::digest(&bytes).into()), &bytes).unwrap();
        writer.finish().unwrap()
    }

    fn read_all(bytes: &[u8]) -> Result<(Header, Vec<String>), ArchiveError> {
        let mut seen = Vec::new();
        let header = read_from(bytes, |entry| {
            seen.push(match entry {
                Entry::Changes(text) | Entry::States(text) => text,
                Entry::File(id, bytes) => format!("{id} {}", bytes.len()),
            });
            Ok::<_, ArchiveError>(())
        })?;
        Ok((header, seen))
    }

    #[test]
    fn what_is_written_is_read() {
        let (header, seen) = read_all(&written(&header_of(FORMAT))).unwrap();
        assert_eq!(header, header_of(FORMAT));
        assert_eq!(seen[..2], ["{\"number\":1}\n{\"number\":2}\n", "{\"state\":\"ção\"}\n"]);
        assert!(seen[2].ends_with(" 160000"));
    }

    #[test]
    fn what_is_not_as_it_was_written_is_told() {
        let whole = written(&header_of(FORMAT));
        let told = read_all(&whole).unwrap();
        for at in (0..whole.len() - 8).step_by(4_099) {
            let mut changed = whole.clone();
            changed[at] ^= 0x20;
            // A changed byte of the compressed stream that says the same is no change.
            assert!(read_all(&changed).map_or(true, |found| found == told), "byte {at}");
        }
        for length in [0, 1, 10, 200, whole.len() / 2] {
            let cut = read_all(&whole[..length]).unwrap_err();
            assert!(matches!(cut, ArchiveError::Foreign | ArchiveError::Damaged(_)), "{length}: {cut}");
        }
        assert!(matches!(read_all(b"no archive at all"), Err(ArchiveError::Foreign)));
        assert!(matches!(read_all(&written(&header_of(FORMAT + 1))), Err(ArchiveError::TooNew)));
    }

    /// A file that somebody put together by hand: an entry too many, one that is named twice, one that is not as listed.
    #[test]
    fn what_the_checksums_do_not_say_is_not_taken() {
        type Change = fn(&mut Writer<Vec<u8>>);
        let changes: [Change; 4] = [
            |writer| writer.sums.clear(),
            |writer| writer.sums = writer.sums.replace('a', "b"),
            |writer| writer.add("elsewhere/x", b"x").unwrap(),
            |writer| writer.add("history/000001.jsonl", b"{}\n").unwrap(),
        ];
        for (n, change) in changes.into_iter().enumerate() {
            let mut writer = Writer::new(Vec::new(), &header_of(FORMAT)).unwrap();
            writer.changes(&[json!({ "number": 1 })]).unwrap();
            change(&mut writer);
            let read = read_all(&writer.finish().unwrap());
            assert!(matches!(read, Err(ArchiveError::Damaged(_))), "{n}: {read:?}");
        }
    }

    /// Protects the memory: a name of later formats is as long as somebody says, and a few bytes say a gigabyte.
    #[test]
    fn what_later_formats_of_tar_add_is_not_read() {
        for kind in [b'L', b'K', b'x', b'g', b'S'] {
            let mut writer = Writer::new(Vec::new(), &header_of(FORMAT)).unwrap();
            let mut long = tar::Header::new_gnu();
            long.set_entry_type(tar::EntryType::new(kind));
            long.set_size(3);
            writer.tar.append_data(&mut long, "LongLink", &b"abc"[..]).unwrap();
            let read = read_all(&writer.finish().unwrap());
            let Err(ArchiveError::Damaged(why)) = read else { panic!("{kind}: {read:?}") };
            assert_eq!(why, "LongLink", "{kind}");
        }
    }
}
