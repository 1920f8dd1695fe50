//! The people of a workspace as the service knows them: who may come in, as whom, with which roles.
//!
//! This stands beside the feed, never in it: it holds addresses and subjects of an identity provider. It is one
//! document a workspace, read and changed under the workspace's lock, so that a role is in force from one number on.

use domain::Role;
use domain::Timestamp;
use domain::ids::MemberId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::provider::Verified;
use crate::import::Importing;

/// How long an invitation stands, in milliseconds: two weeks.
const STANDS: i64 = 14 * 24 * 60 * 60 * 1000;
/// The most people, removed ones included, and the most open invitations of a workspace.
const MOST: usize = 1_000;

/// Everybody, as stored.
#[derive(Clone, Default, Debug, Serialize, Deserialize)]
pub(crate) struct People {
    pub(crate) members: Vec<Person>,
    pub(crate) invitations: Vec<Invitation>,
    /// Whether the workspace came from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) import: Option<Importing>,
}

/// A member, or somebody who was one: an id is never given twice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: MemberId,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) roles: Vec<Role>,
    /// Together with `subject`: who this is at the identity provider.
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) joined_at: Timestamp,
    pub(crate) removed_at: Option<Timestamp>,
}

/// Somebody who may come in by a verified address.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) id: Uuid,
    /// As [`address`] gives it.
    pub(crate) email: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) by: MemberId,
    pub(crate) made_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// Why a change to the people of a workspace is not made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PeopleError {
    NotFound,
    /// Somebody has to be able to invite and to remove.
    LastAdmin,
    /// It is no address.
    Address,
    /// That address belongs to a member.
    Member,
    /// No role was given.
    NoRole,
    /// There are as many as there may be.
    Full,
}

/// An address as addresses are compared.
pub(crate) fn address(email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    let (name, host) = email.rsplit_once('@')?;
    let sound = !name.is_empty() && host.contains('.') && email.len() <= 254;
    (sound && !email.chars().any(|c| c.is_whitespace() || c.is_control())).then_some(email)
}

impl People {
    /// Who somebody of an identity provider is here, removed or not.
    pub(crate) fn by_subject(&self, issuer: &str, subject: &str) -> Option<&Person> {
        self.members.iter().find(|person| person.issuer == issuer && person.subject == subject)
    }

    /// A member who was not removed.
    pub(crate) fn member(&self, id: MemberId) -> Option<&Person> {
        self.members.iter().find(|person| person.id == id && person.removed_at.is_none())
    }

    /// The one who makes a workspace.
    pub(crate) fn founded(by: &Verified, at: Timestamp) -> Self {
        let mut people = Self::default();
        people.enter(by, Role::ALL.to_vec(), at);
        people
    }

    fn enter(&mut self, who: &Verified, roles: Vec<Role>, at: Timestamp) -> MemberId {
        let id = MemberId(Uuid::now_v7());
        self.members.push(Person {
            id,
            name: who.shown_name(),
            email: who.email.clone(),
            roles,
            issuer: who.issuer.clone(),
            subject: who.subject.clone(),
            joined_at: at,
            removed_at: None,
        });
        id
    }

    /// Invites an address; an open invitation of the same address is replaced.
    pub(crate) fn invite(
        &mut self,
        email: &str,
        roles: Vec<Role>,
        by: MemberId,
        at: Timestamp,
    ) -> Result<Uuid, PeopleError> {
        let email = address(email).ok_or(PeopleError::Address)?;
        if roles.is_empty() {
            return Err(PeopleError::NoRole);
        }
        let is = |person: &&Person| person.removed_at.is_none() && person.email.as_ref() == Some(&email);
        if self.members.iter().find(is).is_some() {
            return Err(PeopleError::Member);
        }
        self.invitations.retain(|invitation| invitation.email != email && invitation.expires_at > at);
        if self.invitations.len() + self.members.len() >= MOST {
            return Err(PeopleError::Full);
        }
        let id = Uuid::now_v7();
        let expires_at = Timestamp(at.0.saturating_add(STANDS));
        self.invitations.push(Invitation { id, email, roles, by, made_at: at, expires_at });
        Ok(id)
    }

    /// Takes an invitation back.
    pub(crate) fn uninvite(&mut self, id: Uuid) -> Result<(), PeopleError> {
        let before = self.invitations.len();
        self.invitations.retain(|invitation| invitation.id != id);
        if self.invitations.len() == before { Err(PeopleError::NotFound) } else { Ok(()) }
    }

    /// Lets in whom an open invitation names by a verified address. Whoever was removed comes back as who they were.
    pub(crate) fn accept(&mut self, who: &Verified, at: Timestamp) -> Option<MemberId> {
        let email = who.email.clone()?;
        let open = |invitation: &Invitation| invitation.email == email && invitation.expires_at > at;
        let found = self.invitations.iter().position(open)?;
        let roles = self.invitations.remove(found).roles;
        let before = self
            .members
            .iter_mut()
            .find(|person| person.issuer == who.issuer && person.subject == who.subject);
        match before {
            Some(person) => {
                (person.roles, person.email, person.removed_at) = (roles, Some(email), None);
                Some(person.id)
            }
            None => Some(self.enter(who, roles, at)),
        }
    }

    /// Gives a member other roles.
    pub(crate) fn set_roles(&mut self, id: MemberId, roles: Vec<Role>) -> Result<(), PeopleError> {
        if roles.is_empty() {
            return Err(PeopleError::NoRole);
        }
        self.change(id, |person| person.roles = roles)
    }

    /// Removes a member, from the next number on.
    pub(crate) fn remove(&mut self, id: MemberId, at: Timestamp) -> Result<(), PeopleError> {
        self.change(id, |person| person.removed_at = Some(at))
    }

    fn change(&mut self, id: MemberId, change: impl FnOnce(&mut Person)) -> Result<(), PeopleError> {
        let mut members = self.members.clone();
        let person = members.iter_mut().find(|person| person.id == id && person.removed_at.is_none());
        change(person.ok_or(PeopleError::NotFound)?);
        let admin = |person: &Person| person.removed_at.is_none() && person.roles.contains(&Role::Admin);
        if !members.iter().any(admin) {
            return Err(PeopleError::LastAdmin);
        }
        self.members = members;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(subject: &str, email: Option<&str>) -> Verified {
        Verified {
            issuer: "https://id.example".to_owned(),
            subject: subject.to_owned(),
            email: email.map(str::to_owned),
            name: None,
            granted: Vec::new(),
            expires_at: Timestamp(0),
        }
    }

    #[test]
    fn an_invitation_lets_in_one_person_once() {
        let mut people = People::founded(&who("owner", None), Timestamp(1));
        let owner = people.members[0].id;
        people.invite(" Tester@Example.COM ", vec![Role::Qa], owner, Timestamp(2)).unwrap();
        for nobody in [None, Some("other@example.com")] {
            assert_eq!(people.accept(&who("tester", nobody), Timestamp(3)), None);
        }
        let late = Timestamp(3 + STANDS);
        assert_eq!(people.accept(&who("tester", Some("tester@example.com")), late), None);
        let tester = people.accept(&who("tester", Some("tester@example.com")), Timestamp(3)).unwrap();
        assert_eq!(people.member(tester).unwrap().roles, [Role::Qa]);
        assert_eq!(people.accept(&who("second", Some("tester@example.com")), Timestamp(4)), None);
        let again = people.invite("tester@example.com", vec![Role::Qa], owner, Timestamp(4));
        assert_eq!(again, Err(PeopleError::Member));
        // Removed and invited anew: the same member, with the new roles.
        people.remove(tester, Timestamp(5)).unwrap();
        assert!(
            people.member(tester).is_none() && people.by_subject("https://id.example", "tester").is_some()
        );
        people.invite("tester@example.com", vec![Role::Developer], owner, Timestamp(6)).unwrap();
        assert_eq!(people.accept(&who("tester", Some("tester@example.com")), Timestamp(7)), Some(tester));
        assert_eq!(people.member(tester).unwrap().roles, [Role::Developer]);
    }

    #[test]
    fn somebody_stays_who_can_let_others_in() {
        let mut people = People::founded(&who("owner", None), Timestamp(1));
        let owner = people.members[0].id;
        assert_eq!(people.remove(owner, Timestamp(2)), Err(PeopleError::LastAdmin));
        assert_eq!(people.set_roles(owner, vec![Role::Viewer]), Err(PeopleError::LastAdmin));
        assert_eq!(people.set_roles(owner, vec![]), Err(PeopleError::NoRole));
        assert_eq!(people.members[0].roles, Role::ALL);
        people.invite("second@example.com", vec![Role::Admin], owner, Timestamp(2)).unwrap();
        let second = people.accept(&who("second", Some("second@example.com")), Timestamp(3)).unwrap();
        people.remove(owner, Timestamp(4)).unwrap();
        assert_eq!(people.remove(second, Timestamp(5)), Err(PeopleError::LastAdmin));
        assert_eq!(people.remove(owner, Timestamp(5)), Err(PeopleError::NotFound));
    }

    #[test]
    fn addresses_are_compared_without_case_and_must_be_some() {
        assert_eq!(address(" A.B@Example.Com "), Some("a.b@example.com".to_owned()));
        for wrong in ["", "a", "a@", "@example.com", "a@b", "a b@example.com", "a\n@example.com"] {
            assert_eq!(address(wrong), None, "{wrong}");
        }
        assert_eq!(address(&format!("{}@example.com", "a".repeat(300))), None);
    }
}
