//! The team's vault: what nobody may read in the database, sealed under a key that stands outside of it.
//!
//! `XChaCha20-Poly1305`, as the desktop's vault has it: random nonces of 24 bytes do not meet. What a record is about
//! goes in as associated data, so that one that was moved to another row does not open. Deliberately absent: where the
//! key comes from, where records are kept.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use talkdesk::Secret;

use crate::identity::{TokenHash, fresh_token, hex32};

const NONCE: usize = 24;

/// The key of the vault: 32 random bytes.
#[derive(Clone, Debug)]
pub struct VaultKey(Secret<Vec<u8>>);

/// The text is no key of a vault.
#[derive(Debug, thiserror::Error)]
#[error("a vault's key is 64 hexadecimal digits")]
pub struct NotAVaultKey;

/// Why nothing is sealed or opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    #[error("the system gives no random bytes")]
    NoRandomness,
    #[error("a record of the vault is damaged, or sealed under another key")]
    Closed,
}

impl VaultKey {
    /// Reads a key as [`VaultKey::fresh`] wrote it.
    pub fn read(text: &str) -> Result<Self, NotAVaultKey> {
        let key = hex32(text.trim()).ok_or(NotAVaultKey)?;
        Ok(Self(Secret::new(key.to_vec())))
    }

    /// A fresh key, to be kept in a file or an environment, and never beside the database.
    pub fn fresh() -> Result<Secret<String>, getrandom::Error> {
        let (digits, _): (String, TokenHash) = fresh_token()?;
        Ok(Secret::new(digits))
    }

    pub(crate) fn seal(&self, text: &[u8], about: &str) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| VaultError::NoRandomness)?;
        let payload = Payload { msg: text, aad: about.as_bytes() };
        let sealed = self.cipher()?.encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::Closed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub(crate) fn open(&self, sealed: &[u8], about: &str) -> Result<Secret<Vec<u8>>, VaultError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(VaultError::Closed)?;
        let payload = Payload { msg: sealed, aad: about.as_bytes() };
        let opened = self.cipher()?.decrypt(&XNonce::from(*nonce), payload);
        opened.map(Secret::new).map_err(|_| VaultError::Closed)
    }

    fn cipher(&self) -> Result<XChaCha20Poly1305, VaultError> {
        XChaCha20Poly1305::new_from_slice(self.0.expose()).map_err(|_| VaultError::Closed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_by_its_key_in_its_place_only() {
        let key = || VaultKey::read(VaultKey::fresh().unwrap().expose()).unwrap();
        let (one, other) = (key(), key());
        let sealed = one.seal(b"hush", "delivery 1").unwrap();
        assert!(!sealed.windows(4).any(|part| part == b"hush"));
        assert_eq!(one.open(&sealed, "delivery 1").unwrap().expose(), b"hush");
        let mut changed = sealed.clone();
        changed[30] ^= 1;
        for (key, sealed, about) in [
            (&other, &sealed[..], "delivery 1"),
            (&one, &sealed[..], "delivery 2"),
            (&one, &changed[..], "delivery 1"),
            (&one, &sealed[..20], "delivery 1"),
            (&one, &[][..], "delivery 1"),
        ] {
            assert!(key.open(sealed, about).is_err());
        }
        assert_ne!(sealed, one.seal(b"hush", "delivery 1").unwrap());
        assert!(!format!("{one:?}").contains(VaultKey::fresh().unwrap().expose().as_str()));
        for wrong in ["", "00", &"g".repeat(64), &"0".repeat(63)] {
            assert!(VaultKey::read(wrong).is_err(), "{wrong}");
        }
    }
}
