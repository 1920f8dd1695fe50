//! Threads that own database connections and do one piece of work after another.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// A queue of work and the threads that do it: one for the writer, a few for the readers.
pub(super) struct Lane {
    queue: Mutex<Option<Sender<Work>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Lane {
    /// Starts a thread for each connection.
    pub(super) fn start(name: &str, connections: Vec<Connection>) -> std::io::Result<Self> {
        let (queue, work) = channel::<Work>();
        let work = Arc::new(Mutex::new(work));
        let threads = connections
            .into_iter()
            .map(|connection| {
                let work = Arc::clone(&work);
                std::thread::Builder::new().name(name.to_owned()).spawn(move || run(connection, &work))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { queue: Mutex::new(Some(queue)), threads: Mutex::new(threads) })
    }

    /// Puts work into the queue: work of one lane starts in the order in which it was put there.
    pub(super) fn put(&self, work: impl FnOnce(&mut Connection) + Send + 'static) {
        if let Some(queue) = &*self.queue.lock().unwrap_or_else(PoisonError::into_inner) {
            // Without a receiver the reply's sender drops with the work, and the caller hears that it is closed.
            let _ = queue.send(Box::new(work));
        }
    }

    /// Lets what is queued finish, then ends the threads and closes their connections.
    pub(super) fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // Work that holds the last handle of the store ends it from inside: a thread cannot wait for itself.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

fn run(mut connection: Connection, queue: &Mutex<Receiver<Work>>) {
    loop {
        let work = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = work else { return };
        work(&mut connection);
    }
}
