//! Connections: the pool, its bounds, and TLS.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::OpenError;

/// Connections of one replica. Each write takes one for as long as its transaction lasts.
const CONNECTIONS: usize = 16;
/// How long a request waits for a connection, and how long making one may take.
const WAIT: Duration = Duration::from_secs(5);
/// After how long of silence a connection is tried, and how long an answer may fail to come: a server that vanished
/// closes nothing.
const ALIVE: Duration = Duration::from_secs(20);
/// A lock or a statement that takes longer is given up; a replica that stands still in a transaction loses it, so that
/// it keeps a workspace from nobody.
const BOUNDS: &str = "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=10s";

/// Where a database is, and whether the way there is sealed.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) tls: Option<MakeRustlsConnect>,
}

impl Address {
    /// Reads `postgres://…`. Nothing is connected to yet.
    pub(super) fn read(address: &str) -> Result<Self, OpenError> {
        let mut config: Config = address.parse()?;
        config.connect_timeout(WAIT).keepalives_idle(ALIVE).tcp_user_timeout(ALIVE);
        config.application_name("partner-service");
        if config.get_options().is_none() {
            config.options(BOUNDS);
        }
        let tls = leaves_the_machine(&config) && config.get_ssl_mode() != SslMode::Disable;
        config.ssl_mode(if tls { SslMode::Require } else { SslMode::Disable });
        let tls = if tls { Some(MakeRustlsConnect::new(client()?)) } else { None };
        Ok(Self { config, tls })
    }

    /// A pool of connections, none of which is made yet.
    pub(super) fn pool(&self) -> Result<Pool, OpenError> {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let config = self.config.clone();
        let manager = match &self.tls {
            Some(tls) => Manager::from_config(config, tls.clone(), recycling),
            None => Manager::from_config(config, NoTls, recycling),
        };
        let pool = Pool::builder(manager).max_size(CONNECTIONS).runtime(Runtime::Tokio1);
        let pool = pool.wait_timeout(Some(WAIT)).create_timeout(Some(WAIT)).recycle_timeout(Some(WAIT));
        pool.build().map_err(|error| OpenError::Address(error.to_string()))
    }
}

/// Whether TLS is of use: not on a socket or the loopback interface, unless it is asked for.
fn leaves_the_machine(config: &Config) -> bool {
    let near = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    config.get_ssl_mode() == SslMode::Require || !config.get_hosts().iter().all(near)
}

/// TLS by the system's certificates (`SSL_CERT_FILE` names others).
fn client() -> Result<rustls::ClientConfig, OpenError> {
    let failed = |error: rustls::Error| OpenError::Address(error.to_string());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(config.map_err(failed)?.with_platform_verifier().map_err(failed)?.with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_used_wherever_the_network_is() {
        for (address, expected) in [
            ("postgres://db.example/partner", true),
            ("postgres://10.0.0.1/partner", true),
            ("postgres://localhost,db.example/partner", true),
            ("postgres://localhost/partner?sslmode=require", true),
            ("postgres://localhost/partner", false),
            ("postgres://127.0.0.1:5433/partner", false),
            ("postgres://[::1]/partner", false),
            ("postgres:///partner?host=/run/postgresql", false),
        ] {
            assert_eq!(leaves_the_machine(&address.parse().unwrap()), expected, "{address}");
        }
        let read = |address| Address::read(address).map(|address| address.tls.is_some());
        assert!(matches!(read("postgres://db.example/partner"), Ok(true)));
        assert!(matches!(read("postgres://db.example/partner?sslmode=disable"), Ok(false)));
        assert!(matches!(read("postgres:///partner?host=/run/postgresql"), Ok(false)));
        assert!(matches!(read("postgres://db.example:port/partner"), Err(OpenError::Address(_))));
    }
}
