//! The clipboard: one thread owns it for the life of the process, because on X11 and Wayland the owner serves what
//! was copied. It is told to let go at the end and is waited for, briefly: the process's exit drops nothing.
//!
//! A secret is kept out of the histories that know the word for it, and cleared after a minute and at the end, if it is
//! still what was copied last.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::secret::Secret;

/// How long the end waits for the clipboard.
const PATIENCE: Duration = Duration::from_millis(300);

/// How long a secret stays.
pub const SECRET: Duration = Duration::from_mins(1);

/// Why nothing was copied, or nothing could be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ClipboardError {
    /// There is no clipboard: no display, or none that can be reached.
    #[error("no clipboard is available")]
    Unavailable,
    /// Another program holds it.
    #[error("the clipboard is held by another program")]
    Occupied,
    /// It holds no text, or no picture where one was asked for.
    #[error("the clipboard holds nothing of this kind")]
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
    fn set_secret(&mut self, text: String) -> Result<(), ClipboardError>;
    fn get(&mut self) -> Result<String, ClipboardError>;
    fn clear(&mut self) -> Result<(), ClipboardError>;
    fn picture(&mut self) -> Result<Picture, ClipboardError>;
}

/// A picture as a clipboard holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// Pixels from left to right.
    pub width: usize,
    /// Pixels from top to bottom.
    pub height: usize,
    /// Red, green, blue and opacity of each, row by row.
    pub rgba: Vec<u8>,
}

impl Board for arboard::Clipboard {
    fn set(&mut self, text: String) -> Result<(), ClipboardError> {
        Ok(self.set_text(text)?)
    }
    fn set_secret(&mut self, text: String) -> Result<(), ClipboardError> {
        #[cfg(target_os = "macos")]
        use arboard::SetExtApple as _;
        #[cfg(target_os = "linux")]
        use arboard::SetExtLinux as _;
        #[cfg(target_os = "windows")]
        use arboard::SetExtWindows as _;
        let set = arboard::Clipboard::set(self);
        #[cfg(any(target_os = "linux", target_os = "macos", target_os = "windows"))]
        let set = set.exclude_from_history();
        Ok(set.text(text)?)
    }
    fn get(&mut self) -> Result<String, ClipboardError> {
        Ok(self.get_text()?)
    }
    fn clear(&mut self) -> Result<(), ClipboardError> {
        Ok(arboard::Clipboard::clear(self)?)
    }
    fn picture(&mut self) -> Result<Picture, ClipboardError> {
        let image = self.get_image()?;
        Ok(Picture { width: image.width, height: image.height, rgba: image.bytes.into_owned() })
    }
}

enum Order {
    Copy(String, oneshot::Sender<Result<(), ClipboardError>>),
    CopySecret(Secret<String>, oneshot::Sender<Result<(), ClipboardError>>),
    Paste(oneshot::Sender<Result<String, ClipboardError>>),
    Picture(oneshot::Sender<Result<Picture, ClipboardError>>),
    End(oneshot::Sender<()>),
}

/// A handle on the thread that owns the clipboard; clones share it.
#[derive(Clone, Debug)]
pub struct Clipboard(Sender<Order>);

impl Clipboard {
    /// Starts the thread. The clipboard itself is opened with the first copy, so that a start never fails on it.
    pub fn start() -> Self {
        Self::over(Instant::now, || Ok(arboard::Clipboard::new()?))
    }

    fn over<B: Board>(
        now: impl Fn() -> Instant + Send + 'static,
        open: impl Fn() -> Result<B, ClipboardError> + Send + 'static,
    ) -> Self {
        let (orders, queue) = channel();
        // Without a thread the queue is dropped, and each copy answers `Failed`.
        let name = "clipboard".to_owned();
        let _ = std::thread::Builder::new().name(name).spawn(move || own(&queue, now, open));
        Self(orders)
    }

    /// Copies a text. `Ok` means that the clipboard took it.
    pub async fn copy(&self, text: &str) -> Result<(), ClipboardError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Order::Copy(text.to_owned(), reply)).map_err(|_| ClipboardError::Failed)?;
        answer.await.unwrap_or(Err(ClipboardError::Failed))
    }

    /// Copies a secret, for a minute.
    pub async fn copy_secret(&self, secret: Secret<String>) -> Result<(), ClipboardError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Order::CopySecret(secret, reply)).map_err(|_| ClipboardError::Failed)?;
        answer.await.unwrap_or(Err(ClipboardError::Failed))
    }

    /// The text on the clipboard.
    pub async fn paste(&self) -> Result<String, ClipboardError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Order::Paste(reply)).map_err(|_| ClipboardError::Failed)?;
        answer.await.unwrap_or(Err(ClipboardError::Failed))
    }

    /// The picture on the clipboard.
    pub async fn picture(&self) -> Result<Picture, ClipboardError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Order::Picture(reply)).map_err(|_| ClipboardError::Failed)?;
        answer.await.unwrap_or(Err(ClipboardError::Failed))
    }

    /// Lets go of the clipboard, so that a clipboard manager can take over what was copied, and waits for it, 300 ms
    /// at most. Whether it ended in time.
    pub async fn stop(&self) -> bool {
        let (reply, done) = oneshot::channel();
        self.0.send(Order::End(reply)).is_err() || tokio::time::timeout(PATIENCE, done).await.is_ok()
    }
}

fn own<B: Board>(
    queue: &Receiver<Order>,
    now: impl Fn() -> Instant,
    open: impl Fn() -> Result<B, ClipboardError>,
) {
    let mut board: Option<B> = None;
    // The secret that was copied last, and until when it stays.
    let mut secret: Option<(Secret<String>, Instant)> = None;
    loop {
        let order = match &secret {
            None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some((_, until)) => match until.saturating_duration_since(now()) {
                Duration::ZERO => Err(RecvTimeoutError::Timeout),
                left => queue.recv_timeout(left),
            },
        };
        let order = match order {
            Ok(order) => order,
            Err(RecvTimeoutError::Timeout) => {
                let due = secret.take_if(|(_, until)| *until <= now());
                clear(&mut board, due);
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return clear(&mut board, secret.take()),
        };
        match order {
            Order::Copy(text, reply) => {
                let _ = reply.send(with(&mut board, &open, |board| board.set(text.clone())));
            }
            Order::CopySecret(text, reply) => {
                let set = with(&mut board, &open, |board| board.set_secret(text.expose().clone()));
                if set.is_ok() {
                    secret = Some((text, now() + SECRET));
                }
                let _ = reply.send(set);
            }
            Order::Paste(reply) => {
                let _ = reply.send(with(&mut board, &open, B::get));
            }
            Order::Picture(reply) => {
                let _ = reply.send(with(&mut board, &open, B::picture));
            }
            Order::End(reply) => {
                clear(&mut board, secret.take());
                drop(board);
                let _ = reply.send(());
                return;
            }
        }
    }
}

/// Clears the clipboard of a secret, unless something else was copied since, by whomever.
fn clear<B: Board>(board: &mut Option<B>, secret: Option<(Secret<String>, Instant)>) {
    let (Some(board), Some((secret, _))) = (board, secret) else { return };
    let held = board.get().map(Secret::new);
    if held.is_ok_and(|held| held.expose() == secret.expose())
        && let Err(error) = board.clear()
    {
        tracing::warn!(%error, "a secret could not be cleared from the clipboard");
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
    use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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
        fn set_secret(&mut self, text: String) -> Result<(), ClipboardError> {
            self.set(text)
        }
        fn get(&mut self) -> Result<String, ClipboardError> {
            self.held.lock().unwrap().clone().ok_or(ClipboardError::NoText)
        }
        fn clear(&mut self) -> Result<(), ClipboardError> {
            *self.held.lock().unwrap() = None;
            Ok(())
        }
        fn picture(&mut self) -> Result<Picture, ClipboardError> {
            Err(ClipboardError::NoText)
        }
    }

    struct Counted(Fake);
    impl Board for Counted {
        fn set(&mut self, text: String) -> Result<(), ClipboardError> {
            self.0.set(text)
        }
        fn set_secret(&mut self, text: String) -> Result<(), ClipboardError> {
            self.0.set_secret(text)
        }
        fn get(&mut self) -> Result<String, ClipboardError> {
            self.0.get()
        }
        fn clear(&mut self) -> Result<(), ClipboardError> {
            self.0.clear()
        }
        fn picture(&mut self) -> Result<Picture, ClipboardError> {
            self.0.picture()
        }
    }
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn clipboard(fake: &Fake) -> Clipboard {
        clearing(fake, Instant::now)
    }

    fn clearing(fake: &Fake, now: impl Fn() -> Instant + Send + 'static) -> Clipboard {
        let fake = fake.clone();
        Clipboard::over(now, move || {
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
    async fn a_secret_goes_after_its_time_and_at_the_end_if_it_is_still_there() {
        let held = |fake: &Fake| fake.held.lock().unwrap().clone();
        let secret = || Secret::new("s3cret".to_owned());

        // By a clock of the test's own: whoever asks for what is there wakes the thread, which looks at it.
        let (begun, passed) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let clock = {
            let passed = passed.clone();
            move || begun + Duration::from_millis(passed.load(Ordering::SeqCst))
        };
        let fake = Fake::default();
        let minute = clearing(&fake, clock.clone());
        let at = async |ms: u64| {
            passed.store(ms, Ordering::SeqCst);
            // The first answer may be older than the look at the clock behind it.
            let _ = minute.paste().await;
            minute.paste().await
        };
        minute.copy_secret(secret()).await.unwrap();
        for ms in [0, 30_000, 59_999] {
            assert_eq!(at(ms).await.as_deref(), Ok("s3cret"), "after {ms} ms");
        }
        assert_eq!(at(60_000).await, Err(ClipboardError::NoText));

        // What was copied since, here or by another program, stays; a secret that was copied again begins anew.
        minute.copy_secret(secret()).await.unwrap();
        assert_eq!(at(100_000).await.as_deref(), Ok("s3cret"));
        minute.copy_secret(secret()).await.unwrap();
        assert_eq!(at(159_999).await.as_deref(), Ok("s3cret"));
        *fake.held.lock().unwrap() = Some("of another program".to_owned());
        assert_eq!(at(160_000).await.as_deref(), Ok("of another program"));
        minute.copy_secret(secret()).await.unwrap();
        minute.copy("ours").await.unwrap();
        assert_eq!(at(220_000).await.as_deref(), Ok("ours"));
        minute.stop().await;
        assert_eq!(held(&fake).as_deref(), Some("ours"));

        let fake = Fake::default();
        let long = clipboard(&fake);
        long.copy_secret(secret()).await.unwrap();
        assert_eq!(held(&fake).as_deref(), Some("s3cret"));
        long.stop().await;
        assert_eq!(held(&fake), None);
    }

    #[tokio::test]
    async fn without_a_clipboard_a_copy_says_so() {
        let clipboard = Clipboard::over(Instant::now, || Err::<Fake, _>(ClipboardError::Unavailable));
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
            fn set_secret(&mut self, _: String) -> Result<(), ClipboardError> {
                Ok(())
            }
            fn get(&mut self) -> Result<String, ClipboardError> {
                Ok(String::new())
            }
            fn clear(&mut self) -> Result<(), ClipboardError> {
                Ok(())
            }
            fn picture(&mut self) -> Result<Picture, ClipboardError> {
                Err(ClipboardError::NoText)
            }
        }
        impl Drop for Slow {
            fn drop(&mut self) {
                std::thread::sleep(Duration::from_secs(2));
            }
        }
        let clipboard = Clipboard::over(Instant::now, || Ok(Slow));
        clipboard.copy("text").await.unwrap();
        let start = Instant::now();
        assert!(!clipboard.stop().await);
        assert!(start.elapsed() < Duration::from_secs(1));
    }
}
