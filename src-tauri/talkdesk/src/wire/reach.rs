//! Where calls may go: looked at in an address, and again in what its name resolves to.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::address::{is_loopback, is_public};

/// Where calls may go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// By https to the internet.
    Internet,
    /// And by http to this computer, where a sandbox is.
    Sandbox,
}

impl Reach {
    /// Whether a URL may be called at all. Where its name leads is found out when it is resolved.
    pub fn allows(self, url: &Url) -> Result<(), Blocked> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Blocked::Credentials);
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain("")) | None => return Err(Blocked::Scheme),
            Some(Host::Domain(_)) => None,
        };
        let here = is_loopback(url);
        match (url.scheme(), self) {
            ("https", _) => {}
            ("http", Self::Sandbox) if here => {}
            _ => return Err(Blocked::Scheme),
        }
        if literal.is_none_or(|address| self.allows_address(address)) {
            Ok(())
        } else {
            Err(Blocked::Address)
        }
    }

    pub(super) fn allows_address(self, address: IpAddr) -> bool {
        is_public(address) || (self == Self::Sandbox && address.is_loopback())
    }
}

/// Why a URL is not called.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Blocked {
    /// It is not https.
    #[error("it is not https")]
    Scheme,
    /// It holds a user name or a password.
    #[error("it holds a user name or a password")]
    Credentials,
    /// It leads to an address inside a network.
    #[error("it leads inside a network")]
    Address,
    /// It is of another origin than the one that the credentials are for.
    #[error("it is of another origin")]
    Origin,
}

/// Finds the addresses of a name. Tests hand in their own.
pub(super) type Lookup = Arc<dyn Fn(&str) -> std::io::Result<Vec<IpAddr>> + Send + Sync>;

/// The addresses of a name.
pub(super) async fn addresses(lookup: Option<&Lookup>, name: &str) -> std::io::Result<Vec<IpAddr>> {
    match lookup {
        Some(lookup) => lookup(name),
        None => Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect()),
    }
}

/// The resolver that the connector uses: what it gives out may be connected to.
pub(super) struct Guarded {
    pub reach: Reach,
    pub lookup: Option<Lookup>,
}

/// A name that leads inside a network.
#[derive(Debug, thiserror::Error)]
#[error("the name leads inside a network")]
pub(super) struct Inside;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, lookup) = (self.reach, self.lookup.clone());
        Box::pin(async move {
            let found = addresses(lookup.as_ref(), name.as_str()).await?;
            let any = !found.is_empty();
            let allowed: Vec<_> =
                found.into_iter().filter(|&address| reach.allows_address(address)).collect();
            if any && allowed.is_empty() {
                return Err(Inside.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
