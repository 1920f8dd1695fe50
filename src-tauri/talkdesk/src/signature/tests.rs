use super::*;
use crate::testing::{BODY, PAIRS};
use http::{HeaderName, HeaderValue};
use p256::pkcs8::DecodePrivateKey;
use sha2::{Digest, Sha512};

type Headers<'a> = &'a [(&'static str, &'a [u8])];

fn claim(hex: &str) -> Claim {
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static(SIGNATURE_HEADER), HeaderValue::from_str(hex).unwrap());
    headers.insert(HeaderName::from_static(KEY_ID_HEADER), HeaderValue::from_static("key-1"));
    Claim::of(&headers).unwrap()
}

/// DER as raw `r‖s`.
fn raw(key: &Key, der: &str) -> String {
    let der = unhex(der).unwrap();
    match key.curve {
        Curve::P256 => hex(&p256::ecdsa::Signature::from_der(&der).unwrap().to_bytes()),
        Curve::P384 => hex(&p384::ecdsa::Signature::from_der(&der).unwrap().to_bytes()),
        Curve::P521 => hex(&p521::ecdsa::Signature::from_der(&der).unwrap().to_bytes()),
    }
}

/// The key's point as SEC 1 writes it, long or short.
fn point(key: &Key, short: bool) -> String {
    let whole = key.public.as_ref();
    // 02 or 03 by the last bit of y, and x alone.
    let shortened = [&[2 | whole[whole.len() - 1] & 1], &whole[1..=whole.len() / 2]].concat();
    BASE64.encode(if short { &shortened } else { whole })
}

#[test]
fn signatures_of_openssl_verify_on_each_curve_in_each_form() {
    for pair in PAIRS {
        let key = Key::read(pair.public).unwrap();
        for text in [
            point(&key, false),
            point(&key, true),
            pair.public.trim_end_matches('=').to_owned(),
            pair.public.replace('+', "-").replace('/', "_"),
            format!("{}\n{}\n", &pair.public[..40], &pair.public[40..]),
        ] {
            assert_eq!(Key::read(&text).as_ref(), Ok(&key), "{text}");
        }
        for signature in [pair.signature.to_owned(), pair.signature.to_uppercase(), raw(&key, pair.signature)]
        {
            assert_eq!(claim(&signature).verify(&key, BODY.as_bytes()), Ok(()), "{}", pair.algorithm);
        }
    }
}

#[test]
fn a_body_that_is_not_byte_for_byte_the_signed_one_does_not_match() {
    let written_again =
        serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(BODY).unwrap()).unwrap();
    let forged = BODY.replace("\"i\"", "\"j\"");
    for pair in PAIRS {
        let key = Key::read(pair.public).unwrap();
        for body in [
            &written_again,
            &forged,
            &format!("{BODY}\n"),
            &BODY[..BODY.len() - 1].to_owned(),
            &String::new(),
        ] {
            assert_eq!(claim(pair.signature).verify(&key, body.as_bytes()), Err(Unverified::Match));
        }
    }
}

#[test]
fn another_keys_signature_does_not_match() {
    use p256::ecdsa::signature::hazmat::PrehashSigner;
    let own = Key::read(PAIRS[0].public).unwrap();
    let other = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let signature: p256::ecdsa::Signature = other.sign_prehash(&Sha512::digest(BODY)).unwrap();
    assert_eq!(claim(&hex(&signature.to_bytes())).verify(&own, BODY.as_bytes()), Err(Unverified::Match));
    // The same key, but the hash of another algorithm.
    let same = {
        let der = base64::engine::general_purpose::STANDARD.decode(PAIRS[0].private).unwrap();
        p256::ecdsa::SigningKey::from_pkcs8_der(&der).unwrap()
    };
    let signature: p256::ecdsa::Signature = same.sign_prehash(&sha2::Sha256::digest(BODY)).unwrap();
    assert_eq!(claim(&hex(&signature.to_bytes())).verify(&own, BODY.as_bytes()), Err(Unverified::Match));
}

#[test]
fn what_is_no_signature_of_the_keys_curve_fails_by_its_encoding() {
    let key = Key::read(PAIRS[0].public).unwrap();
    let good = PAIRS[0].signature;
    let cases = [
        "zz".to_owned(),
        format!("0x{good}"),
        good[..good.len() - 1].to_owned(),
        good[..good.len() - 2].to_owned(),
        format!("{good}00"),
        "00".repeat(64),
        "ff".repeat(64),
        PAIRS[2].signature.to_owned(),
        "30060201000201".to_owned(),
    ];
    for signature in cases {
        assert_eq!(claim(&signature).verify(&key, BODY.as_bytes()), Err(Unverified::Encoding), "{signature}");
    }
}

#[test]
fn headers_are_there_once_and_plain_or_the_delivery_fails_by_them() {
    let of = |pairs: &[(&'static str, &[u8])]| {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap());
        }
        Claim::of(&headers)
    };
    let (signature, id) = (SIGNATURE_HEADER, KEY_ID_HEADER);
    let long = [b'a'; 1_000];
    let cases: [(Headers, HeaderFault); 10] = [
        (&[], HeaderFault::Missing(signature)),
        (&[(id, b"k")], HeaderFault::Missing(signature)),
        (&[(signature, b"aa")], HeaderFault::Missing(id)),
        (&[(signature, b"aa"), (signature, b"bb"), (id, b"k")], HeaderFault::Repeated(signature)),
        (&[(signature, b"aa"), (id, b"k"), (id, b"k")], HeaderFault::Repeated(id)),
        (&[(signature, b""), (id, b"k")], HeaderFault::Malformed(signature)),
        (&[(signature, &long), (id, b"k")], HeaderFault::Malformed(signature)),
        (&[(signature, b"\xff"), (id, b"k")], HeaderFault::Malformed(signature)),
        (&[(signature, b"aa"), (id, b"..")], HeaderFault::Malformed(id)),
        (&[(signature, b"aa"), (id, &long)], HeaderFault::Malformed(id)),
    ];
    for (pairs, expected) in cases {
        assert_eq!(of(pairs), Err(expected));
    }
    assert_eq!(of(&[(signature, b" aa "), (id, b"k")]).unwrap().key_id.as_str(), "k");
}

#[test]
fn what_is_no_key_is_refused() {
    let point_off_the_curve = base64::engine::general_purpose::STANDARD.encode([4; 65]);
    for text in [
        "",
        "a",
        "====",
        "not base64!",
        crate::testing::RSA_PUBLIC,
        PAIRS[0].private,
        &point_off_the_curve,
        &"A".repeat(100_000),
    ] {
        assert_eq!(Key::read(text), Err(NotAKey), "{}", &text[..text.len().min(40)]);
    }
}
