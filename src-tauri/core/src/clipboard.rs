//! The clipboard: one thread owns it for the life of the process, because on X11 and Wayland the owner serves what
//! was copied. It is told to let go at the end and is waited for, briefly: the process's exit drops nothing.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use tokio::sync::oneshot;

/// How long the end waits for the clipboard.
const PATIENCE: Duration = Duration::from_millis(300);

/// Why nothing was copied, or nothing could be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ClipboardError {
    /// There is no clipboard: no display, or none that can be reached.
    #[error("no clipboard is available")]
    Unavailable,
    /// Another program holds it.
    #[error("the clipboard is held by another program")]
    Occupied,
    /// It holds no text.
    #[error("the clipboard holds no text")]
    NoText,
    /// The clipboard was shut down, or failed in a way of its own.
    #[error("the clipboard failed")]
    Failed,
}

impl From<arboard::Error> for ClipboardError {
    fn from(error: arboard::Error) -> Self {
        match error {
            arboard::Error::ClipboardNotSupported => Self::Unavailable,
            arboard::Error::ClipboardOccupied => Self::Occupied,
            arboard::Error::ContentNotAvailable | arboard::Error::ConversionFailure => Self::NoText,
            _ => Self::Failed,
        }
    }
}

/// What holds a text for other programs.
trait Board {
    fn set(&mut self, text: String) -> Result<(), ClipboardError>;
    fn get(&mut self) -> Result<String, ClipboardError>;
}

impl Board for arboard::Clipboard {
    fn set(&mut self, text: String) -> Result<(), ClipboardError> {
        Ok(self.set_text(text)?)
    }
    fn get(&mut self) -> Result<String, ClipboardError> {
        Ok(self.get_text()?)
    }
}

enum Order {
    Copy(String, oneshot::Sender<Result<(), ClipboardError>>),
    Paste(oneshot::Sender<Result<String, ClipboardError>>),
    End(oneshot::Sender<()>),
}

/// A handle on the thread that owns the clipboard; clones share it.
#[derive(Clone, Debug)]
pub struct Clipboard(Sender<Order>);

impl Clipboard {
    /// Starts the thread. The clipboard itself is opened with the first copy, so that a start never fails on it.
    pub fn start() -> Self {
        Self::over(|| Ok(arboard::Clipboard::new()?))
    }

    fn over<B: Board>(open: impl Fn() -> Result<B, ClipboardError> + Send + 'static) -> Self {
        let (orders, queue) = channel();
        // Without a thread the queue is dropped, and each copy answers `Failed`.
        let _ = std::thread::Builder::new().name("clipboard".to_owned()).spawn(move || own(&queue, open));
        Self(orders)
    }

    /// Copies a text. `Ok` means that the clipboard took it.
    pub async fn copy(&self, text: &str) -> Result<(), ClipboardError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Order::Copy(text.to_owned(), reply)).map_err(|_| ClipboardError::Failed)?;
        answer.await.unwrap_or(Err(ClipboardError::Failed))
    }

    /// The text on the clipboard.
    pub async fn paste(&self) -> Result<String, ClipboardError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Order::Paste(reply)).map_err(|_| ClipboardError::Failed)?;
        answer.await.unwrap_or(Err(ClipboardError::Failed))
    }

    /// Lets go of the clipboard, so that a clipboard manager can take over what was copied, and waits for it, 300 ms
    /// at most. Whether it ended in time.
    pub async fn stop(&self) -> bool {
        let (reply, done) = oneshot::channel();
        self.0.send(Order::End(reply)).is_err() || tokio::time::timeout(PATIENCE, done).await.is_ok()
    }
}

fn own<B: Board>(queue: &Receiver<Order>, open: impl Fn() -> Result<B, ClipboardError>) {
    let mut board: Option<B> = None;
    while let Ok(order) = queue.recv() {
        match order {
            Order::Copy(text, reply) => {
                let _ = reply.send(with(&mut board, &open, |board| board.set(text.clone())));
            }
            Order::Paste(reply) => {
                let _ = reply.send(with(&mut board, &open, B::get));
            }
            Order::End(reply) => {
                drop(board);
                let _ = reply.send(());
                return;
            }
        }
    }
}

/// Does something with the clipboard; one that failed is opened anew, once: its display may have gone and come.
fn with<B: Board, T>(
    board: &mut Option<B>,
    open: impl Fn() -> Result<B, ClipboardError>,
    act: impl Fn(&mut B) -> Result<T, ClipboardError>,
) -> Result<T, ClipboardError> {
    if let Some(known) = board {
        match act(known) {
            Err(ClipboardError::Failed | ClipboardError::Unavailable) => *board = None,
            done => return done,
        }
    }
    act(board.insert(open()?))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Fake {
        held: Arc<Mutex<Option<String>>>,
        opened: Arc<AtomicUsize>,
        dropped: Arc<AtomicUsize>,
        fails: Arc<AtomicUsize>,
    }

    impl Board for Fake {
        fn set(&mut self, text: String) -> Result<(), ClipboardError> {
            if self.fails.load(Ordering::SeqCst) > 0 {
                self.fails.fetch_sub(1, Ordering::SeqCst);
                return Err(ClipboardError::Failed);
            }
            *self.held.lock().unwrap() = Some(text);
            Ok(())
        }
        fn get(&mut self) -> Result<String, ClipboardError> {
            self.held.lock().unwrap().clone().ok_or(ClipboardError::NoText)
        }
    }

    struct Counted(Fake);
    impl Board for Counted {
        fn set(&mut self, text: String) -> Result<(), ClipboardError> {
            self.0.set(text)
        }
        fn get(&mut self) -> Result<String, ClipboardError> {
            self.0.get()
        }
    }
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn clipboard(fake: &Fake) -> Clipboard {
        let fake = fake.clone();
        Clipboard::over(move || {
            fake.opened.fetch_add(1, Ordering::SeqCst);
            Ok(Counted(fake.clone()))
        })
    }

    #[tokio::test]
    async fn copied_text_stays_with_one_owner_until_the_end() {
        let fake = Fake::default();
        let clipboard = clipboard(&fake);
        assert_eq!(clipboard.paste().await, Err(ClipboardError::NoText));
        clipboard.copy("https://example.com/a").await.unwrap();
        clipboard.copy("https://example.com/b").await.unwrap();
        assert_eq!(clipboard.paste().await.unwrap(), "https://example.com/b");
        assert_eq!(fake.opened.load(Ordering::SeqCst), 1);
        assert_eq!(fake.dropped.load(Ordering::SeqCst), 0);
        assert!(clipboard.stop().await);
        assert_eq!(fake.dropped.load(Ordering::SeqCst), 1, "dropped before the end is reported");
        assert_eq!(clipboard.copy("late").await, Err(ClipboardError::Failed));
        assert!(clipboard.stop().await, "a second end is no error");
    }

    #[tokio::test]
    async fn a_clipboard_that_failed_is_opened_anew_once() {
        let fake = Fake::default();
        let clipboard = clipboard(&fake);
        clipboard.copy("first").await.unwrap();
        fake.fails.store(1, Ordering::SeqCst);
        clipboard.copy("second").await.unwrap();
        assert_eq!(fake.opened.load(Ordering::SeqCst), 2);
        fake.fails.store(5, Ordering::SeqCst);
        assert_eq!(clipboard.copy("third").await, Err(ClipboardError::Failed));
        assert_eq!(clipboard.paste().await.unwrap(), "second", "a failed copy changes nothing");
    }

    #[tokio::test]
    async fn without_a_clipboard_a_copy_says_so() {
        let clipboard = Clipboard::over(|| Err::<Fake, _>(ClipboardError::Unavailable));
        assert_eq!(clipboard.copy("text").await, Err(ClipboardError::Unavailable));
        assert!(clipboard.stop().await);
    }

    #[tokio::test]
    async fn the_end_is_not_waited_for_for_ever() {
        struct Slow;
        impl Board for Slow {
            fn set(&mut self, _: String) -> Result<(), ClipboardError> {
                Ok(())
            }
            fn get(&mut self) -> Result<String, ClipboardError> {
                Ok(String::new())
            }
        }
        impl Drop for Slow {
            fn drop(&mut self) {
                std::thread::sleep(Duration::from_secs(2));
            }
        }
        let clipboard = Clipboard::over(|| Ok(Slow));
        clipboard.copy("text").await.unwrap();
        let start = std::time::Instant::now();
        assert!(!clipboard.stop().await);
        assert!(start.elapsed() < Duration::from_secs(1));
    }
}
