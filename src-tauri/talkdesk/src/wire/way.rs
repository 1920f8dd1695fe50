//! Which way a call goes: straight, or by the proxy that the system names for its URL.
//!
//! A proxy resolves names itself, past the guard of the connector. So it is asked only for https, and only for a name
//! that is Talkdesk's by the regions' table or that leads to nothing but the internet by this computer's own names. What
//! a proxy might find under such a name instead would still have to show a certificate of that name.

use std::net::IpAddr;
use std::sync::Arc;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::{Client, ClientBuilder};
use tokio::sync::OnceCell;
use url::{Host, Url};

use super::reach::{Guarded, Lookup, Reach, addresses};
use super::{Blocked, CONNECT_LIMIT, Failure};
use crate::address::is_loopback;
use crate::region::Regions;

/// The ways out.
#[derive(Clone)]
pub(super) struct Ways {
    pub reach: Reach,
    regions: Regions,
    lookup: Option<Lookup>,
    /// What the system says of proxies.
    proxies: Arc<Matcher>,
    straight: Client,
    /// Made when the first call needs it: on most computers none does.
    by_proxy: Arc<OnceCell<Client>>,
}

impl Ways {
    pub fn new(
        reach: Reach,
        regions: Regions,
        lookup: Option<Lookup>,
        proxies: Matcher,
    ) -> Result<Self, Failure> {
        let guarded = Guarded { reach, lookup: lookup.clone() };
        let straight = built(client(reach).no_proxy().dns_resolver(Arc::new(guarded)))?;
        Ok(Self { reach, regions, lookup, proxies: Arc::new(proxies), straight, by_proxy: Arc::default() })
    }

    /// These, where what one root signed is trusted and nothing else.
    #[cfg(test)]
    pub fn trusting(self, root: &[u8]) -> Self {
        let root = reqwest::Certificate::from_der(root).unwrap();
        Self { straight: built(client(self.reach).no_proxy().tls_certs_only([root])).unwrap(), ..self }
    }

    /// The client for a URL that the reach allows.
    pub async fn client(&self, url: &Url) -> Result<&Client, Failure> {
        let Some(proxy) = self.proxy(url) else { return Ok(&self.straight) };
        self.may_be_resolved_elsewhere(url).await?;
        let made = async {
            let unusable = |_| Failure::Internal("the system's proxy cannot be used");
            let mut way = reqwest::Proxy::all(proxy.uri().to_string()).map_err(unusable)?;
            if let Some(authorization) = proxy.basic_auth() {
                way = way.custom_http_auth(authorization.clone());
            }
            built(client(self.reach).proxy(way))
        };
        self.by_proxy.get_or_try_init(|| made).await
    }

    /// The system's proxy for a URL. A sandbox is on this computer, and what is tried out with it stays here.
    fn proxy(&self, url: &Url) -> Option<Intercept> {
        if self.reach == Reach::Sandbox || is_loopback(url) {
            return None;
        }
        self.proxies.intercept(&url.as_str().parse().ok()?)
    }

    async fn may_be_resolved_elsewhere(&self, url: &Url) -> Result<(), Failure> {
        // An address was looked at before: nobody resolves it.
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        if self.regions.hold(name) {
            return Ok(());
        }
        let found = addresses(self.lookup.as_ref(), name).await.unwrap_or_default();
        if found.is_empty() {
            return Err(Failure::Unreachable(name.to_owned()));
        }
        // The proxy takes whichever it likes, so each has to be outside.
        let outside = |&address: &IpAddr| self.reach.allows_address(address);
        if found.iter().all(outside) {
            return Ok(());
        }
        Err(Failure::Blocked { host: name.to_owned(), why: Blocked::Address })
    }
}

impl std::fmt::Debug for Ways {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ways").field("reach", &self.reach).finish_non_exhaustive()
    }
}

/// What holds for every call.
fn client(reach: Reach) -> ClientBuilder {
    // One provider for the process; that another part of it was first is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_LIMIT)
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .tls_info(true)
        .user_agent(concat!("partner-console/", env!("CARGO_PKG_VERSION")))
        .https_only(reach == Reach::Internet)
}

fn built(builder: ClientBuilder) -> Result<Client, Failure> {
    builder.build().map_err(|error| {
        tracing::error!(%error, "the HTTP client cannot be built");
        Failure::Internal("the HTTP client cannot be built")
    })
}

#[cfg(test)]
#[path = "way/tests.rs"]
mod tests;
