//! Who is let in, as whom, and by whom: what the identity of a caller becomes at this service.
//!
//! A person of an identity provider is known by issuer and subject, and belongs to a workspace by being its first
//! owner (by a one-time code that the service prints) or by an invitation to an address that the provider has verified.

use axum::http::HeaderMap;
use domain::ids::{MemberId, WorkspaceId};
use domain::protocol::{Membership, WORKSPACE_HEADER};
use domain::{Aggregate, AggregateRef, Role, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::Service;
use crate::error::{OpenError, StoreError};
use crate::identity::people::{People, PeopleError, Person};
use crate::identity::provider::{TokenError, Verified};
use crate::identity::{Caller, Identities, Kept, TokenHash, bearer};
use crate::storage::{Lookup, PeopleWritten, Taken, Wanted};

/// How long a first owner's code can be used, in milliseconds: a day.
const CODE_STANDS: i64 = 24 * 60 * 60 * 1000;
/// Letters and digits that nobody takes for another: 32 of them, 5 bits each.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Why somebody is not let in.
#[derive(Debug)]
pub(crate) enum Denied {
    /// 401: who it is cannot be told, and why their token does not tell it.
    SignedOut(Option<TokenError>),
    /// 403: known, and not let in: signing in again would not help.
    Forbidden(&'static str),
    /// The workspace that is meant has to be named.
    WhichWorkspace,
    Store(StoreError),
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What came of a change to the people of a workspace.
pub(crate) type Changed<T> = Result<Result<T, PeopleError>, StoreError>;

impl Service {
    /// Who makes a request.
    pub(crate) async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Denied> {
        match &*self.identities {
            Identities::Embedded { .. } | Identities::Tokens(_) => {
                self.identities.caller(headers).ok_or(Denied::SignedOut(None))
            }
            Identities::Providers(_) => {
                let (who, _) = self.who(headers).await?;
                self.member(&who, headers).await
            }
        }
    }

    /// Whom the bearer token of an identity provider stands for, member or not, and the token.
    pub(crate) async fn who<'a>(&self, headers: &'a HeaderMap) -> Result<(Verified, &'a str), Denied> {
        let (Some(verifier), Some(token)) = (&self.verifier, bearer(headers)) else {
            return Err(Denied::SignedOut(None));
        };
        let who = verifier.verify(token).await;
        Ok((who.map_err(|error| Denied::SignedOut(Some(error)))?, token))
    }

    async fn member(&self, who: &Verified, headers: &HeaderMap) -> Result<Caller, Denied> {
        let named = match headers.get(WORKSPACE_HEADER) {
            None => None,
            Some(value) => {
                let id = value.to_str().ok().and_then(|id| id.parse::<WorkspaceId>().ok());
                Some(id.ok_or(Denied::WhichWorkspace)?)
            }
        };
        let places = self.places(who, named).await?.into_iter();
        let (mut here, gone): (Vec<_>, Vec<_>) = places.partition(|(_, person)| person.removed_at.is_none());
        match (here.pop(), here.is_empty(), gone.is_empty()) {
            (Some((workspace, person)), true, _) => Ok(Caller {
                workspace,
                member: person.id,
                roles: united(&person.roles, &who.granted),
                name: person.name,
                kept: Kept::Here { granted: who.granted.clone(), until: who.expires_at },
            }),
            (Some(_), false, _) => Err(Denied::WhichWorkspace),
            (None, _, false) => Err(Denied::Forbidden("removed")),
            (None, _, true) => Err(Denied::Forbidden("not_a_member")),
        }
    }

    /// Who somebody is in each workspace that they belong or belonged to, or in the one that is named.
    async fn places(
        &self,
        who: &Verified,
        named: Option<WorkspaceId>,
    ) -> Result<Vec<(WorkspaceId, Person)>, StoreError> {
        let mut places = Vec::new();
        for workspace in self.storage.workspaces_of(Lookup::subject(who)).await? {
            if named.is_none_or(|named| named == workspace)
                && let Some(person) = self.people(workspace).await?.by_subject(&who.issuer, &who.subject)
            {
                places.push((workspace, person.clone()));
            }
        }
        Ok(places)
    }

    /// Lets in whoever is invited by a verified address, and gives every workspace that they belong to.
    pub(crate) async fn enter(&self, who: &Verified, token: &str) -> Result<Vec<Membership>, StoreError> {
        let email = match &self.verifier {
            Some(verifier) => verifier.email(who, token).await,
            None => None,
        };
        if let Some(email) = email {
            let who = Verified { email: Some(email.clone()), ..who.clone() };
            for workspace in self.storage.workspaces_of(Lookup::Invited { email: &email }).await? {
                let now = (self.clock)();
                let _ = self.change_people(workspace, |people| Ok(people.accept(&who, now))).await?;
            }
        }
        let mut memberships = Vec::new();
        for (workspace, person) in self.places(who, None).await? {
            if person.removed_at.is_some() {
                continue;
            }
            memberships.push(Membership {
                workspace,
                title: self.title(workspace).await?,
                member: person.id,
                roles: united(&person.roles, &who.granted),
                name: person.name,
            });
        }
        Ok(memberships)
    }

    /// Makes a workspace for whoever brings a code that the service printed. A code makes one workspace, for the first
    /// who brings it: brought again by the same person, as after an answer that was lost, it is the one that they made.
    pub(crate) async fn found(&self, who: &Verified, code: &str) -> Result<Membership, Denied> {
        let workspace = workspace_of(code);
        let at = (self.clock)();
        let made = self.people(workspace).await?;
        if made.members.is_empty() {
            if !self.storage.knows_code(&hash_of(code), at).await? {
                return Err(Denied::Forbidden("code"));
            }
            self.storage.ensure(&[workspace]).await?;
            let _ = self
                .change_people(workspace, |people| {
                    // Another was first, a moment ago.
                    if people.members.is_empty() {
                        *people = People::founded(who, at);
                    }
                    Ok(())
                })
                .await?;
        }
        let people = self.people(workspace).await?;
        let owner = people.members.first().filter(|owner| {
            (&*owner.issuer, &*owner.subject, owner.removed_at) == (&*who.issuer, &*who.subject, None)
        });
        let owner = owner.ok_or(Denied::Forbidden("code"))?;
        let title = self.title(workspace).await?;
        let (member, name) = (owner.id, owner.name.clone());
        Ok(Membership { workspace, title, member, name, roles: united(&owner.roles, &who.granted) })
    }

    /// What a workspace is called; nothing while its first owner has not named it.
    async fn title(&self, workspace: WorkspaceId) -> Result<String, StoreError> {
        let of = AggregateRef::Workspace(workspace);
        let begun =
            self.storage.turn(workspace, &Wanted { aggregates: [of].into(), ..Wanted::default() }).await?;
        begun.turn.leave().await?;
        let held = begun.found.aggregates.first();
        let state = held.map(|held| Aggregate::read(of, &held.json)).transpose()?;
        Ok(match state {
            Some(Aggregate::Workspace(workspace)) => workspace.name,
            _ => String::new(),
        })
    }

    /// The people of a workspace.
    pub(crate) async fn people(&self, workspace: WorkspaceId) -> Result<People, StoreError> {
        read(self.storage.people(workspace).await?.as_deref())
    }

    /// Changes the people of a workspace under its lock.
    pub(crate) async fn change_people<T>(
        &self,
        workspace: WorkspaceId,
        change: impl FnOnce(&mut People) -> Result<T, PeopleError>,
    ) -> Changed<T> {
        let wanted = Wanted { people: true, ..Wanted::default() };
        let begun = self.storage.turn(workspace, &wanted).await?;
        let mut people = read(begun.found.people.as_deref())?;
        match change(&mut people) {
            Err(refused) => {
                begun.turn.leave().await?;
                Ok(Err(refused))
            }
            Ok(done) => {
                let (head, last_at) = (begun.feed.head, begun.feed.last_at);
                let taken = Taken { head, last_at, people: Some(written(&people)?), ..Taken::default() };
                begun.turn.commit(taken).await?;
                Ok(Ok(done))
            }
        }
    }

    /// Whether a caller who was let in may still be served: their token's time is not over, they were not removed.
    pub(crate) async fn may_go_on(&self, caller: &Caller) -> bool {
        let Kept::Here { until, .. } = &caller.kept else { return true };
        if *until <= (self.clock)() {
            return false;
        }
        // A database that is away for a moment removes nobody.
        let people = self.people(caller.workspace).await;
        people.map_or(true, |people| people.member(caller.member).is_some())
    }

    /// Whether nobody of an identity provider belongs to any workspace yet.
    pub async fn awaits_first_owner(&self) -> Result<bool, OpenError> {
        Ok(matches!(&*self.identities, Identities::Providers(_)) && !self.storage.anybody().await?)
    }

    /// Makes a code by which one person can make a workspace, within a day.
    pub async fn owner_code(&self) -> Result<String, OpenError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| OpenError::File(std::io::Error::other(error)))?;
        let letters: Vec<u8> = random.iter().map(|byte| ALPHABET[usize::from(byte % 32)]).collect();
        let code: Vec<&str> = letters.chunks(4).filter_map(|part| std::str::from_utf8(part).ok()).collect();
        let code = code.join("-");
        let expires_at = Timestamp((self.clock)().0.saturating_add(CODE_STANDS));
        self.storage.keep_code(&hash_of(&code), expires_at).await?;
        Ok(code)
    }
}

/// The roles that a member has, with those that a token grants.
pub(crate) fn united(own: &[Role], granted: &[Role]) -> Vec<Role> {
    let mut roles = [own, granted].concat();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// The person as they are under the lock under which a command is taken: the role in force is the one at `taken_at`.
/// While the workspace still comes from elsewhere, it takes none.
pub(crate) fn in_force(caller: &Caller, people: Option<&str>) -> Result<Option<Caller>, StoreError> {
    if read(people)?.import.is_some_and(|import| !import.done) {
        return Err(StoreError::Importing);
    }
    allowed(caller, people)
}

/// The same, whatever the workspace takes.
pub(crate) fn allowed(caller: &Caller, people: Option<&str>) -> Result<Option<Caller>, StoreError> {
    let Kept::Here { granted, .. } = &caller.kept else { return Ok(Some(caller.clone())) };
    let people = read(people)?;
    let person = people.member(caller.member);
    Ok(person.map(|person| Caller { roles: united(&person.roles, granted), ..caller.clone() }))
}

pub(crate) fn read(people: Option<&str>) -> Result<People, StoreError> {
    Ok(people.map(serde_json::from_str).transpose()?.unwrap_or_default())
}

/// The people as they are stored, with what is looked up of them.
pub(crate) fn written(people: &People) -> Result<PeopleWritten, StoreError> {
    let subject = |person: &Person| (person.issuer.clone(), person.subject.clone());
    Ok(PeopleWritten {
        json: serde_json::to_string(people)?,
        subjects: people.members.iter().map(subject).collect(),
        invited: people.invitations.iter().map(|invited| invited.email.clone()).collect(),
    })
}

/// The hash of a code, however it was typed.
fn hash_of(code: &str) -> String {
    TokenHash::of(&letters_of(code)).to_string()
}

/// The workspace that a code makes: which one it is stands in no table, so that it cannot be made twice.
fn workspace_of(code: &str) -> WorkspaceId {
    let hash = Sha256::digest(format!("workspace of {}", letters_of(code)));
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    WorkspaceId(uuid::Builder::from_custom_bytes(id).into_uuid())
}

/// A code without what people type between its parts.
fn letters_of(code: &str) -> String {
    let typed: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    typed.to_ascii_uppercase()
}

/// Whether somebody may decide on others.
pub(crate) fn decides(caller: &Caller) -> Result<MemberId, Denied> {
    if caller.roles.contains(&Role::Admin) { Ok(caller.member) } else { Err(Denied::Forbidden("role")) }
}
