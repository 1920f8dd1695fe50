//! Taking a workspace of this computer's own off it. One that nobody else has goes into a file first, so that what is lost
//! is what no file holds: secrets, and the backups in its folder.

use super::giving::names;
use super::teams::unsent;
use super::{Engine, blocking, io_error};
use crate::error::{Error, ErrorCode};
use crate::profile::{ConnectionName, Seat};
use crate::vault::Name;

/// Where what was kept is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Removed {
    /// The workspace in one file, where it is in no team.
    pub(crate) kept: Option<String>,
    /// What its service did not have yet.
    pub(crate) unsent: Option<String>,
}

impl Engine {
    /// Takes a workspace off this computer: a further one, or one that went to a team.
    pub(crate) async fn remove_workspace(&self, name: ConnectionName) -> Result<Removed, Error> {
        let seat = self.removable(name)?;
        let before = self.profile().active.filter(|active| *active != name);
        let mut removed = Removed::default();
        if seat.moved.is_none() {
            // It is written as its service has it, so it has to be open.
            self.switch(name).await?;
            removed.kept = Some(self.export_workspace(None).await?.path.display().to_string());
        } else {
            self.forget_given().await?;
        }
        let folder = self.folder_of(name);
        let mut goes = Vec::new();
        self.turn(async || {
            let member = seat.member;
            let unsent = unsent(folder.clone()).await?;
            if !unsent.is_empty() && seat.moved.is_none() {
                removed.unsent = Some(self.save_unsent(seat.workspace, member, &unsent).await?);
            }
            goes = self.secrets_only_of(name).await.unwrap_or_default();
            self.change_profile(|profile| {
                profile.drop_own(name);
                if profile.active == Some(name) {
                    profile.active = before.or_else(|| profile.another());
                }
            })?;
            blocking(move || match std::fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io_error(&error)),
                _ => Ok(()),
            })
            .await
        })
        .await?;
        self.forget(goes).await?;
        Ok(removed)
    }

    fn removable(&self, name: ConnectionName) -> Result<Seat, Error> {
        let seat = self.profile().seat(name).cloned().ok_or_else(Error::not_found)?;
        let moved = seat.moved.as_ref().map(|moved| moved.done.is_some());
        match (name, moved) {
            (_, Some(false)) => Err(Error::new(ErrorCode::Invalid).with("reason", "moving")),
            (ConnectionName::Local(_), _) | (ConnectionName::ThisComputer, Some(true)) => Ok(seat),
            _ => Err(Error::new(ErrorCode::Invalid).with("reason", "not_own")),
        }
    }

    /// What the vault keeps for this workspace and for no other of this computer: the credentials of its sets, and the
    /// originals of its events.
    async fn secrets_only_of(&self, name: ConnectionName) -> Result<Vec<Name>, Error> {
        let stays = self.sets_beside(&[name]).await?;
        let sets = self.sets_of(name).await?.into_iter().filter(|id| !stays.contains(id));
        let mut goes: Vec<Name> = sets.flat_map(names).collect();
        goes.extend(self.originals_of(name).await?);
        Ok(goes)
    }
}
