//! The TLS of a host: what is wrong with it, read out of why there was no connection, and until when it is in order.

use jiff::Timestamp;
use rustls::CertificateError as Invalid;
use x509_cert::der::Decode as _;

/// What is wrong with the TLS of a host.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TlsFault {
    /// Its certificate is not valid.
    #[error("its certificate is not valid: {0}")]
    Certificate(CertificateFault),
    /// It takes no TLS of 1.2 or later.
    #[error("it takes no TLS of 1.2 or later")]
    Version,
}

/// Why a certificate is not valid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CertificateFault {
    /// Its time is over.
    #[error("its time is over")]
    Over,
    /// Its time has not begun.
    #[error("its time has not begun")]
    NotYet,
    /// It is of another name.
    #[error("it is of another name")]
    OtherName,
    /// Nobody who is trusted signed it; it may have signed itself.
    #[error("nobody who is trusted signed it")]
    Stranger,
    /// Whoever signed it took it back.
    #[error("it was taken back")]
    Revoked,
    /// Something else, a certificate that cannot be read for instance.
    #[error("it cannot be taken")]
    Other,
}

impl From<&Invalid> for CertificateFault {
    fn from(error: &Invalid) -> Self {
        match error {
            Invalid::Expired | Invalid::ExpiredContext { .. } => Self::Over,
            Invalid::NotValidYet | Invalid::NotValidYetContext { .. } => Self::NotYet,
            Invalid::NotValidForName | Invalid::NotValidForNameContext { .. } => Self::OtherName,
            Invalid::UnknownIssuer => Self::Stranger,
            Invalid::Revoked => Self::Revoked,
            _ => Self::Other,
        }
    }
}

/// What was wrong with the TLS of a host, where that is why there is no connection.
pub(super) fn tls_fault(error: &(dyn std::error::Error + 'static)) -> Option<TlsFault> {
    use rustls::AlertDescription::{HandshakeFailure, ProtocolVersion};
    let mut at = Some(error);
    while let Some(error) = at {
        match error.downcast_ref() {
            Some(rustls::Error::InvalidCertificate(why)) => return Some(TlsFault::Certificate(why.into())),
            Some(
                rustls::Error::PeerIncompatible(_)
                | rustls::Error::AlertReceived(ProtocolVersion | HandshakeFailure),
            ) => return Some(TlsFault::Version),
            _ => {}
        }
        // An I/O error does not name the error in it as its source, and there may be one within another.
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        at = inner.map(|inner| inner as &(dyn std::error::Error + 'static)).or_else(|| error.source());
    }
    None
}

/// Until when the certificate that a host showed holds; none without TLS.
pub(super) fn certificate_ends(response: &reqwest::Response) -> Option<Timestamp> {
    let shown = response.extensions().get::<reqwest::tls::TlsInfo>()?.peer_certificate()?;
    let certificate = x509_cert::Certificate::from_der(shown).ok()?;
    let until = certificate.tbs_certificate.validity.not_after.to_unix_duration();
    Timestamp::from_second(i64::try_from(until.as_secs()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::sync::Arc;

    use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
    use rustls::{ServerConfig, ServerConnection};
    use url::Url;

    use super::*;
    use crate::wire::{Failure, Looked, Wire};

    /// A fatal alert: no common version of the protocol (RFC 8446 §6.2).
    const NO_COMMON_VERSION: [u8; 7] = [0x15, 3, 3, 0, 2, 2, 70];

    fn refuses_the_version(mut stream: TcpStream) {
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).unwrap();
        let mut rest = vec![0; usize::from(u16::from_be_bytes([hello[3], hello[4]]))];
        stream.read_exact(&mut rest).unwrap();
        stream.write_all(&NO_COMMON_VERSION).unwrap();
    }

    /// Shows a certificate. The client goes on, or breaks it off.
    fn shows(certificate: &'static [u8]) -> impl FnOnce(TcpStream) + Send + 'static {
        move |mut stream| {
            let key = PrivatePkcs8KeyDer::from(include_bytes!("certificates/key.pkcs8").as_slice());
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let config = ServerConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![CertificateDer::from(certificate)], PrivateKeyDer::from(key))
                .unwrap();
            let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
            let mut stream = rustls::Stream::new(&mut connection, &mut stream);
            if stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {
                stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
                stream.flush().unwrap();
            }
        }
    }

    fn closes(stream: TcpStream) {
        drop(stream);
    }

    /// Asks a server, by a client that trusts the root of these certificates alone.
    async fn asked(server: impl FnOnce(TcpStream) + Send + 'static) -> Result<Looked, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
        let serving = std::thread::spawn(move || server(listener.accept().unwrap().0));
        let told = Wire::trusting(include_bytes!("certificates/root.der")).look(url).await;
        serving.join().unwrap();
        told
    }

    /// Protects the one word of what is wrong: a person mends a name otherwise than a date.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_wrong_with_a_certificate_is_told_by_name() {
        use CertificateFault::{NotYet, OtherName, Over, Stranger};
        let cases: [(&[u8], CertificateFault); 4] = [
            (include_bytes!("certificates/expired.der"), Over),
            (include_bytes!("certificates/not_yet.der"), NotYet),
            (include_bytes!("certificates/other_name.der"), OtherName),
            (include_bytes!("certificates/self_signed.der"), Stranger),
        ];
        for (certificate, fault) in cases {
            let told = asked(shows(certificate)).await.unwrap_err();
            let Failure::Tls { why, .. } = told else { panic!("{told:?} and not {fault:?}") };
            assert_eq!(why, TlsFault::Certificate(fault));
        }
        assert_eq!(CertificateFault::from(&Invalid::Revoked), CertificateFault::Revoked);
        assert_eq!(CertificateFault::from(&Invalid::BadEncoding), CertificateFault::Other);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_certificate_that_is_valid_says_until_when() {
        let told = asked(shows(include_bytes!("certificates/signed.der"))).await.unwrap();
        assert_eq!(told.status, 204);
        assert_eq!(told.certificate_ends, Some("2120-01-01T00:00:00Z".parse().unwrap()));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_version_is_told_from_no_connection() {
        let told = asked(refuses_the_version).await.unwrap_err();
        assert!(matches!(told, Failure::Tls { why: TlsFault::Version, .. }), "{told:?}");
        let told = asked(closes).await.unwrap_err();
        assert!(matches!(told, Failure::Unreachable(_) | Failure::Broken(_)), "{told:?}");
    }
}
