//! Where the windows were: size and place on each monitor, and whether they filled it. Kept in the data folder, so
//! that two folders do not share it; no loss where it cannot be read or written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tauri::{PhysicalPosition, PhysicalSize, WebviewWindow, WindowEvent};

/// The places of all windows; clones share them.
#[derive(Clone)]
pub struct Places {
    file: PathBuf,
    kept: Arc<Mutex<BTreeMap<String, Kept>>>,
}

/// What is kept of one window.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// The monitor that it was on last.
    last: String,
    /// Where it was, by monitor.
    monitors: BTreeMap<String, Frame>,
    maximised: bool,
}

/// A rectangle on the desktop, in physical pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Frame {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

/// A monitor, without what the desktop keeps for itself.
struct Screen {
    name: String,
    area: Frame,
}

impl Places {
    /// Those of a data folder.
    pub fn read(data: &Path) -> Self {
        let file = data.join("windows.json");
        let kept = std::fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self { file, kept: Arc::new(Mutex::new(kept.unwrap_or_default())) }
    }

    /// Puts a window where it was, and keeps where it goes from now on.
    pub fn follow(&self, window: &WebviewWindow) {
        if let Err(error) = self.restore(window) {
            tracing::warn!(%error, "the window could not be put where it was");
        }
        let (places, watched) = (self.clone(), window.clone());
        window.on_window_event(move |event| match event {
            WindowEvent::Moved(_) | WindowEvent::Resized(_) => {
                // A window that is going has no place any more.
                let _ = places.note(&watched);
            }
            WindowEvent::Destroyed => places.write(),
            _ => {}
        });
    }

    /// Writes them down.
    pub fn write(&self) {
        let written = serde_json::to_vec_pretty(&*self.kept())
            .map_err(std::io::Error::other)
            .and_then(|bytes| std::fs::write(&self.file, bytes));
        if let Err(error) = written {
            tracing::warn!(%error, "the windows' places could not be kept");
        }
    }

    fn restore(&self, window: &WebviewWindow) -> tauri::Result<()> {
        let Some(kept) = self.kept().get(window.label()).cloned() else { return Ok(()) };
        if let Some(frame) = fit(&kept, &screens(window)?) {
            window.set_size(PhysicalSize::new(frame.width, frame.height))?;
            window.set_position(PhysicalPosition::new(frame.x, frame.y))?;
        }
        if kept.maximised { window.maximize() } else { Ok(()) }
    }

    fn note(&self, window: &WebviewWindow) -> tauri::Result<()> {
        if !window.is_visible()? || window.is_minimized()? {
            return Ok(());
        }
        let maximised = window.is_maximized()?;
        let Some(monitor) = window.current_monitor()? else { return Ok(()) };
        let (at, size) = (window.outer_position()?, window.inner_size()?);
        let mut all = self.kept();
        let kept = all.entry(window.label().to_owned()).or_default();
        kept.maximised = maximised;
        kept.last = name_of(&monitor);
        // Unmaximised it goes back to the size that it had.
        if !maximised {
            let frame = Frame { x: at.x, y: at.y, width: size.width, height: size.height };
            kept.monitors.insert(kept.last.clone(), frame);
        }
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn screens(window: &WebviewWindow) -> tauri::Result<Vec<Screen>> {
    let of = |monitor: &tauri::Monitor| {
        let area = monitor.work_area();
        let (x, y) = (area.position.x, area.position.y);
        let area = Frame { x, y, width: area.size.width, height: area.size.height };
        Screen { name: name_of(monitor), area }
    };
    Ok(window.available_monitors()?.iter().map(of).collect())
}

fn name_of(monitor: &tauri::Monitor) -> String {
    monitor.name().cloned().unwrap_or_default()
}

/// Where a window opens: on the monitor that it was on; where that one is gone, on another that it was on once; else
/// on the first. Always whole on the monitor, and no larger than it.
fn fit(kept: &Kept, screens: &[Screen]) -> Option<Frame> {
    let on = |name: &str| screens.iter().find(|screen| screen.name == name).zip(kept.monitors.get(name));
    let (screen, frame) = on(&kept.last)
        .or_else(|| screens.iter().find_map(|screen| on(&screen.name)))
        .or_else(|| screens.first().zip(kept.monitors.get(&kept.last)))?;
    let (x, width) = within(frame.x, frame.width, screen.area.x, screen.area.width);
    let (y, height) = within(frame.y, frame.height, screen.area.y, screen.area.height);
    Some(Frame { x, y, width, height })
}

/// A stretch moved and cut into another.
fn within(start: i32, length: u32, from: i32, room: u32) -> (i32, u32) {
    let length = length.min(room);
    let last = from.saturating_add_unsigned(room - length);
    (start.clamp(from, last), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn frame(x: i32, y: i32, width: u32, height: u32) -> Frame {
        Frame { x, y, width, height }
    }

    fn screen(name: &str, area: Frame) -> Screen {
        Screen { name: name.to_owned(), area }
    }

    #[test]
    fn a_window_comes_back_where_it_was_and_never_off_the_screen() {
        let kept = Kept {
            last: "right".to_owned(),
            monitors: [
                ("left".to_owned(), frame(50, 60, 1100, 700)),
                ("right".to_owned(), frame(2000, 100, 1280, 800)),
            ]
            .into(),
            maximised: false,
        };
        let left = || screen("left", frame(0, 0, 1920, 1080));
        let cases = [
            (
                "as it was",
                vec![left(), screen("right", frame(1920, 0, 1920, 1080))],
                Some(frame(2000, 100, 1280, 800)),
            ),
            ("its monitor is gone", vec![left()], Some(frame(50, 60, 1100, 700))),
            (
                "its monitor stands on the other side",
                vec![screen("right", frame(-1920, 0, 1920, 1080))],
                Some(frame(-1280, 100, 1280, 800)),
            ),
            (
                "its monitor is smaller",
                vec![screen("right", frame(0, 24, 1024, 640))],
                Some(frame(0, 24, 1024, 640)),
            ),
            (
                "none of its monitors is there",
                vec![screen("new", frame(0, 0, 1366, 768))],
                Some(frame(86, 0, 1280, 768)),
            ),
            ("no monitor at all", vec![], None),
        ];
        for (what, screens, expected) in cases {
            assert_eq!(fit(&kept, &screens), expected, "{what}");
        }
        assert_eq!(fit(&Kept::default(), &[left()]), None, "never opened");
    }

    #[test]
    fn places_survive_a_restart_and_a_damaged_file_is_none() {
        let data = tempfile::tempdir().unwrap();
        let places = Places::read(data.path());
        places.kept().insert("main".to_owned(), Kept { maximised: true, ..Kept::default() });
        places.write();
        assert!(Places::read(data.path()).kept()["main"].maximised);
        std::fs::write(data.path().join("windows.json"), "{").unwrap();
        assert!(Places::read(data.path()).kept().is_empty());
    }
}
