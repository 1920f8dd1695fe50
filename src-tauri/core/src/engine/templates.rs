//! Templates that are being edited on this computer, and saved as the next version by one command.

use domain::ids::{CommandId, TemplateId};
use domain::table::MAX_BYTES;
use domain::templates::Template;
use domain::{AggregateRef, Body, Command};
use uuid::Uuid;

use super::{Engine, new_id};
use crate::error::{Error, ErrorCode};
use crate::ipc::template::{TemplateDraft, draft_key};
use crate::store;

impl Engine {
    /// Keeps what stands in the editor.
    pub async fn keep_template_draft(&self, draft: &TemplateDraft) -> Result<(), Error> {
        let text = serde_json::to_string(draft).map_err(|error| Error::internal(&error))?;
        // A list is read back up to that length as well.
        if text.len() > 2 * MAX_BYTES {
            return Err(Error::new(ErrorCode::Invalid).with("max", 2 * MAX_BYTES));
        }
        self.keep_draft(draft_key(draft.template.id), text).await
    }

    /// Lets go of what stood in the editor.
    pub async fn drop_template_draft(&self, template: TemplateId) -> Result<(), Error> {
        let (store, _) = self.open_store()?;
        store.write(move |tx| tx.set_draft(&draft_key(template), None).map_err(Error::from)).await
    }

    /// Saves a draft as the version after the one it was begun from, and lets go of the draft: both, or neither.
    /// Where somebody saved that version first, it is refused as changed.
    pub async fn save_template(&self, draft: TemplateDraft) -> Result<(TemplateId, u32), Error> {
        let (id, version) = (draft.template.id, draft.based_on.unwrap_or(0) + 1);
        let template = Template { version, derived: false, ..draft.template };
        let (store, actor, wake) = self.writer()?;
        let (now, aggregate) = (self.now(), AggregateRef::Workspace(self.workspace_id()?));
        let body = Body::TemplateAdd { template: Box::new(template) };
        let command = Command { id: CommandId(Uuid::now_v7()), aggregate, body };
        store
            .write(move |tx| {
                store::submit(tx, &actor, now, command, new_id)?;
                tx.set_draft(&draft_key(id), None).map_err(Error::from)
            })
            .await?;
        wake.wake();
        Ok((id, version))
    }
}
