//! How often somebody may ask: each person, each address that is not signed in, each key for deliveries.
//!
//! Who asks in bursts is let go on for a while, then at an even pace (the generic cell rate algorithm); nobody waits
//! for another. What is counted is kept in this process alone: with several replicas each counts for itself.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use domain::ids::{MemberId, WorkspaceId};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::identity::TokenHash;

/// How many seconds' worth may come at once.
const BURST: u32 = 20;
/// After how many looks those who asked long ago are forgotten.
const FORGET_EVERY: u32 = 1_000;
/// Names the caller where a proxy stands before the service: it adds the address that it sees at the end.
const FORWARDED: &str = "x-forwarded-for";

/// Requests a second that are let go on for ever; 20 times as many at once. 0 is no limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rates {
    /// Of each person who is signed in. A desktop's first sync of 100,000 states asks 200 times.
    pub person: u32,
    /// Of each address, for whatever comes without a person: sign-in, tokens that are no good, unknown paths.
    pub address: u32,
    /// Of each key for Talkdesk's deliveries.
    pub hook: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { person: 50, address: 10, hook: 20 }
    }
}

/// What is counted by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum By {
    Person,
    Address,
    Hook,
}

impl By {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Address => "address",
            Self::Hook => "hook",
        }
    }
}

/// Asked too often.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooOften {
    pub(crate) by: By,
    /// When it may be tried again, in whole seconds from now, at least one.
    pub(crate) seconds: u64,
}

/// Somebody who is signed in: a member, or a person of an identity provider who may become one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Person {
    Member(WorkspaceId, MemberId),
    Subject(String, String),
}

/// What was asked lately.
pub(crate) struct Limits<C: Clock + Clone = DefaultClock> {
    people: Option<Counted<Person, C>>,
    addresses: Option<Counted<IpAddr, C>>,
    hooks: Option<Counted<[u8; 32], C>>,
}

impl Limits {
    pub(crate) fn new(rates: Rates) -> Self {
        Self::with(rates, &DefaultClock::default())
    }

    /// For a service in the desktop's own process.
    pub(crate) fn none() -> Self {
        Self::new(Rates { person: 0, address: 0, hook: 0 })
    }
}

impl<C: Clock + Clone> Limits<C> {
    fn with(rates: Rates, clock: &C) -> Self {
        Self {
            people: Counted::new(rates.person, clock),
            addresses: Counted::new(rates.address, clock),
            hooks: Counted::new(rates.hook, clock),
        }
    }

    pub(crate) fn person(&self, person: &Person) -> Result<(), TooOften> {
        look(self.people.as_ref(), person, By::Person)
    }

    /// What comes over no network has no address, and is not counted.
    pub(crate) fn address(&self, parts: &Parts) -> Result<(), TooOften> {
        address(parts).map_or(Ok(()), |address| look(self.addresses.as_ref(), &address, By::Address))
    }

    pub(crate) fn hook(&self, key: TokenHash) -> Result<(), TooOften> {
        look(self.hooks.as_ref(), &key.bytes(), By::Hook)
    }
}

fn look<K: Hash + Eq + Clone, C: Clock + Clone>(
    counted: Option<&Counted<K, C>>,
    key: &K,
    by: By,
) -> Result<(), TooOften> {
    let after = counted.and_then(|counted| counted.look(key));
    after.map_or(Ok(()), |wait| Err(TooOften { by, seconds: wait.as_secs() + 1 }))
}

/// Where a request comes from. A proxy is the only one who reaches the service, or else everybody is on this machine:
/// so the last address that was forwarded is believed. Of IPv6 the network counts (RFC 6177), not its computers.
fn address(parts: &Parts) -> Option<IpAddr> {
    let forwarded = parts.headers.get_all(FORWARDED).iter().next_back().and_then(|value| {
        let last = value.to_str().ok()?.rsplit(',').next()?.trim();
        last.parse().ok()
    });
    let connected = || Some(parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip());
    Some(match forwarded.or_else(connected)?.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    })
}

/// How often each of them asked.
struct Counted<K: Hash + Eq + Clone, C: Clock + Clone> {
    limiter: RateLimiter<K, HashMapStateStore<K>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    looks: AtomicU32,
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> Counted<K, C> {
    fn new(rate: u32, clock: &C) -> Option<Self> {
        let burst = NonZeroU32::new(rate.saturating_mul(BURST))?;
        let quota = Quota::per_second(NonZeroU32::new(rate)?).allow_burst(burst);
        let limiter = RateLimiter::new(quota, HashMapStateStore::default(), clock.clone());
        Some(Self { limiter, clock: clock.clone(), looks: AtomicU32::new(0) })
    }

    /// Counts a request; where it is one too many, says how long to wait.
    fn look(&self, key: &K) -> Option<Duration> {
        if self.looks.fetch_add(1, Ordering::Relaxed).is_multiple_of(FORGET_EVERY) {
            self.limiter.retain_recent();
        }
        let refused = self.limiter.check_key(key).err()?;
        Some(refused.wait_time_from(self.clock.now()))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn parts(forwarded: &[&str], connected: Option<&str>) -> Parts {
        let mut request = Request::builder();
        for value in forwarded {
            request = request.header(FORWARDED, *value);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        if let Some(address) = connected {
            parts.extensions.insert(ConnectInfo::<SocketAddr>(address.parse().unwrap()));
        }
        parts
    }

    #[test]
    fn a_burst_goes_on_and_then_an_even_pace_and_nobody_waits_for_another() {
        let clock = FakeRelativeClock::default();
        let limits = Limits::with(Rates { person: 2, address: 1, hook: 0 }, &clock);
        let person = |n| limits.person(&Person::Member(WorkspaceId::from_u128(1), MemberId::from_u128(n)));
        for _ in 0..40 {
            assert_eq!(person(1), Ok(()));
        }
        assert_eq!(person(1), Err(TooOften { by: By::Person, seconds: 1 }));
        assert_eq!(person(2), Ok(()), "another person");
        // Whoever waits as long as was asked is let in.
        clock.advance(Duration::from_secs(1));
        assert_eq!((person(1), person(1)), (Ok(()), Ok(())));
        assert!(person(1).is_err());
        // No limit, however often.
        let key = TokenHash::of("key");
        assert!((0..10_000).all(|_| limits.hook(key) == Ok(())));
    }

    #[test]
    fn those_who_asked_long_ago_are_forgotten() {
        let clock = FakeRelativeClock::default();
        let counted = Counted::new(1, &clock).unwrap();
        for n in 0..FORGET_EVERY {
            counted.look(&n);
        }
        assert_eq!(counted.limiter.len(), FORGET_EVERY as usize);
        clock.advance(Duration::from_mins(1));
        counted.look(&0);
        assert_eq!(counted.limiter.len(), 1);
    }

    #[test]
    fn an_address_is_the_last_that_a_proxy_added_or_else_the_connections() {
        for (forwarded, connected, expected) in [
            (&[][..], None, None),
            (&[], Some("192.0.2.1:5"), Some("192.0.2.1")),
            (&["203.0.113.9"], Some("127.0.0.1:5"), Some("203.0.113.9")),
            // What the caller wrote itself stands before what the proxy added.
            (&["198.51.100.7, 203.0.113.9"], Some("127.0.0.1:5"), Some("203.0.113.9")),
            (&["198.51.100.7", "203.0.113.9"], Some("127.0.0.1:5"), Some("203.0.113.9")),
            (&["nonsense"], Some("192.0.2.1:5"), Some("192.0.2.1")),
            (&["2001:db8:1:2:3:4:5:6"], None, Some("2001:db8:1:2::")),
            (&["::ffff:192.0.2.1"], None, Some("192.0.2.1")),
        ] {
            let expected = expected.map(|address| address.parse::<IpAddr>().unwrap());
            assert_eq!(address(&parts(forwarded, connected)), expected, "{forwarded:?} {connected:?}");
        }
    }
}
