//! Signatures of tokens by AWS-LC, the cryptography that TLS has here too: `jsonwebtoken` reads and checks tokens, and is
//! told here how a signature is verified. Only public keys are known: nothing can be signed.

use std::sync::Once;

use aws_lc_rs::signature::{self as schemes, RsaPublicKeyComponents, UnparsedPublicKey};
use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, new_error};
use jsonwebtoken::signature::{self, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};

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

/// Makes AWS-LC the process's provider; that another part of it was first is as good.
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

/// A key, as AWS-LC takes it.
enum Key {
    Rsa { scheme: &'static schemes::RsaParameters, n: Vec<u8>, e: Vec<u8> },
    Bytes { scheme: &'static dyn schemes::VerificationAlgorithm, bytes: Vec<u8> },
}

struct ByAwsLc {
    algorithm: Algorithm,
    key: Key,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that jsonwebtoken asks for")]
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let rsa = match algorithm {
        Algorithm::RS256 => Some(&schemes::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => Some(&schemes::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => Some(&schemes::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => Some(&schemes::RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => Some(&schemes::RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => Some(&schemes::RSA_PSS_2048_8192_SHA512),
        _ => None,
    };
    let other: Option<&'static dyn schemes::VerificationAlgorithm> = match algorithm {
        Algorithm::ES256 => Some(&schemes::ECDSA_P256_SHA256_FIXED),
        Algorithm::ES384 => Some(&schemes::ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDSA => Some(&schemes::ED25519),
        _ => None,
    };
    let key = match (rsa, other, key.kind()) {
        (Some(scheme), _, DecodingKeyKind::RsaModulusExponent { n, e }) => {
            Key::Rsa { scheme, n: n.clone(), e: e.clone() }
        }
        (_, Some(scheme), DecodingKeyKind::SecretOrDer(bytes)) => Key::Bytes { scheme, bytes: bytes.clone() },
        _ => return Err(new_error(ErrorKind::InvalidAlgorithm)),
    };
    Ok(Box::new(ByAwsLc { algorithm: *algorithm, key }))
}

impl Verifier<Vec<u8>> for ByAwsLc {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let verified = match &self.key {
            Key::Rsa { scheme, n, e } => RsaPublicKeyComponents { n, e }.verify(scheme, message, signature),
            Key::Bytes { scheme, bytes } => UnparsedPublicKey::new(*scheme, bytes).verify(message, signature),
        };
        verified.map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for ByAwsLc {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
