//! What is wrong with the TLS of a host, read out of why there was no connection.

/// What is wrong with the TLS of a host.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TlsFault {
    /// Its certificate is not valid: over, of another name, by nobody who is trusted.
    #[error("its certificate is not valid")]
    Certificate,
    /// It takes no TLS of 1.2 or later.
    #[error("it takes no TLS of 1.2 or later")]
    Version,
}

/// What was wrong with the TLS of a host, where that is why there is no connection.
pub(super) fn tls_fault(error: &(dyn std::error::Error + 'static)) -> Option<TlsFault> {
    use rustls::AlertDescription::{HandshakeFailure, ProtocolVersion};
    let mut at = Some(error);
    while let Some(error) = at {
        match error.downcast_ref() {
            Some(rustls::Error::InvalidCertificate(_)) => return Some(TlsFault::Certificate),
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

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::sync::Arc;

    use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
    use rustls::{ServerConfig, ServerConnection};
    use url::Url;

    use super::*;
    use crate::region::Regions;
    use crate::wire::{Failure, Reach, Wire};

    /// A fatal alert: no common version of the protocol (RFC 8446 §6.2).
    const NO_COMMON_VERSION: [u8; 7] = [0x15, 3, 3, 0, 2, 2, 70];

    fn refuses_the_version(mut stream: TcpStream) {
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).unwrap();
        let mut rest = vec![0; usize::from(u16::from_be_bytes([hello[3], hello[4]]))];
        stream.read_exact(&mut rest).unwrap();
        stream.write_all(&NO_COMMON_VERSION).unwrap();
    }

    /// With a certificate that nobody signed but itself.
    fn signed_by_nobody(mut stream: TcpStream) {
        let certificate = CertificateDer::from(include_bytes!("self_signed.der").as_slice());
        let key = PrivatePkcs8KeyDer::from(include_bytes!("self_signed.pkcs8").as_slice());
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], PrivateKeyDer::from(key))
            .unwrap();
        let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
        // The client breaks it off.
        assert!(connection.complete_io(&mut stream).is_err());
    }

    fn closes(stream: TcpStream) {
        drop(stream);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_certificate_and_a_version_are_told_from_no_connection() {
        type Server = fn(TcpStream);
        let cases: [(Server, Option<TlsFault>); 3] = [
            (signed_by_nobody, Some(TlsFault::Certificate)),
            (refuses_the_version, Some(TlsFault::Version)),
            (closes, None),
        ];
        for (server, fault) in cases {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
            let serving = std::thread::spawn(move || server(listener.accept().unwrap().0));
            let told = Wire::new(Reach::Sandbox, &Regions::default()).unwrap().look(url).await.unwrap_err();
            serving.join().unwrap();
            match (told, fault) {
                (Failure::Tls { why, .. }, Some(fault)) => assert_eq!(why, fault),
                (Failure::Unreachable(_) | Failure::Lost(_), None) => {}
                (told, fault) => panic!("{told:?} and not {fault:?}"),
            }
        }
    }
}
