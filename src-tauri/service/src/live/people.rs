//! Who listens: here now. Somebody whose connection broke is given [`REST`] to come back before they count as gone, so
//! that a token that ran out or a network that blinked moves nobody in anybody's list.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Weak;
use std::time::Duration;

use domain::Timestamp;
use domain::ids::{MemberId, WorkspaceId};
use domain::protocol::Present;
use tokio::time::Instant;

use super::Live;
use crate::storage::Hint;

/// How long whoever has no connection any more still counts as here. They are gone at the first look after it.
const REST: Duration = Duration::from_secs(10);

/// Those who listen to this process.
#[derive(Default)]
pub(super) struct People {
    here: BTreeMap<(WorkspaceId, MemberId), One>,
    /// Workspaces to look at, and whether it was here that somebody came or went: other processes are told then.
    looks: BTreeMap<WorkspaceId, bool>,
}

struct One {
    since: Timestamp,
    connections: usize,
    /// When the last connection ended.
    left: Option<Instant>,
}

impl People {
    pub(super) fn enter(&mut self, workspace: WorkspaceId, member: MemberId, now: Timestamp) {
        let new = || One { since: now, connections: 0, left: None };
        let one = self.here.entry((workspace, member)).or_insert_with(new);
        one.connections += 1;
        one.left = None;
        self.looks.insert(workspace, true);
    }

    fn leave(&mut self, workspace: WorkspaceId, member: MemberId) {
        if let Some(one) = self.here.get_mut(&(workspace, member)) {
            one.connections = one.connections.saturating_sub(1);
            if one.connections == 0 {
                one.left = Some(Instant::now());
            }
        }
    }

    pub(super) fn look_at(&mut self, workspace: WorkspaceId) {
        self.looks.entry(workspace).or_default();
    }

    /// All workspaces that are listened to; whoever has been away for long is gone.
    pub(super) fn look_at_all(&mut self, listened: impl IntoIterator<Item = WorkspaceId>) {
        let Self { here, looks } = self;
        for workspace in listened {
            looks.entry(workspace).or_default();
        }
        here.retain(|(workspace, _), one| {
            let stays = one.left.is_none_or(|left| left.elapsed() < REST);
            if !stays {
                looks.insert(*workspace, true);
            }
            stays
        });
        for (workspace, _) in here.keys() {
            looks.entry(*workspace).or_default();
        }
    }

    /// What there is to look at, and who is here of it.
    fn take(&mut self) -> (BTreeMap<WorkspaceId, bool>, Vec<(WorkspaceId, Present)>) {
        let looks = std::mem::take(&mut self.looks);
        let here = self.here.iter().filter(|((workspace, _), _)| looks.contains_key(workspace));
        let here = here
            .map(|((workspace, member), one)| (*workspace, Present { member: *member, since: one.since }));
        (looks.clone(), here.collect())
    }

    /// Somebody who was here before at another process, which ended, is here since then.
    fn known(&mut self, workspace: WorkspaceId, one: &Present) {
        if let Some(here) = self.here.get_mut(&(workspace, one.member)) {
            here.since = here.since.min(one.since);
        }
    }
}

impl Live {
    /// Says who is here, and hears who is elsewhere.
    pub(super) async fn look_at_people(&self) {
        let (looks, here) = self.shared().people.take();
        if looks.is_empty() {
            return;
        }
        let workspaces: BTreeSet<WorkspaceId> = looks.keys().copied().collect();
        let all = match self.storage.meet(self.process, &workspaces, here).await {
            Ok(all) => all,
            Err(error) => {
                tracing::warn!(%error, "who is here cannot be shared");
                // The next look is never far away, and tells what this one could not.
                let mut shared = self.shared();
                for (workspace, changed) in looks {
                    *shared.people.looks.entry(workspace).or_default() |= changed;
                }
                return;
            }
        };
        let mut of: BTreeMap<WorkspaceId, Vec<Present>> =
            workspaces.into_iter().map(|workspace| (workspace, Vec::new())).collect();
        let mut shared = self.shared();
        for (workspace, one) in all {
            shared.people.known(workspace, &one);
            of.entry(workspace).or_default().push(one);
        }
        for (workspace, here) in of {
            if let Some(feed) = shared.feeds.get(&workspace) {
                feed.send_if_modified(|at| {
                    let changed = at.here.as_ref() != Some(&here);
                    at.here = Some(here);
                    changed
                });
            }
        }
        drop(shared);
        for (workspace, changed) in looks {
            if changed {
                self.storage.tell(Hint::People(workspace));
            }
        }
    }
}

/// Somebody who listens, for as long as this lives.
pub(crate) struct Connection {
    live: Weak<Live>,
    workspace: WorkspaceId,
    member: MemberId,
}

impl Connection {
    pub(super) fn new(live: Weak<Live>, workspace: WorkspaceId, member: MemberId) -> Self {
        Self { live, workspace, member }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(live) = self.live.upgrade() {
            live.shared().people.leave(self.workspace, self.member);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEAM: WorkspaceId = WorkspaceId::from_u128(1);
    const WHO: MemberId = MemberId::from_u128(2);

    fn here(people: &mut People) -> Vec<i64> {
        people.take().1.into_iter().map(|(_, one)| one.since.0).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_comes_back_soon_was_never_away() {
        let mut people = People::default();
        people.enter(TEAM, WHO, Timestamp(1));
        people.enter(TEAM, WHO, Timestamp(2));
        assert_eq!(people.looks, BTreeMap::from([(TEAM, true)]));
        assert_eq!(here(&mut people), [1]);
        // One of two desktops is closed, and then the other, which is opened again.
        people.leave(TEAM, WHO);
        tokio::time::advance(REST * 2).await;
        people.look_at_all([TEAM]);
        assert_eq!(here(&mut people), [1]);
        people.leave(TEAM, WHO);
        tokio::time::advance(REST / 2).await;
        people.look_at_all([TEAM]);
        assert_eq!(people.looks, BTreeMap::from([(TEAM, false)]), "nothing to tell others");
        assert_eq!(here(&mut people), [1]);
        people.enter(TEAM, WHO, Timestamp(9));
        assert_eq!(here(&mut people), [1]);
        // Gone, also where nobody listens any more.
        people.leave(TEAM, WHO);
        tokio::time::advance(REST).await;
        people.look_at_all([]);
        assert_eq!(people.looks, BTreeMap::from([(TEAM, true)]), "others are told");
        assert!(here(&mut people).is_empty());
        // Back after that, and here since before at another process.
        people.enter(TEAM, WHO, Timestamp(20));
        people.known(TEAM, &Present { member: WHO, since: Timestamp(15) });
        people.known(TEAM, &Present { member: WHO, since: Timestamp(30) });
        assert_eq!(here(&mut people), [15]);
    }
}
