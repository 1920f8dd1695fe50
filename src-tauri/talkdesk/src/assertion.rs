//! `private_key_jwt`: the assertion that a client signs to say who it is (R/cc-jwt, RFC 7523).
//!
//! Header: `alg`, `kid`, `typ`. Claims: `jti`, `iss` and `sub` (both the client's id), `aud` (the token URL), `iat`,
//! `exp` (300 seconds later). The private key comes as base64 PKCS#8 without its PEM lines.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::pkcs8::DecodePrivateKey;
use serde_json::json;
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// How long an assertion is good for, in seconds.
pub const LIVES: i64 = 300;
/// PKCS#8 of an RSA key of 8,192 bits takes 6,500 letters.
const KEY_LIMIT: usize = 16 * 1024;

/// What an assertion is signed by (RFC 7518 §3.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
}

impl Algorithm {
    /// All that Talkdesk documents for `key_algorithm`.
    pub const ALL: [Self; 6] = [Self::Es256, Self::Es384, Self::Es512, Self::Ps256, Self::Ps384, Self::Ps512];

    /// Its name in `key_algorithm` and in a JWT's header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
        }
    }

    /// The algorithm of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

/// A private key with its algorithm. `Debug` tells the algorithm alone.
#[derive(Clone)]
pub struct SigningKey {
    algorithm: Algorithm,
    key: Arc<Private>,
}

enum Private {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Rsa(RsaKeyPair),
}

/// A text that is no private key for the algorithm.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAKey {
    /// It is no base64.
    #[error("the private key is no base64")]
    Base64,
    /// It is no PKCS#8 structure with a key that the algorithm can use.
    #[error("the private key is no PKCS#8 key for its algorithm")]
    Structure,
}

/// The key refused to sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the private key cannot sign")]
pub struct CannotSign;

impl SigningKey {
    /// Reads a private key as `app.installed` brings it; PEM lines around it do no harm.
    pub fn read(algorithm: Algorithm, text: &Secret<String>) -> Result<Self, NotAKey> {
        let text = text.expose();
        if text.len() > KEY_LIMIT {
            return Err(NotAKey::Base64);
        }
        let mut plain = Zeroizing::new(String::with_capacity(text.len()));
        for line in text.lines().filter(|line| !line.starts_with("-----")) {
            plain.extend(line.split_whitespace());
        }
        let der = Zeroizing::new(STANDARD.decode(plain.as_bytes()).map_err(|_| NotAKey::Base64)?);
        let wrong = |_| NotAKey::Structure;
        let key = match algorithm {
            Algorithm::Es256 => Private::P256(p256::ecdsa::SigningKey::from_pkcs8_der(&der).map_err(wrong)?),
            Algorithm::Es384 => Private::P384(p384::ecdsa::SigningKey::from_pkcs8_der(&der).map_err(wrong)?),
            Algorithm::Es512 => Private::P521(p521::ecdsa::SigningKey::from_pkcs8_der(&der).map_err(wrong)?),
            Algorithm::Ps256 | Algorithm::Ps384 | Algorithm::Ps512 => {
                Private::Rsa(RsaKeyPair::from_pkcs8(&der).map_err(|_| NotAKey::Structure)?)
            }
        };
        Ok(Self { algorithm, key: Arc::new(key) })
    }

    /// Signs an assertion for a client to be shown at `token_url`.
    ///
    /// `jti` must never have been used before.
    pub fn assertion(
        &self,
        key_id: &str,
        client_id: &str,
        token_url: &str,
        jti: &str,
        now: Timestamp,
    ) -> Result<Secret<String>, CannotSign> {
        let header = json!({ "alg": self.algorithm.name(), "kid": key_id, "typ": "JWT" });
        let issued = now.as_second();
        let claims = json!({
            "jti": jti, "iss": client_id, "sub": client_id, "aud": token_url,
            "iat": issued, "exp": issued + LIVES,
        });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self.sign(signed.as_bytes())?;
        Ok(Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }

    /// A signature as JWS writes it: raw `r‖s`, or PSS with a salt as long as the hash.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CannotSign> {
        let failed = |_| CannotSign;
        Ok(match &*self.key {
            Private::P256(key) => {
                let signature: p256::ecdsa::Signature =
                    key.sign_prehash(&Sha256::digest(message)).map_err(failed)?;
                signature.to_bytes().to_vec()
            }
            Private::P384(key) => {
                let signature: p384::ecdsa::Signature =
                    key.sign_prehash(&Sha384::digest(message)).map_err(failed)?;
                signature.to_bytes().to_vec()
            }
            Private::P521(key) => {
                let signature: p521::ecdsa::Signature =
                    key.sign_prehash(&Sha512::digest(message)).map_err(failed)?;
                signature.to_bytes().to_vec()
            }
            Private::Rsa(key) => {
                let padding = match self.algorithm {
                    Algorithm::Ps384 => &RSA_PSS_SHA384,
                    Algorithm::Ps512 => &RSA_PSS_SHA512,
                    _ => &RSA_PSS_SHA256,
                };
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(padding, &SystemRandom::new(), message, &mut signature).map_err(|_| CannotSign)?;
                signature
            }
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "assertion/tests.rs"]
mod tests;
