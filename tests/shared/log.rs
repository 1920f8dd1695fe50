//! What a whole process logs, kept in memory: everybody's, what other tests of the process write included. A log of one
//! thread would miss the places that another thread came to first.

use std::io;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Once a process.
    pub fn start(level: tracing::Level) -> Self {
        let log = Self::default();
        let writes = log.clone();
        let written = tracing_subscriber::fmt().with_writer(move || writes.clone()).with_max_level(level);
        written.with_ansi(false).init();
        log
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
