//! The embedded partner service: the same router as the binary's, over `SQLite`, in this process, with no port opened.

use std::path::Path;
use std::sync::Arc;

use domain::Role;
use partner_core::engine::{Embedded, EmbeddedFault};
use partner_core::profile::Seat;
use partner_core::sync::{InProcess, Transport};
use partner_service::{Files, Identities, OpenError};

/// Opens the service for the engine.
#[derive(Clone, Copy, Debug)]
pub struct Service;

impl Embedded for Service {
    fn open(&self, database: &Path, seat: &Seat) -> Result<Arc<dyn Transport>, EmbeddedFault> {
        let service =
            partner_service::Service::open(database, identity(seat), partner_service::system_clock())
                .map_err(fault)?;
        // The desktop's own folder: what it has, its service has.
        let folder = database.with_file_name(partner_core::blobs::FOLDER);
        let service = service.keeping(Files::of_one_workspace(&folder));
        Ok(Arc::new(InProcess::new(service.router())))
    }

    fn restore(&self, backup: &Path, database: &Path, seat: &Seat) -> Result<(), EmbeddedFault> {
        let clock = partner_service::system_clock();
        partner_service::Service::open_restored(backup, database, identity(seat), clock)
            .map(drop)
            .map_err(fault)
    }
}

/// The person who sits here holds every role: nobody else is there.
fn identity(seat: &Seat) -> Identities {
    Identities::Embedded {
        workspace: seat.workspace,
        member: seat.member,
        name: seat.name.clone(),
        roles: Role::ALL.to_vec(),
    }
}

fn fault(error: OpenError) -> EmbeddedFault {
    match error {
        OpenError::TooNew { found, known } => EmbeddedFault::TooNew { found, known },
        OpenError::Damaged => EmbeddedFault::Damaged,
        other => EmbeddedFault::Other(other.to_string()),
    }
}
