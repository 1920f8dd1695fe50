//! A workspace of this computer's moved to a team's service: history, states, attached files, secrets. From the moment on
//! at which it has a place there nothing is changed here; a move that was cut short goes on where it ended.

use std::collections::BTreeSet;

use domain::files::BlobId;
use domain::ids::WorkspaceId;
use domain::protocol::{Import, Membership};
use domain::{Place, Role};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use super::export::{go_on, name};
use super::files::call_error;
use super::import::Ids;
use super::{Engine, State};
use crate::error::{Error, ErrorCode};
use crate::jobs::{Job, JobKind};
use crate::profile::{ConnectionName, Move, Seat, Team};
use crate::sync::Whole;

/// Where in a team's service a workspace goes.
pub(crate) enum Destination {
    /// One that is made by a code that the service printed.
    New(String),
    /// One that the person made and in which nothing was done yet.
    Empty(WorkspaceId),
}

impl Engine {
    /// Moves the open workspace, which is this computer's own, to a team's service, and opens it there.
    pub(crate) async fn move_workspace(
        &self,
        url: &str,
        registration: Uuid,
        to: Destination,
    ) -> Result<(), Error> {
        let (name, seat, store) = self.movable()?;
        // A change that waits for a person would be left behind.
        let (_, unsettled) = store.read(|view| view.glance().map_err(Error::from)).await?;
        let stuck = store.read(|view| view.counts().map_err(Error::from)).await?;
        if unsettled + stuck.conflicted + stuck.refused > 0 {
            return Err(Error::new(ErrorCode::Invalid).with("reason", "unsettled"));
        }
        // The code serves once: what would not go there later does not begin.
        self.can_give(&self.sets_here(&store).await?, url, registration).await?;
        let made = self.place_at(url, registration, to).await?;
        let there = Seat {
            workspace: made.workspace,
            member: made.member,
            name: made.name,
            roles: made.roles,
            moved: None,
        };
        let url = super::teams::service(url)?.into();
        let team = Team { id: Uuid::now_v7(), url, registration, seat: there };
        let moved = Move { team, import: Uuid::now_v7(), done: None, given: Vec::new() };
        let seat = Seat { moved: Some(Box::new(moved)), ..seat };
        self.set_moved(name, seat)?;
        self.go_on_moving().await
    }

    async fn place_at(&self, url: &str, registration: Uuid, to: Destination) -> Result<Membership, Error> {
        let people = self.people_at(url, registration, None)?;
        let workspace = match to {
            Destination::New(code) => return people.found(&code).await,
            Destination::Empty(workspace) => workspace,
        };
        let known = people.workspaces().await?.into_iter().find(|known| known.workspace == workspace);
        let place = known.filter(|known| known.roles.contains(&Role::Admin)).ok_or_else(Error::not_found)?;
        if self.people_at(url, registration, Some(workspace))?.me().await?.head > 0 {
            return Err(Error::new(ErrorCode::Invalid)
                .with("reason", "not_empty")
                .at(Place::input("workspace")));
        }
        Ok(place)
    }

    /// Goes on with a move of the open workspace that was cut short.
    pub(crate) async fn go_on_moving(&self) -> Result<(), Error> {
        // One at a time: two would send the same. Whoever comes second finds nothing left to do.
        let _moving = self.0.moving.lock().await;
        let (store, seat, whole) = self.open_whole()?;
        let name = self.open_name()?;
        let Some(moved) = seat.moved.clone().filter(|moved| moved.done.is_none()) else { return Ok(()) };
        let team = moved.team.clone();
        let job = self.jobs().begin(JobKind::Move);
        let there = Whole::new(self.transport_of(&team)?);
        let ids = Ids(vec![
            (seat.workspace.to_string(), team.seat.workspace.to_string()),
            (seat.member.to_string(), team.seat.member.to_string()),
        ]);
        carry(&whole, &there, &ids, moved.import, &job).await?;
        let sets = self.sets_here(&store).await?;
        self.give(&sets, &team, &job).await?;
        drop(job);
        let given = sets.into_iter().map(|set| set.id).collect();
        let done = Move { done: Some(self.now()), given, ..*moved };
        self.turn(async || {
            self.change_profile(|profile| {
                profile.set_seat(name, Some(Seat { moved: Some(Box::new(done)), ..seat }));
                profile.active = Some(ConnectionName::Team(team.id));
                if profile.team(team.id).is_none() {
                    profile.teams.push(team);
                }
            })
        })
        .await?;
        // Everything is there, whatever becomes of this: the next start does it again.
        if let Err(error) = self.forget_given().await {
            tracing::warn!(code = ?error.code, "secrets that a team's service keeps are still here");
        }
        Ok(())
    }

    /// Gives a move up that did not come to its end: the workspace is as it was, and what came to the service stays
    /// there, unfinished.
    pub(crate) fn stop_moving(&self) -> Result<(), Error> {
        let Ok(_moving) = self.0.moving.try_lock() else {
            return Err(Error::new(ErrorCode::Invalid).with("reason", "moving"));
        };
        let (name, seat) = match &*self.state() {
            State::Open(open) => (open.name, open.seat.clone()),
            _ => return Err(Error::new(ErrorCode::NotOpen)),
        };
        if seat.moved.as_ref().is_none_or(|moved| moved.done.is_some()) {
            return Err(Error::not_found());
        }
        self.set_moved(name, Seat { moved: None, ..seat })
    }

    /// Goes on by itself where a move of what is open was cut short.
    pub(super) fn resume_moving(&self) {
        let unfinished = match &*self.state() {
            State::Open(open) => open.seat.moved.as_ref().is_some_and(|moved| moved.done.is_none()),
            _ => false,
        };
        if !unfinished || self.left().is_some() {
            return;
        }
        let engine = self.clone();
        tokio::spawn(async move {
            if let Err(error) = engine.go_on_moving().await {
                tracing::info!(code = ?error.code, "the move to the team's service waits");
            }
        });
    }

    fn movable(&self) -> Result<(ConnectionName, Seat, crate::store::Store), Error> {
        match &*self.state() {
            State::Open(open) if open.name.is_own() && open.seat.moved.is_none() => {
                Ok((open.name, open.seat.clone(), open.store.clone()))
            }
            State::Open(_) => Err(Error::new(ErrorCode::Invalid).with("reason", "not_own")),
            _ => Err(Error::new(ErrorCode::NotOpen)),
        }
    }

    fn open_name(&self) -> Result<ConnectionName, Error> {
        match &*self.state() {
            State::Open(open) => Ok(open.name),
            _ => Err(Error::new(ErrorCode::NotOpen)),
        }
    }

    /// Keeps how the move of what is open stands, before anything else is done about it.
    fn set_moved(&self, name: ConnectionName, seat: Seat) -> Result<(), Error> {
        self.change_profile(|profile| profile.set_seat(name, Some(seat.clone())))?;
        if let State::Open(open) = &mut *self.state_mut()
            && open.name == name
        {
            open.seat = seat;
        }
        self.told(&["workspace", "settings"]);
        Ok(())
    }
}

/// Carries everything over; what is there already is not sent again, or changes nothing.
async fn carry(from: &Whole, to: &Whole, ids: &Ids, import: Uuid, job: &Job) -> Result<(), Error> {
    let failed = |error: crate::sync::CallError| call_error(&error);
    let there = to.me().await.map_err(failed)?.head;
    let mut found = BTreeSet::new();
    let mut after = 0;
    loop {
        let page = from.changes(after).await.map_err(failed)?;
        let (more, head) = (page.more, page.head);
        after = page.last().unwrap_or(after);
        go_on(job, after, head)?;
        let rows = page.take();
        name(&rows, &mut found);
        if after > there || head == 0 {
            let part = Import { id: import, changes: renamed(&rows, ids)?, states: Vec::new(), done: false };
            to.import(&part).await.map_err(failed)?;
        }
        if !more {
            break;
        }
    }
    let mut states = 0;
    loop {
        let page = from.states(states).await.map_err(failed)?;
        let more = page.more;
        states = page.last().unwrap_or(states);
        let rows = page.take();
        name(&rows, &mut found);
        let part = Import { id: import, changes: Vec::new(), states: renamed(&rows, ids)?, done: false };
        to.import(&part).await.map_err(failed)?;
        if !more {
            break;
        }
    }
    send_files(from, to, &found, job).await?;
    let last = Import { id: import, changes: Vec::new(), states: Vec::new(), done: true };
    to.import(&last).await.map(drop).map_err(failed)
}

async fn send_files(from: &Whole, to: &Whole, found: &BTreeSet<BlobId>, job: &Job) -> Result<(), Error> {
    for (n, id) in (0..).zip(found) {
        go_on(job, n, found.len() as u64)?;
        // One that is not here any more is not to be had there either, as it was.
        if let Some(bytes) = from.file(*id).await.map_err(|error| call_error(&error))? {
            to.send_file(*id, bytes).await.map_err(|error| call_error(&error))?;
        }
    }
    Ok(())
}

fn renamed<T: DeserializeOwned>(rows: &[Value], ids: &Ids) -> Result<Vec<T>, Error> {
    let read = rows.iter().map(|row| serde_json::from_str(&ids.replaced(&row.to_string())));
    read.collect::<Result<_, _>>().map_err(|error| Error::internal(&error))
}

/// The host that a workspace went to.
pub(crate) fn host_of(team: &Team) -> String {
    let url = Url::parse(&team.url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}
