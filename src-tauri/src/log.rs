//! The log: a file a day in the data folder, the last seven kept. Secrets never reach it: they have no Debug.

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// What is logged where `PARTNER_CONSOLE_LOG` does not say otherwise.
const DEFAULT: &str = "warn,partner_console=info,partner_core=info,partner_service=info";

/// Starts the log; it ends with what is returned. Where the folder cannot be written to there is none.
pub fn start(data: &Path) -> Option<WorkerGuard> {
    let folder = data.join("logs");
    // Made first: the appender complains on standard error about old files in a folder that is not there.
    std::fs::create_dir_all(&folder).ok()?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("console")
        .filename_suffix("log")
        .max_log_files(7)
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env("PARTNER_CONSOLE_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false).try_init().ok()?;
    let said = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(%panic, "panic");
        said(panic);
    }));
    Some(guard)
}
