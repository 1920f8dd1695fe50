//! The partner service as its callers meet it: over the router, over a socket, and as a program that is killed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

/// Runs each of these tests on both storages: `mod::sqlite::name` and `mod::postgres::name`.
macro_rules! both {
    ($($name:ident,)*) => {
        mod sqlite {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::world::On::Sqlite).await;
            }
        )*}
        mod postgres {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if crate::world::can_run(crate::world::On::Postgres) {
                    super::$name(crate::world::On::Postgres).await;
                }
            }
        )*}
    };
}
pub(crate) use both;

mod agreement;
mod calls;
mod commands;
mod crash;
mod faults;
mod files;
mod folded;
mod hooks;
mod identity;
mod import;
mod ingest;
mod journey;
mod live;
mod names;
mod opening;
mod operation;
mod reading;
mod redacting;
mod relay;
mod replicas;
mod secrets;
mod socket;
mod sweep;
mod telling;
mod world;
