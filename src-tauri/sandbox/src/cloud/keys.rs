//! Keys: what deliveries are signed with, what access tokens are signed with, and the pairs of credential sets.

use std::str::FromStr;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, KeyPair, ParsedPublicKey,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaKeyPair,
    VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use crate::state::{new_id, random_bytes};

/// The one RSA pair of all sets: to make one takes seconds, and nothing here is secret.
const RSA: &str = include_str!("rsa.pkcs8");
/// What stands before an RSA key of 2,048 bits in SPKI.
const RSA_SPKI_HEAD: [u8; 24] = [
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
    0x05, 0x00, 0x03, 0x82, 0x01, 0x0f, 0x00,
];

/// The curve of the key that deliveries are signed with. Talkdesk documents none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Curve {
    P256,
    P384,
    P521,
}

/// What a credential set's key is for: the documented values of `key_algorithm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Algorithm {
    Es256,
    Es384,
    Es512,
    Ps256,
    Ps384,
    Ps512,
}

impl Algorithm {
    const ALL: [Self; 6] = [Self::Es256, Self::Es384, Self::Es512, Self::Ps256, Self::Ps384, Self::Ps512];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
        }
    }
}

impl FromStr for Algorithm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|algorithm| algorithm.name() == text);
        found.ok_or_else(|| "one of ES256, ES384, ES512, PS256, PS384, PS512".to_owned())
    }
}

impl FromStr for Curve {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "P-256" => Ok(Self::P256),
            "P-384" => Ok(Self::P384),
            "P-521" => Ok(Self::P521),
            _ => Err("one of P-256, P-384, P-521".to_owned()),
        }
    }
}

enum Private {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
}

impl Private {
    fn new(curve: Curve) -> Result<Self, getrandom::Error> {
        loop {
            // Nearly every number is a key: the loop hardly ever turns.
            let key = match curve {
                Curve::P256 => {
                    p256::ecdsa::SigningKey::from_slice(&random_bytes::<32>()?).ok().map(Self::P256)
                }
                Curve::P384 => {
                    p384::ecdsa::SigningKey::from_slice(&random_bytes::<48>()?).ok().map(Self::P384)
                }
                Curve::P521 => {
                    // 521 bits: the first of 66 bytes holds one.
                    let mut bytes = random_bytes::<66>()?;
                    bytes[0] &= 1;
                    p521::ecdsa::SigningKey::from_slice(&bytes).ok().map(Self::P521)
                }
            };
            if let Some(key) = key {
                return Ok(key);
            }
        }
    }

    /// PKCS#8 and SPKI. Encoding a key that was just made cannot fail.
    fn encoded(&self) -> (Vec<u8>, Vec<u8>) {
        macro_rules! encoded {
            ($key:expr) => {{
                let private = $key.to_pkcs8_der().map(|der| der.as_bytes().to_vec()).unwrap_or_default();
                let public = $key.verifying_key().to_public_key_der().map(|der| der.as_bytes().to_vec());
                (private, public.unwrap_or_default())
            }};
        }
        match self {
            Self::P256(key) => encoded!(key),
            Self::P384(key) => encoded!(key),
            Self::P521(key) => encoded!(key),
        }
    }

    fn sign(&self, hash: &[u8], raw: bool) -> Vec<u8> {
        macro_rules! sign {
            ($curve:ident, $key:expr) => {{
                // A whole hash is never too short to sign.
                let signature: Option<$curve::ecdsa::Signature> = $key.sign_prehash(hash).ok();
                let encode = |signature: $curve::ecdsa::Signature| {
                    if raw { signature.to_bytes().to_vec() } else { signature.to_der().as_bytes().to_vec() }
                };
                signature.map(encode).unwrap_or_default()
            }};
        }
        match self {
            Self::P256(key) => sign!(p256, key),
            Self::P384(key) => sign!(p384, key),
            Self::P521(key) => sign!(p521, key),
        }
    }
}

/// Signs deliveries.
pub(super) struct SignatureKey {
    pub id: String,
    pub created_at: Timestamp,
    /// Told where there is one; it ends nothing here.
    pub expires_at: Option<Timestamp>,
    private: Private,
}

impl SignatureKey {
    pub fn new(curve: Curve, created_at: Timestamp) -> Result<Self, getrandom::Error> {
        Ok(Self { id: new_id()?, created_at, expires_at: None, private: Private::new(curve)? })
    }

    /// ECDSA with SHA-512 over the body, in hexadecimal digits: DER, or `r‖s` if `raw`.
    pub fn sign(&self, body: &[u8], raw: bool) -> String {
        use std::fmt::Write;
        let signature = self.private.sign(&Sha512::digest(body), raw);
        signature.iter().fold(String::new(), |mut text, byte| {
            // Writing to a text cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// SPKI in base64.
    pub fn public(&self) -> String {
        STANDARD.encode(self.private.encoded().1)
    }
}

/// Signs access tokens, by ES256.
pub(super) struct TokenKey {
    id: String,
    private: p256::ecdsa::SigningKey,
}

impl TokenKey {
    pub fn new() -> Result<Self, getrandom::Error> {
        let id = new_id()?;
        loop {
            if let Private::P256(private) = Private::new(Curve::P256)? {
                return Ok(Self { id, private });
            }
        }
    }

    /// A JWT with these claims.
    pub fn token(&self, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "kid": self.id, "typ": "JWT" });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature: Option<p256::ecdsa::Signature> =
            self.private.sign_prehash(&Sha256::digest(&signed)).ok();
        let signature = signature.map(|signature| signature.to_bytes().to_vec()).unwrap_or_default();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The public half as a JWK (RFC 7517).
    pub fn jwk(&self) -> Value {
        let point = self.private.verifying_key().to_sec1_point(false);
        let bytes = point.as_bytes();
        let part = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.id,
            "x": part(&bytes[1..33]), "y": part(&bytes[33..]),
        })
    }
}

/// A pair of a credential set: PKCS#8 and SPKI in base64.
pub(super) fn pair(algorithm: Algorithm) -> Result<(String, String), getrandom::Error> {
    let curve = match algorithm {
        Algorithm::Es256 => Curve::P256,
        Algorithm::Es384 => Curve::P384,
        Algorithm::Es512 => Curve::P521,
        Algorithm::Ps256 | Algorithm::Ps384 | Algorithm::Ps512 => {
            let private: String = RSA.split_whitespace().collect();
            let spki = [RSA_SPKI_HEAD.as_slice(), &rsa_public(&private)].concat();
            return Ok((private, STANDARD.encode(spki)));
        }
    };
    let (private, public) = Private::new(curve)?.encoded();
    Ok((STANDARD.encode(private), STANDARD.encode(public)))
}

fn rsa_public(private: &str) -> Vec<u8> {
    let pair = STANDARD.decode(private).ok().and_then(|der| RsaKeyPair::from_pkcs8(&der).ok());
    pair.map(|pair| pair.public_key().as_ref().to_vec()).unwrap_or_default()
}

/// Whether the private half of `spki` signed this JWS: by AWS-LC, so that the EC keys with which the console signs by
/// other code are held to it.
pub(super) fn verifies(algorithm: Algorithm, spki: &str, message: &[u8], signature: &[u8]) -> bool {
    let scheme: &dyn VerificationAlgorithm = match algorithm {
        Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED,
        Algorithm::Es512 => &ECDSA_P521_SHA512_FIXED,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
    };
    let key = STANDARD.decode(spki).ok().and_then(|spki| ParsedPublicKey::new(scheme, spki).ok());
    key.is_some_and(|key| key.verify_sig(message, signature).is_ok())
}
