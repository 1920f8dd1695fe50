//! The cryptography: `XChaCha20-Poly1305` (random nonces of 24 bytes do not meet), Argon2id (RFC 9106), all of one family
//! of crates.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// A key's length.
pub const KEY: usize = 32;
const NONCE: usize = 24;
/// The salt of a passphrase, as RFC 9106 recommends it.
pub const SALT: usize = 16;

/// A key.
pub type Key = Secret<Vec<u8>>;

/// What a guess costs. The second recommendation of RFC 9106 §4, in one lane: 64 MiB, three passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Effort {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Default for Effort {
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3 }
    }
}

impl Effort {
    /// A header comes from the disk: it must not make this process take all memory, nor for ever.
    fn is_bearable(self) -> bool {
        self.memory_kib <= 1024 * 1024 && self.passes <= 32
    }
}

/// Bytes that nobody can guess.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The system always has some; without them nothing here may go on.
    getrandom::fill(&mut bytes).expect("the system has no random numbers");
    bytes
}

/// A new key.
pub fn new_key() -> Key {
    Secret::new(random::<KEY>().to_vec())
}

/// Seals a text: nonce, then cipher text with its mark. None only for a key of the wrong length.
pub fn seal(key: &Key, text: &[u8], about: &[u8]) -> Option<Vec<u8>> {
    let cipher = XChaCha20Poly1305::new_from_slice(key.expose()).ok()?;
    let nonce = random::<NONCE>();
    let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: text, aad: about }).ok()?;
    Some([nonce.as_slice(), &sealed].concat())
}

/// Opens what [`seal`] made; none for another key, other words about it, or a changed byte.
pub fn open(key: &Key, sealed: &[u8], about: &[u8]) -> Option<Secret<Vec<u8>>> {
    let cipher = XChaCha20Poly1305::new_from_slice(key.expose()).ok()?;
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let text = cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: about }).ok()?;
    Some(Secret::new(text))
}

/// The key that belongs to what a person types; none where the effort is not bearable.
pub fn derive(typed: &str, salt: &[u8], effort: Effort) -> Option<Key> {
    if !effort.is_bearable() {
        return None;
    }
    let params = Params::new(effort.memory_kib, effort.passes, 1, Some(KEY)).ok()?;
    let mut key = Zeroizing::new(vec![0; KEY]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(typed.as_bytes(), salt, &mut key)
        .ok()?;
    Some(Secret::new(key.to_vec()))
}

/// The letters of a code: no I, L, O or U, which are read as others (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters a code: 160 bits.
const CODE: usize = 32;
const GROUP: usize = 4;

/// A code that nobody can guess, in groups that can be typed.
pub fn new_code() -> Secret<String> {
    let bytes = random::<CODE>();
    let mut code = String::with_capacity(CODE + CODE / GROUP);
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            code.push('-');
        }
        code.push(char::from(LETTERS[usize::from(byte & 31)]));
    }
    Secret::new(code)
}

/// A code as it was made, however it was typed; none where it is no code.
pub fn read_code(typed: &str) -> Option<Secret<String>> {
    let mut code = Zeroizing::new(String::with_capacity(CODE + CODE / GROUP));
    let mut letters = 0;
    for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let c = match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            c => c,
        };
        if !u8::try_from(c).is_ok_and(|byte| LETTERS.contains(&byte)) {
            return None;
        }
        if letters > 0 && letters % GROUP == 0 {
            code.push('-');
        }
        code.push(c);
        letters += 1;
    }
    (letters == CODE).then(|| Secret::new(code.as_str().to_owned()))
}
