//! Signatures of tokens by ring, the cryptography that TLS has here too: `jsonwebtoken` reads and checks tokens, and is
//! told here how a signature is verified. Only public keys are known: nothing can be signed.

use std::sync::Once;

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, new_error};
use jsonwebtoken::signature::{self, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use ring::signature::{self as ring_signature, RsaPublicKeyComponents, UnparsedPublicKey};

/// The algorithms that are taken: asymmetric ones only (RFC 8725, §3.1). A shared secret has no place in a key set.
pub(super) const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Makes ring the process's provider; that another part of it was first is as good.
pub(super) fn install() {
    static PROVIDER: CryptoProvider = CryptoProvider {
        signer_factory: |_, _| Err(new_error(ErrorKind::InvalidAlgorithm)),
        verifier_factory: verifier,
        key_utils: KeyUtils::new_unimplemented(),
    };
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = PROVIDER.install_default();
    });
}

/// A key, as ring takes it.
enum Key {
    Rsa { scheme: &'static ring_signature::RsaParameters, n: Vec<u8>, e: Vec<u8> },
    Bytes { scheme: &'static dyn ring_signature::VerificationAlgorithm, bytes: Vec<u8> },
}

struct ByRing {
    algorithm: Algorithm,
    key: Key,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that jsonwebtoken asks for")]
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let rsa = match algorithm {
        Algorithm::RS256 => Some(&ring_signature::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => Some(&ring_signature::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => Some(&ring_signature::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => Some(&ring_signature::RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => Some(&ring_signature::RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => Some(&ring_signature::RSA_PSS_2048_8192_SHA512),
        _ => None,
    };
    let other: Option<&'static dyn ring_signature::VerificationAlgorithm> = match algorithm {
        Algorithm::ES256 => Some(&ring_signature::ECDSA_P256_SHA256_FIXED),
        Algorithm::ES384 => Some(&ring_signature::ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDSA => Some(&ring_signature::ED25519),
        _ => None,
    };
    let key = match (rsa, other, key.kind()) {
        (Some(scheme), _, DecodingKeyKind::RsaModulusExponent { n, e }) => {
            Key::Rsa { scheme, n: n.clone(), e: e.clone() }
        }
        (_, Some(scheme), DecodingKeyKind::SecretOrDer(bytes)) => Key::Bytes { scheme, bytes: bytes.clone() },
        _ => return Err(new_error(ErrorKind::InvalidAlgorithm)),
    };
    Ok(Box::new(ByRing { algorithm: *algorithm, key }))
}

impl Verifier<Vec<u8>> for ByRing {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let verified = match &self.key {
            Key::Rsa { scheme, n, e } => RsaPublicKeyComponents { n, e }.verify(scheme, message, signature),
            Key::Bytes { scheme, bytes } => UnparsedPublicKey::new(*scheme, bytes).verify(message, signature),
        };
        verified.map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for ByRing {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
