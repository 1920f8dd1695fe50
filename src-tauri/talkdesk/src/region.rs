//! Talkdesk's regions: data that whoever runs the product may change, because the documentation is incomplete and in one
//! place disagrees with itself.
//!
//! An installation's own `_links` always win over this table. It serves what has no installation yet, and says which
//! gateways may be asked for the key of an event whose installation is new.

use serde::{Deserialize, Serialize};
use url::Url;

/// One region.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Region {
    /// Talkdesk's key for it, as `td-us-1`. Not found for some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What people call it.
    pub name: String,
    /// The API gateways; the first is the likeliest where sources disagree.
    pub gateways: Vec<Url>,
    /// What an account's Talkdesk ID host ends in, as `talkdeskid.com`: its host is `{account}.` and this. Not found for
    /// some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_domain: Option<String>,
}

/// All regions that are known.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Regions(pub Vec<Region>);

/// A row of the table below: key, name, hosts of the gateways, end of the Talkdesk ID hosts.
type Documented = (Option<&'static str>, &'static str, &'static [&'static str], Option<&'static str>);

/// Where two gateways stand, two pages of the documentation disagree.
const DOCUMENTED: [Documented; 6] = [
    (Some("td-us-1"), "US", &["api.talkdeskapp.com"], Some("talkdeskid.com")),
    (Some("td-eu-1"), "EU", &["api.talkdeskapp.eu"], Some("talkdeskid.eu")),
    (Some("td-ca-1"), "CA", &["api.talkdeskappca.com"], Some("talkdeskidca.com")),
    (None, "UK", &["api.talkdeskapp.co.uk"], None),
    (None, "AU", &["api.talkdeskapp.au", "api.mytalkdesk.au"], Some("talkdeskid.au")),
    (Some("td-usfed-1"), "US federal", &["api.talkdeskapp-pubsec.com"], None),
];

impl Default for Regions {
    fn default() -> Self {
        let url = |host: &&str| Url::parse(&format!("https://{host}")).ok();
        Self(
            DOCUMENTED
                .iter()
                .map(|(key, name, gateways, id_domain)| Region {
                    key: key.map(str::to_owned),
                    name: (*name).to_owned(),
                    gateways: gateways.iter().filter_map(url).collect(),
                    id_domain: id_domain.map(str::to_owned),
                })
                .collect(),
        )
    }
}

impl Regions {
    /// The region of a gateway, as `_links.root` names it.
    pub fn of_gateway(&self, root: &Url) -> Option<&Region> {
        let below = |gateway: &Url| {
            let base = gateway.path().trim_end_matches('/');
            let rest = root.path().strip_prefix(base);
            gateway.origin() == root.origin()
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.0.iter().find(|region| region.gateways.iter().any(below))
    }

    /// Whether a host is one of Talkdesk's by this table: a gateway's, an account's Talkdesk ID, or below one of these.
    pub fn hold(&self, host: &str) -> bool {
        let within = |known: &str| {
            let above = host.strip_suffix(known);
            !known.is_empty() && above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
        };
        self.0.iter().any(|region| {
            let mut gateways = region.gateways.iter().filter_map(Url::host_str);
            region.id_domain.as_deref().is_some_and(within) || gateways.any(within)
        })
    }

    /// The region with this key.
    pub fn with_key(&self, key: &str) -> Option<&Region> {
        self.0.iter().find(|region| region.key.as_deref() == Some(key))
    }
}

impl Region {
    /// Where an account's Talkdesk ID is, if that is known. For what has no installation yet.
    pub fn talkdesk_id(&self, account: &str) -> Option<Url> {
        let label = !account.is_empty()
            && account.len() <= 63
            && account.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let domain = self.id_domain.as_ref().filter(|_| label)?;
        Url::parse(&format!("https://{account}.{domain}")).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_region_is_there_and_found_by_its_gateway() {
        let regions = Regions::default();
        for (_, name, gateways, _) in DOCUMENTED {
            for host in gateways {
                let root = Url::parse(&format!("https://{host}/anything")).unwrap();
                assert_eq!(regions.of_gateway(&root).unwrap().name, name);
            }
        }
        for other in [
            "http://api.talkdeskapp.com",
            "https://api.talkdeskapp.com:8443",
            "https://api.talkdeskapp.com.evil.example",
        ] {
            assert_eq!(regions.of_gateway(&Url::parse(other).unwrap()), None, "{other}");
        }
        assert_eq!(regions.with_key("td-eu-1").unwrap().name, "EU");
    }

    #[test]
    fn a_host_is_talkdesks_at_or_below_a_known_one() {
        let regions = Regions::default();
        for host in ["api.talkdeskapp.eu", "eu-1.api.talkdeskapp.eu", "sample-customer.talkdeskid.au"] {
            assert!(regions.hold(host), "{host}");
        }
        for host in ["", "eu", "talkdeskapp.eu", "eviltalkdeskid.com", "api.talkdeskapp.eu.evil.example"] {
            assert!(!regions.hold(host), "{host}");
        }
        let nameless =
            Region { key: None, name: String::new(), gateways: vec![], id_domain: Some(String::new()) };
        assert!(!Regions(vec![nameless]).hold("anything.example"));
    }

    #[test]
    fn the_table_is_data() {
        let text = r#"[{"name":"A","gateways":["http://127.0.0.1:4780/gateway/a"]},{"name":"B","gateways":["http://127.0.0.1:4780/gateway/b/"]}]"#;
        let regions: Regions = serde_json::from_str(text).unwrap();
        assert_eq!(regions.0[0].id_domain, None);
        for (path, name) in
            [("a", Some("A")), ("b", Some("B")), ("b/apps", Some("B")), ("ab", None), ("", None)]
        {
            let root = Url::parse(&format!("http://127.0.0.1:4780/gateway/{path}")).unwrap();
            assert_eq!(regions.of_gateway(&root).map(|region| region.name.as_str()), name, "{path}");
        }
        let whole = serde_json::to_string(&Regions::default()).unwrap();
        assert_eq!(serde_json::from_str::<Regions>(&whole).unwrap(), Regions::default());
    }

    #[test]
    fn an_accounts_host_cannot_be_led_elsewhere() {
        let regions = Regions::default();
        let eu = regions.with_key("td-eu-1").unwrap();
        assert_eq!(
            eu.talkdesk_id("sample-customer").unwrap().as_str(),
            "https://sample-customer.talkdeskid.eu/"
        );
        for bad in ["", "a.b", "evil.example/", "a@b", "a:1", "a#", "ü"] {
            assert_eq!(eu.talkdesk_id(bad), None, "{bad}");
        }
    }
}
