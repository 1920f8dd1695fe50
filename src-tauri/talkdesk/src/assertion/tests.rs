use super::*;
use crate::testing::{PAIRS, RSA_PRIVATE, RSA_PUBLIC};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ParsedPublicKey,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, VerificationAlgorithm,
};
use serde_json::Value;

fn private(algorithm: Algorithm) -> &'static str {
    PAIRS.iter().find(|pair| pair.algorithm == algorithm.name()).map_or(RSA_PRIVATE, |pair| pair.private)
}

fn read(algorithm: Algorithm, text: &str) -> Result<SigningKey, NotAKey> {
    SigningKey::read(algorithm, &Secret::new(text.to_owned()))
}

/// Whether the public half that OpenSSL wrote accepts the signature.
fn verifies(algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
    let pair = PAIRS.iter().find(|pair| pair.algorithm == algorithm.name());
    let spki = STANDARD.decode(pair.map_or(RSA_PUBLIC, |pair| pair.public)).unwrap();
    let scheme: &dyn VerificationAlgorithm = match algorithm {
        Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED,
        Algorithm::Es512 => &ECDSA_P521_SHA512_FIXED,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
    };
    ParsedPublicKey::new(scheme, spki).unwrap().verify_sig(message, signature).is_ok()
}

#[test]
fn an_assertion_says_what_is_documented_and_its_signature_verifies() {
    let now = "2026-11-27T03:00:00Z".parse::<Timestamp>().unwrap();
    for algorithm in Algorithm::ALL {
        let key = read(algorithm, private(algorithm)).unwrap();
        let assertion =
            key.assertion("kid-1", "client-1", "https://a.talkdeskid.eu/oauth/token", "jti-1", now).unwrap();
        let parts: Vec<_> = assertion.expose().split('.').collect();
        let json =
            |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
        assert_eq!(json(parts[0]), json!({ "alg": algorithm.name(), "kid": "kid-1", "typ": "JWT" }));
        assert_eq!(
            json(parts[1]),
            json!({
                "jti": "jti-1", "iss": "client-1", "sub": "client-1", "aud": "https://a.talkdeskid.eu/oauth/token",
                "iat": now.as_second(), "exp": now.as_second() + 300,
            })
        );
        let signed = format!("{}.{}", parts[0], parts[1]);
        let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        assert!(verifies(algorithm, signed.as_bytes(), &signature), "{}", algorithm.name());
        assert!(!verifies(algorithm, format!("{signed}x").as_bytes(), &signature), "{}", algorithm.name());
    }
}

#[test]
fn a_key_is_read_with_or_without_pem_lines() {
    let key = private(Algorithm::Es256);
    let wrapped =
        format!("-----BEGIN PRIVATE KEY-----\n{}\n{}\n-----END PRIVATE KEY-----\n", &key[..64], &key[64..]);
    for text in [key, &wrapped, &format!("  {key}\r\n")] {
        assert!(read(Algorithm::Es256, text).is_ok());
    }
}

#[test]
fn what_is_no_key_for_its_algorithm_is_refused() {
    for algorithm in Algorithm::ALL {
        for other in Algorithm::ALL {
            let same = private(algorithm) == private(other);
            assert_eq!(
                read(algorithm, private(other)).is_ok(),
                same,
                "{algorithm:?} from a key for {other:?}"
            );
        }
        assert_eq!(read(algorithm, "").err(), Some(NotAKey::Structure));
        assert_eq!(read(algorithm, "not base64!").err(), Some(NotAKey::Base64));
        assert_eq!(read(algorithm, &"A".repeat(1_000_000)).err(), Some(NotAKey::Base64));
        assert_eq!(read(algorithm, PAIRS[0].public).err(), Some(NotAKey::Structure));
    }
}

#[test]
fn algorithms_are_found_by_their_names_only() {
    for algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::named(algorithm.name()), Some(algorithm));
    }
    for other in ["", "none", "HS256", "RS256", "es256"] {
        assert_eq!(Algorithm::named(other), None, "{other}");
    }
}

#[test]
fn a_key_does_not_show_itself() {
    let key = read(Algorithm::Es256, private(Algorithm::Es256)).unwrap();
    assert_eq!(format!("{key:?}"), "SigningKey { algorithm: Es256, .. }");
}
