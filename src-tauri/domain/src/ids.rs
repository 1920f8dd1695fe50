//! Identities. Every id is a `UUIDv7` minted where the thing was made; ids are compared, never ordered by.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// An id with a fixed value, for what is built in.
            pub const fn from_u128(value: u128) -> Self {
                Self(Uuid::from_u128(value))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A partner organisation.
    WorkspaceId;
    /// A person in a workspace.
    MemberId;
    /// One app on Partner Project.
    ProjectId;
    /// A version of a project.
    VersionId;
    /// A checklist run.
    RunId;
    /// An installation. Made of the id that Talkdesk gave it, so that it is the same wherever its event is taken.
    InstallationId;
    /// A checklist template; its versions share the id.
    TemplateId;
    /// A customer.
    CustomerId;
    /// A contact of a customer.
    ContactId;
    /// A partner document.
    DocumentId;
    /// A page of the developer documentation.
    PageId;
    /// A ticket opened with Talkdesk.
    TicketId;
    /// An install case.
    CaseId;
    /// A message template.
    MessageId;
    /// A comment.
    CommentId;
    /// A link to somewhere else.
    ExternalLinkId;
    /// A finding.
    FindingId;
    /// An install link.
    LinkId;
    /// An account of Talkdesk that is the partner's own, or Talkdesk's.
    AccountId;
    /// A submission round.
    RoundId;
    /// A command: also its idempotency key.
    CommandId;
}
