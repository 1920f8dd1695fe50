//! What desktops read of a feed beside its pages: who the service takes them for.

use domain::protocol::Me;

use crate::LEAST_PROTOCOL;
use crate::error::StoreError;
use crate::identity::Caller;
use crate::storage::Storage;

pub(crate) async fn me(storage: &dyn Storage, caller: Caller) -> Result<Me, StoreError> {
    let feed = storage.feed(caller.workspace).await?;
    Ok(Me {
        workspace: caller.workspace,
        member: caller.member,
        name: caller.name,
        roles: caller.roles,
        epoch: feed.epoch,
        head: feed.head,
        least_protocol: LEAST_PROTOCOL,
    })
}
