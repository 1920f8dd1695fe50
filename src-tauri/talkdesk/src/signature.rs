//! The signature of a delivery: ECDSA with SHA-512 over the raw body (D/events-api).
//!
//! Talkdesk documents neither the curve nor the encoding, so P-256, P-384 and P-521 are taken, and both DER and the
//! raw `r‖s`. A refusal names the [`Step`] that failed, because that is what a person needs to know to mend it.
//! The signature is over the bytes: a body that was parsed and written again does not verify.

use std::fmt::Write as _;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA512_ASN1, ParsedPublicKey,
};
use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use http::HeaderMap;
use p256::pkcs8::DecodePublicKey;

/// Holds the signature in hexadecimal digits.
pub const SIGNATURE_HEADER: &str = "x-hub-ecdsa-signature";
/// Holds the id of the key.
pub const KEY_ID_HEADER: &str = "x-hub-ecdsa-signature-id";

/// DER of P-521 takes 139 bytes.
const SIGNATURE_LIMIT: usize = 2 * 144;
const KEY_ID_LIMIT: usize = 200;
/// A point of P-521 in SPKI takes 212 letters.
const KEY_LIMIT: usize = 2_048;

/// What failed, in the order in which it is tried.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Step {
    /// The two headers.
    Header,
    /// Getting the key.
    Key,
    /// Reading the signature.
    Encoding,
    /// Comparing it with the body.
    Match,
}

/// Why a delivery is not verified.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unverified {
    /// A header is missing, there twice, or malformed.
    #[error(transparent)]
    Header(#[from] HeaderFault),
    /// There is no key to compare with.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// The signature is no ECDSA signature of the key's curve.
    #[error("the signature is neither DER nor raw for the key's curve")]
    Encoding,
    /// The key did not sign this body.
    #[error("the signature does not fit the body")]
    Match,
}

impl Unverified {
    /// The step that failed.
    pub fn step(&self) -> Step {
        match self {
            Self::Header(_) => Step::Header,
            Self::Key(_) => Step::Key,
            Self::Encoding => Step::Encoding,
            Self::Match => Step::Match,
        }
    }
}

/// What is wrong with a header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HeaderFault {
    /// It is not there.
    #[error("the header {0} is missing")]
    Missing(&'static str),
    /// It is there more than once.
    #[error("the header {0} is there more than once")]
    Repeated(&'static str),
    /// It is empty, too long, or has letters that it cannot have.
    #[error("the header {0} is malformed")]
    Malformed(&'static str),
}

/// Why there is no key.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyFault {
    /// The event names no gateway to ask for the key.
    #[error("the event names no gateway")]
    NoGateway,
    /// The event names a gateway that is none of a region's nor of a known installation.
    #[error("{0} is no gateway that is trusted")]
    Untrusted(String),
    /// The gateway has no such key.
    #[error("the gateway knows no such key")]
    Unknown,
    /// The key has expired.
    #[error("the key has expired")]
    Expired,
    /// The gateway's answer is no key that can be used.
    #[error("the key cannot be read")]
    Unreadable,
    /// The gateway gave no answer; the same delivery may verify later.
    #[error("the gateway gave no key: {0}")]
    Unavailable(String),
}

impl KeyFault {
    /// Whether the same delivery may verify later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// The id of a signature key: opaque, and safe as one segment of a path.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct KeyId(String);

impl KeyId {
    /// An id, unless it is one that no path can hold.
    pub fn new(id: &str) -> Option<Self> {
        let good = (1..=KEY_ID_LIMIT).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
        (good && id != "." && id != "..").then(|| Self(id.to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the headers of a delivery claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// The key.
    pub key_id: KeyId,
    hex: String,
}

impl Claim {
    /// Reads the two headers.
    pub fn of(headers: &HeaderMap) -> Result<Self, HeaderFault> {
        fn one<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, HeaderFault> {
            let mut values = headers.get_all(name).iter();
            let value = values.next().ok_or(HeaderFault::Missing(name))?;
            if values.next().is_some() {
                return Err(HeaderFault::Repeated(name));
            }
            value.to_str().map(str::trim).map_err(|_| HeaderFault::Malformed(name))
        }
        let hex = one(headers, SIGNATURE_HEADER)?;
        let key_id = one(headers, KEY_ID_HEADER)?;
        if hex.is_empty() || hex.len() > SIGNATURE_LIMIT {
            return Err(HeaderFault::Malformed(SIGNATURE_HEADER));
        }
        let key_id = KeyId::new(key_id).ok_or(HeaderFault::Malformed(KEY_ID_HEADER))?;
        Ok(Self { key_id, hex: hex.to_owned() })
    }

    /// Whether `key` signed `body`.
    pub fn verify(&self, key: &Key, body: &[u8]) -> Result<(), Unverified> {
        let bytes = unhex(&self.hex).ok_or(Unverified::Encoding)?;
        // Raw has a fixed length, but DER may happen to have it too: whichever verifies counts.
        macro_rules! verify {
            ($curve:ident) => {{
                let raw = $curve::ecdsa::Signature::from_slice(&bytes).ok();
                let der = $curve::ecdsa::Signature::from_der(&bytes).ok();
                if raw.is_none() && der.is_none() {
                    return Err(Unverified::Encoding);
                }
                let fits = |signature: $curve::ecdsa::Signature| {
                    key.public.verify_sig(body, signature.to_der().as_bytes()).is_ok()
                };
                [raw, der].into_iter().flatten().any(fits)
            }};
        }
        let fits = match key.curve {
            Curve::P256 => verify!(p256),
            Curve::P384 => verify!(p384),
            Curve::P521 => verify!(p521),
        };
        if fits { Ok(()) } else { Err(Unverified::Match) }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Curve {
    P256,
    P384,
    P521,
}

/// A public key that deliveries are signed with, on NIST P-256, P-384 or P-521.
#[derive(Clone, Debug)]
pub struct Key {
    curve: Curve,
    public: ParsedPublicKey,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.curve == other.curve && self.public.as_ref() == other.public.as_ref()
    }
}

impl Eq for Key {}

/// A text that is no public key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("this is no public key on P-256, P-384 or P-521")]
pub struct NotAKey;

impl Key {
    /// Reads base64, padded or not, of an SPKI structure or of a point as SEC 1 writes it.
    pub fn read(text: &str) -> Result<Self, NotAKey> {
        if text.len() > KEY_LIMIT {
            return Err(NotAKey);
        }
        let plain: String = text.split_whitespace().collect::<String>().replace('-', "+").replace('_', "/");
        let bytes = BASE64.decode(plain).map_err(|_| NotAKey)?;
        macro_rules! read {
            ($curve:ident, $name:expr, $algorithm:expr) => {{
                let spki = $curve::ecdsa::VerifyingKey::from_public_key_der(&bytes).ok();
                let key = spki.or_else(|| $curve::ecdsa::VerifyingKey::from_sec1_bytes(&bytes).ok());
                let point = key.map(|key| key.to_sec1_point(false));
                let public = point.and_then(|point| ParsedPublicKey::new($algorithm, point.as_bytes()).ok());
                public.map(|public| Self { curve: $name, public })
            }};
        }
        read!(p256, Curve::P256, &ECDSA_P256_SHA512_ASN1)
            .or_else(|| read!(p384, Curve::P384, &ECDSA_P384_SHA512_ASN1))
            .or_else(|| read!(p521, Curve::P521, &ECDSA_P521_SHA512_ASN1))
            .ok_or(NotAKey)
    }
}

/// Base64 with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Bytes as small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|&[high, low]| u8::try_from(digit(high)? * 16 + digit(low)?).ok()).collect()
}

#[cfg(test)]
#[path = "signature/tests.rs"]
mod tests;
