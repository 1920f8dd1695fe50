//! A file that one passphrase opens: what is written to it is sealed piece by piece, so that it can be longer than the
//! memory. Each piece is bound to the file, to its place and to whether it is the last: none can be left out, moved,
//! or put at the end.

use std::io::{self, Read, Write};

use uuid::Uuid;
use zeroize::Zeroizing;

use super::header::about;
use super::sealed::{self, Effort, Key, SALT};
use crate::secret::Secret;

const MARK: &[u8; 4] = b"PCM1";
/// Bytes of a piece before it is sealed.
const PIECE: usize = 1024 * 1024;
/// What sealing adds: a nonce and a mark.
const ADDED: usize = 24 + 16;

/// Why a sealed file does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// It is something else.
    #[error("no sealed file of the console")]
    Foreign,
    /// The passphrase is another.
    #[error("the passphrase does not open it")]
    Wrong,
    /// The system says why.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What a piece is bound to.
fn piece(id: Uuid, n: u64, last: bool) -> Vec<u8> {
    about("sealed file", id, &format!("{n}{}", if last { " last" } else { "" }))
}

/// Writes a sealed file.
pub struct Sealing<W: Write> {
    to: W,
    key: Key,
    id: Uuid,
    n: u64,
    /// What is no whole piece yet.
    rest: Zeroizing<Vec<u8>>,
}

impl<W: Write> Sealing<W> {
    /// Begins it.
    pub fn new(to: W, passphrase: &Secret<String>) -> io::Result<Self> {
        Self::with_effort(to, passphrase, Effort::default())
    }

    fn with_effort(mut to: W, passphrase: &Secret<String>, effort: Effort) -> io::Result<Self> {
        let salt = sealed::random::<SALT>();
        let id = Uuid::from_bytes(salt);
        let unfit = || io::Error::from(io::ErrorKind::InvalidInput);
        let key = sealed::derive(passphrase.expose(), &salt, effort).ok_or_else(unfit)?;
        let check = sealed::seal(&key, b"", &about("sealed file's key", id, "")).ok_or_else(unfit)?;
        to.write_all(MARK)?;
        to.write_all(&effort.memory_kib.to_le_bytes())?;
        to.write_all(&effort.passes.to_le_bytes())?;
        to.write_all(&salt)?;
        to.write_all(&check)?;
        Ok(Self { to, key, id, n: 0, rest: Zeroizing::new(Vec::with_capacity(PIECE)) })
    }

    /// Ends it; everything was handed to the writer below.
    pub fn finish(mut self) -> io::Result<W> {
        self.piece(true)?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn piece(&mut self, last: bool) -> io::Result<()> {
        let sealed = sealed::seal(&self.key, &self.rest, &piece(self.id, self.n, last));
        let sealed = sealed.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let length = u32::try_from(sealed.len()).map_err(io::Error::other)?;
        self.to.write_all(&length.to_le_bytes())?;
        self.to.write_all(&sealed)?;
        self.rest.clear();
        self.n += 1;
        Ok(())
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.rest.len() == PIECE {
            self.piece(false)?;
        }
        let taken = bytes.len().min(PIECE - self.rest.len());
        self.rest.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// A piece is written once it is whole.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a sealed file. What comes out was written so; that it is all of it is known at its end.
pub struct Opening<R: Read> {
    from: R,
    key: Key,
    id: Uuid,
    n: u64,
    open: Secret<Vec<u8>>,
    at: usize,
    ended: bool,
}

impl<R: Read> Opening<R> {
    /// Begins it; tells a wrong passphrase at once.
    pub fn new(mut from: R, passphrase: &Secret<String>) -> Result<Self, OpeningError> {
        let mut head = [0; 4 + 4 + 4 + SALT + ADDED];
        from.read_exact(&mut head).map_err(|_| OpeningError::Foreign)?;
        let (mark, rest) = head.split_at(4);
        let (effort, rest) = rest.split_at(8);
        let (salt, check) = rest.split_at(SALT);
        if mark != MARK {
            return Err(OpeningError::Foreign);
        }
        let number = |bytes: &[u8]| bytes.try_into().map_or(0, u32::from_le_bytes);
        let effort = Effort { memory_kib: number(&effort[..4]), passes: number(&effort[4..]) };
        let id = Uuid::from_slice(salt).map_err(|_| OpeningError::Foreign)?;
        let key = sealed::derive(passphrase.expose(), salt, effort).ok_or(OpeningError::Foreign)?;
        sealed::open(&key, check, &about("sealed file's key", id, "")).ok_or(OpeningError::Wrong)?;
        Ok(Self { from, key, id, n: 0, open: Secret::new(Vec::new()), at: 0, ended: false })
    }

    fn piece(&mut self) -> io::Result<()> {
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a piece is not as it was written");
        let mut length = [0; 4];
        self.from.read_exact(&mut length).map_err(|_| damaged())?;
        let length = u32::from_le_bytes(length) as usize;
        if length > PIECE + ADDED {
            return Err(damaged());
        }
        let mut sealed = vec![0; length];
        self.from.read_exact(&mut sealed).map_err(|_| damaged())?;
        let open = |last| sealed::open(&self.key, &sealed, &piece(self.id, self.n, last));
        let found = open(false).map(|open| (open, false)).or_else(|| Some((open(true)?, true)));
        (self.open, self.ended) = found.ok_or_else(damaged)?;
        (self.at, self.n) = (0, self.n + 1);
        if self.ended && self.from.read(&mut [0; 1])? > 0 {
            return Err(damaged());
        }
        Ok(())
    }
}

impl<R: Read> Read for Opening<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.at == self.open.expose().len() && !self.ended {
            self.piece()?;
        }
        let open = &self.open.expose()[self.at..];
        let given = open.len().min(to.len());
        to[..given].copy_from_slice(&open[..given]);
        self.at += given;
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    fn sealed(text: &[u8]) -> Vec<u8> {
        let quick = Effort { memory_kib: 32, passes: 1 };
        let mut sealing = Sealing::with_effort(Vec::new(), &passphrase("open sesame"), quick).unwrap();
        sealing.write_all(text).unwrap();
        sealing.finish().unwrap()
    }

    fn opened(sealed: &[u8]) -> Result<Vec<u8>, OpeningError> {
        let mut text = Vec::new();
        Opening::new(sealed, &passphrase("open sesame"))?.read_to_end(&mut text)?;
        Ok(text)
    }

    #[test]
    fn what_was_sealed_opens_whatever_its_length() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7] {
            let text: Vec<u8> = (0..=250).cycle().take(length).collect();
            assert_eq!(opened(&sealed(&text)).unwrap(), text, "{length}");
        }
    }

    #[test]
    fn nothing_can_be_changed_moved_left_out_or_added() {
        let text = vec![7; 2 * PIECE + 5];
        let whole = sealed(&text);
        let head = 4 + 4 + 4 + SALT + ADDED;
        let long = 4 + PIECE + ADDED;
        let (first, second) = (head..head + long, head + long..head + 2 * long);
        let joined = |parts: &[&[u8]]| parts.concat();
        for (what, changed) in [
            ("a byte", {
                let mut c = whole.clone();
                c[head + 50] ^= 1;
                c
            }),
            ("its last byte", {
                let mut c = whole.clone();
                *c.last_mut().unwrap() ^= 1;
                c
            }),
            ("cut", whole[..whole.len() - 1].to_vec()),
            ("cut after a piece", whole[..second.start].to_vec()),
            (
                "turned",
                joined(&[
                    &whole[..head],
                    &whole[second.clone()],
                    &whole[first.clone()],
                    &whole[second.end..],
                ]),
            ),
            ("one left out", joined(&[&whole[..head], &whole[second.clone()], &whole[second.end..]])),
            ("one twice", joined(&[&whole[..first.end], &whole[first]])),
            ("more", joined(&[&whole, b"x"])),
            ("another file's end", joined(&[&whole[..second.end], &sealed(&text)[second.end..]])),
        ] {
            assert!(matches!(opened(&changed), Err(OpeningError::Io(_))), "{what}");
        }
        // The head: what a guess costs cannot be made cheaper, nor the memory run full.
        let mut cheaper = whole.clone();
        cheaper[8] ^= 3;
        assert!(matches!(opened(&cheaper), Err(OpeningError::Wrong)));
        let mut endless = whole.clone();
        endless[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(opened(&endless), Err(OpeningError::Foreign)));
        assert!(matches!(opened(b"PK"), Err(OpeningError::Foreign)));
        assert!(matches!(opened(&[0; 200]), Err(OpeningError::Foreign)));
        let wrong = Opening::new(whole.as_slice(), &passphrase("close sesame"));
        assert!(matches!(wrong.map(drop), Err(OpeningError::Wrong)));
    }
}
