//! What this computer remembers beside the stores: a person's own settings, which workspace is open, and who sits
//! here. One small file, replaced as a whole; no secret in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use domain::ids::{MemberId, WorkspaceId};
use domain::{Role, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::folder::replace;
use crate::ipc::boot::Settings;
use crate::session::registration::Registration;

/// The file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// A person's own settings.
    pub settings: Settings,
    /// The connection that opens at start.
    pub active: Option<ConnectionName>,
    /// The workspace on this computer.
    pub this_computer: Option<Seat>,
    /// Further workspaces of this computer's own.
    pub locals: Vec<Local>,
    /// The sample workspace.
    pub sample: Option<Seat>,
    /// The workspaces that a team shares.
    pub teams: Vec<Team>,
    /// The address of the platform port; empty: by hand.
    pub port: String,
    /// Copies of what is open, in a folder of the person's.
    pub copies: Copies,
    /// The registrations at authorization servers.
    pub registrations: Vec<Registration>,
    /// That a person went on to another computer: this one only shows what was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<Left>,
}

/// When this computer was left, and by which file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "LeftComputer"))]
pub struct Left {
    /// When.
    pub at: Timestamp,
    /// The name of the file that holds everything.
    pub file: String,
}

/// A copy a day, in a folder that the person chose.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Copies {
    /// The folder; none: no copies are made.
    pub folder: Option<PathBuf>,
    /// When the last one was made.
    pub last: Option<Timestamp>,
    /// Why the last attempt failed, as the system words it.
    pub failed: Option<String>,
}

/// Which store.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ConnectionName {
    /// The workspace on this computer.
    ThisComputer,
    /// The sample workspace.
    Sample,
    /// A workspace that a team shares.
    Team(Uuid),
    /// A further workspace of this computer's own.
    Local(Uuid),
}

impl ConnectionName {
    /// Its folder in the data folder.
    pub fn folder(self) -> String {
        match self {
            Self::ThisComputer => "this-computer".to_owned(),
            Self::Sample => "sample".to_owned(),
            Self::Team(id) => format!("team-{id}"),
            Self::Local(id) => format!("local-{id}"),
        }
    }

    /// Whether it is this computer's own work: no team's, no sample.
    pub fn is_own(self) -> bool {
        matches!(self, Self::ThisComputer | Self::Local(_))
    }
}

/// A workspace that a team shares through a service.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Team {
    /// Its id here.
    pub id: Uuid,
    /// The service's address.
    pub url: String,
    /// The registration by which the person signs in there.
    pub registration: Uuid,
    /// Who sits at it.
    pub seat: Seat,
}

/// A further workspace of this computer's own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Local {
    /// Its id here.
    pub id: Uuid,
    /// Who sits at it.
    pub seat: Seat,
}

/// Where a workspace of this computer's goes or went.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Move {
    /// The workspace at the team's service.
    pub team: Team,
    /// Names the import there, the same whenever it goes on.
    pub import: Uuid,
    /// When everything was there; none: it is under way.
    pub done: Option<Timestamp>,
    /// The sets of credentials whose secrets are in the team's vault, to be let go of here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<Uuid>,
}

/// Who sits at a store of this computer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seat {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The person.
    pub member: MemberId,
    /// The person's name.
    pub name: String,
    /// What the person may do: at this computer's own workspace everything, at a team's what its service said last.
    #[serde(default = "every_role")]
    pub roles: Vec<Role>,
    /// That the workspace goes or went to a team's service: nothing is changed here any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Box<Move>>,
}

fn every_role() -> Vec<Role> {
    Role::ALL.to_vec()
}

impl Profile {
    /// The seat of a connection.
    pub fn seat(&self, name: ConnectionName) -> Option<&Seat> {
        match name {
            ConnectionName::ThisComputer => self.this_computer.as_ref(),
            ConnectionName::Sample => self.sample.as_ref(),
            ConnectionName::Team(id) => self.team(id).map(|team| &team.seat),
            ConnectionName::Local(id) => {
                self.locals.iter().find(|local| local.id == id).map(|local| &local.seat)
            }
        }
    }

    /// Every connection: this computer's own first, the sample last.
    pub fn names(&self) -> Vec<ConnectionName> {
        let here = self.this_computer.as_ref().map(|_| ConnectionName::ThisComputer);
        let locals = self.locals.iter().map(|local| ConnectionName::Local(local.id));
        let teams = self.teams.iter().map(|team| ConnectionName::Team(team.id));
        let sample = self.sample.as_ref().map(|_| ConnectionName::Sample);
        here.into_iter().chain(locals).chain(teams).chain(sample).collect()
    }

    /// The moves of this computer's own workspaces, under way or over.
    pub fn moves(&self) -> impl Iterator<Item = &Move> {
        let seats = self.this_computer.iter().chain(self.locals.iter().map(|local| &local.seat));
        seats.filter_map(|seat| seat.moved.as_deref())
    }

    /// What is opened where what was open went: this computer's own first.
    pub fn another(&self) -> Option<ConnectionName> {
        let here = self.this_computer.as_ref().map(|_| ConnectionName::ThisComputer);
        let local = self.locals.first().map(|local| ConnectionName::Local(local.id));
        let team = self.teams.first().map(|team| ConnectionName::Team(team.id));
        here.or(local).or(team)
    }

    /// Drops a workspace of this computer's own.
    pub fn drop_own(&mut self, name: ConnectionName) {
        match name {
            ConnectionName::ThisComputer => self.this_computer = None,
            ConnectionName::Local(id) => self.locals.retain(|local| local.id != id),
            ConnectionName::Sample | ConnectionName::Team(_) => {}
        }
    }

    /// A team's workspace.
    pub fn team(&self, id: Uuid) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == id)
    }

    /// Sets the seat of a connection; one on this computer can be dropped.
    pub fn set_seat(&mut self, name: ConnectionName, seat: Option<Seat>) {
        match name {
            ConnectionName::ThisComputer => self.this_computer = seat,
            ConnectionName::Sample => self.sample = seat,
            ConnectionName::Team(id) => {
                let team = self.teams.iter_mut().find(|team| team.id == id);
                if let (Some(team), Some(seat)) = (team, seat) {
                    team.seat = seat;
                }
            }
            ConnectionName::Local(id) => {
                let local = self.locals.iter_mut().find(|local| local.id == id);
                if let (Some(local), Some(seat)) = (local, seat) {
                    local.seat = seat;
                }
            }
        }
    }
}

/// The file's place.
pub fn file(data: &Path) -> PathBuf {
    data.join("profile.json")
}

/// Reads the file; one that is not there yet is an empty profile.
pub fn read(data: &Path) -> io::Result<Profile> {
    match fs::read(file(data)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Profile::default()),
        Err(error) => Err(error),
    }
}

/// Replaces the file.
pub fn write(data: &Path, profile: &Profile) -> io::Result<()> {
    replace(&file(data), &serde_json::to_vec_pretty(profile)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_survives_being_written_and_a_missing_one_is_empty() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(read(data.path()).unwrap(), Profile::default());
        let mut profile = Profile { active: Some(ConnectionName::Sample), ..Profile::default() };
        profile.settings.advance = false;
        write(data.path(), &profile).unwrap();
        assert_eq!(read(data.path()).unwrap(), profile);
    }

    #[test]
    fn a_damaged_profile_is_an_error_not_a_fresh_start() {
        let data = tempfile::tempdir().unwrap();
        fs::write(file(data.path()), b"{").unwrap();
        assert!(read(data.path()).is_err());
    }
}
