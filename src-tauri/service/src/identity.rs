//! Who the caller is: one person, for the embedded service; whoever holds a token that is known by its hash; or whoever
//! an identity provider's access token stands for. All end in the same [`Caller`].

mod crypto;
pub(crate) mod people;
pub(crate) mod provider;

use std::fmt;
use std::str::FromStr;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use domain::ids::{MemberId, WorkspaceId};
use domain::{Actor, Role, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::Url;

pub use provider::{Desktop, Grants, Provider};

/// Whom the service knows.
#[derive(Clone, Debug)]
pub enum Identities {
    /// In-process: every request is this person.
    Embedded {
        /// The workspace.
        workspace: WorkspaceId,
        /// The person.
        member: MemberId,
        /// The person's name.
        name: String,
        /// The roles in force.
        roles: Vec<Role>,
    },
    /// People by bearer token.
    Tokens(Vec<TokenEntry>),
    /// People by access tokens of identity providers; the service itself keeps who belongs to which workspace.
    Providers(Vec<Provider>),
}

/// A person and a token of theirs. One person may have several.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenEntry {
    /// The SHA-256 of the token: the token itself is kept by its holder only.
    pub token_sha256: TokenHash,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The person.
    pub member: MemberId,
    /// The person's name.
    pub name: String,
    /// The roles in force.
    pub roles: Vec<Role>,
}

/// The SHA-256 of a token, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

impl TokenHash {
    pub(crate) fn bytes(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The text is not 64 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("a token's hash is 64 hexadecimal digits")]
pub struct NotAHash;

impl FromStr for TokenHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        hex32(text).map(Self).ok_or(NotAHash)
    }
}

/// 32 bytes, of 64 hexadecimal digits and nothing else.
pub(crate) fn hex32(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

impl TryFrom<String> for TokenHash {
    type Error = NotAHash;

    fn try_from(text: String) -> Result<Self, NotAHash> {
        text.parse()
    }
}

/// A fresh random token, to be given to a person, and its hash, to be given to the service.
pub fn fresh_token() -> Result<(String, TokenHash), getrandom::Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    // 32 random bytes have the same 64 digits as a hash has.
    let token = TokenHash(random).to_string();
    let hash = TokenHash::of(&token);
    Ok((token, hash))
}

/// Why a members file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MembersError {
    /// It is no list of members.
    #[error("it is not a list of members: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It names nobody.
    #[error("it names nobody")]
    Empty,
    /// Two entries share a token.
    #[error("{0} and {1} have the same token")]
    SameToken(String, String),
}

/// Reads a members file: a JSON list of `{name, member, workspace, roles, token_sha256}`, ids as UUIDs.
pub fn members(json: &str) -> Result<Identities, MembersError> {
    let entries: Vec<TokenEntry> = serde_json::from_str(json)?;
    if entries.is_empty() {
        return Err(MembersError::Empty);
    }
    for (at, entry) in entries.iter().enumerate() {
        if let Some(same) = entries[..at].iter().find(|other| other.token_sha256 == entry.token_sha256) {
            return Err(MembersError::SameToken(same.name.clone(), entry.name.clone()));
        }
    }
    Ok(Identities::Tokens(entries))
}

/// Why a file of identity providers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProvidersError {
    /// It is no list of providers.
    #[error("it is not a list of identity providers: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It names none.
    #[error("it names no identity provider")]
    Empty,
    /// Two entries have the same issuer.
    #[error("{0} is named twice")]
    Twice(String),
    /// Its keys could be replaced on the way.
    #[error("{0} is neither https nor on this machine")]
    Unsafe(String),
}

/// Reads a file of identity providers: a JSON list of `{issuer, audience, jwks_uri?, grants?}`.
pub fn providers(json: &str) -> Result<Identities, ProvidersError> {
    let providers: Vec<Provider> = serde_json::from_str(json)?;
    if providers.is_empty() {
        return Err(ProvidersError::Empty);
    }
    for (at, provider) in providers.iter().enumerate() {
        if providers[..at].iter().any(|other| other.issuer == provider.issuer) {
            return Err(ProvidersError::Twice(provider.issuer.clone()));
        }
        let issuer = Url::parse(&provider.issuer).ok();
        if !issuer.iter().chain(&provider.jwks_uri).all(talkdesk::address::is_guarded) || issuer.is_none() {
            return Err(ProvidersError::Unsafe(provider.issuer.clone()));
        }
    }
    Ok(Identities::Providers(providers))
}

/// Where a caller's membership is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Kept {
    /// In what the service was started with.
    Elsewhere,
    /// Here: it is looked at again under the lock of whatever is done.
    Here {
        /// Roles that the token grants beside the member's own.
        granted: Vec<Role>,
        /// When the token's time is over.
        until: Timestamp,
    },
}

/// Who makes a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) workspace: WorkspaceId,
    pub(crate) member: MemberId,
    pub(crate) name: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) kept: Kept,
}

impl Caller {
    /// The person, as the reducer asks for it.
    pub(crate) fn actor(&self) -> Actor {
        Actor { member: self.member, roles: self.roles.clone() }
    }
}

impl Identities {
    /// The caller by what the service was started with, or `None` where that does not tell who it is.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Option<Caller> {
        match self {
            Self::Embedded { workspace, member, name, roles } => Some(Caller {
                workspace: *workspace,
                member: *member,
                name: name.clone(),
                roles: roles.clone(),
                kept: Kept::Elsewhere,
            }),
            Self::Tokens(entries) => {
                let TokenHash(presented) = TokenHash::of(bearer(headers)?);
                // Every entry is compared, and each in constant time: how long it takes tells nothing.
                let known = entries.iter().fold(None, |known, entry| {
                    if bool::from(entry.token_sha256.0.ct_eq(&presented)) { Some(entry) } else { known }
                });
                known.map(|entry| Caller {
                    workspace: entry.workspace,
                    member: entry.member,
                    name: entry.name.clone(),
                    roles: entry.roles.clone(),
                    kept: Kept::Elsewhere,
                })
            }
            Self::Providers(_) => None,
        }
    }

    /// Every workspace that somebody belongs to.
    pub(crate) fn workspaces(&self) -> Vec<WorkspaceId> {
        let mut workspaces = match self {
            Self::Embedded { workspace, .. } => vec![*workspace],
            Self::Tokens(entries) => entries.iter().map(|entry| entry.workspace).collect(),
            Self::Providers(_) => Vec::new(),
        };
        workspaces.sort_unstable();
        workspaces.dedup();
        workspaces
    }
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_is_written_and_nothing_else_is() {
        let hash = TokenHash::of("abc");
        // FIPS 180-2, appendix B.1.
        assert_eq!(hash.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hash.to_string().to_uppercase().parse::<TokenHash>().unwrap(), hash);
        for wrong in ["", "ba78", &"g".repeat(64), &"é".repeat(32), &"+1".repeat(32), &"0".repeat(65)] {
            assert!(wrong.parse::<TokenHash>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn fresh_tokens_differ_and_match_their_hash() {
        let (one, hash) = fresh_token().unwrap();
        let (other, _) = fresh_token().unwrap();
        assert_ne!(one, other);
        assert_eq!(one.len(), 64);
        assert_eq!(TokenHash::of(&one), hash);
    }

    #[test]
    fn a_members_file_is_read_whole_or_not_at_all() {
        let entry = |name: &str, token: &str| {
            let id = "00000000-0000-7000-8000-000000000001";
            let hash = TokenHash::of(token);
            format!(
                r#"{{"name":"{name}","member":"{id}","workspace":"{id}","roles":["qa"],"token_sha256":"{hash}"}}"#
            )
        };
        let good = format!("[{},{}]", entry("A", "one"), entry("A", "two"));
        assert!(matches!(members(&good).unwrap(), Identities::Tokens(entries) if entries.len() == 2));
        assert!(matches!(members("[]"), Err(MembersError::Empty)));
        assert!(matches!(members("{}"), Err(MembersError::Unreadable(_))));
        let same = format!("[{},{}]", entry("A", "one"), entry("B", "one"));
        assert!(matches!(members(&same), Err(MembersError::SameToken(a, b)) if a == "A" && b == "B"));
        let misspelt = good.replace("roles", "rolls");
        assert!(matches!(members(&misspelt), Err(MembersError::Unreadable(_))));
    }

    #[test]
    fn only_a_bearer_token_that_is_known_names_a_caller() {
        let entry = |token: &str, member: u128| TokenEntry {
            token_sha256: TokenHash::of(token),
            workspace: WorkspaceId::from_u128(1),
            member: MemberId::from_u128(member),
            name: String::new(),
            roles: vec![Role::Viewer],
        };
        let identities = Identities::Tokens(vec![entry("one", 1), entry("two", 2)]);
        for (header, expected) in [
            ("Bearer one", Some(1)),
            ("bearer  two ", Some(2)),
            ("Bearer three", None),
            ("Bearer ", None),
            ("Bearer", None),
            ("Basic one", None),
            ("one", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, header.parse().unwrap());
            let member = identities.caller(&headers).map(|caller| caller.member);
            assert_eq!(member, expected.map(MemberId::from_u128), "{header}");
        }
        assert!(identities.caller(&HeaderMap::new()).is_none());
    }
}
