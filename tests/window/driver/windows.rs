//! The windows of a display as a window manager sees them. `WebKitWebDriver` only knows pages, and ends the whole
//! process where a person would close a window.

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, InputFocus, KEY_PRESS_EVENT,
    KEY_RELEASE_EVENT, MapState, Window, WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// By X11's name for the key (`keysymdef.h`).
pub const ESCAPE: char = '\u{ff1b}';

/// A display with no window manager: the programs' windows are the root's own children.
pub struct Windows {
    server: RustConnection,
    root: Window,
}

impl Windows {
    pub fn of(display: &str) -> Result<Self> {
        let (server, screen) = x11rb::connect(Some(display)).context("connecting to the display")?;
        let root = server.setup().roots[screen].root;
        Ok(Self { server, root })
    }

    /// Asks a process's window to close.
    pub fn ask_to_close(&self, pid: u32) -> Result<()> {
        let (protocols, delete) = (self.atom("WM_PROTOCOLS")?, self.atom("WM_DELETE_WINDOW")?);
        let window = self.window(pid)?;
        let message = ClientMessageEvent::new(32, window, protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
        self.server.send_event(false, window, EventMask::NO_EVENT, message)?.check()?;
        Ok(())
    }

    /// Presses a key in a window, as somebody at the keyboard does.
    pub fn press(&self, title: &str, key: char) -> Result<()> {
        let window = self.named(title)?.context("there is no such window")?;
        self.server.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)?.check()?;
        let code = self.code(key)?;
        for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
            self.server.xtest_fake_input(kind, code, x11rb::CURRENT_TIME, self.root, 0, 0, 0)?.check()?;
        }
        Ok(())
    }

    /// Where a key is on the keyboard.
    fn code(&self, key: char) -> Result<u8> {
        let setup = self.server.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = self.server.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let mut rows = (first..=last).zip(map.keysyms.chunks(usize::from(map.keysyms_per_keycode)));
        let found = rows.find(|(_, row)| row.first() == Some(&u32::from(key)));
        Ok(found.with_context(|| format!("the keyboard has no {key:?}"))?.0)
    }

    /// Whether a window belongs to another one of its process, and lies over it.
    pub fn is_over_its_own(&self, title: &str) -> Result<bool> {
        let window = self.named(title)?.context("there is no such window")?;
        let of = self.atom("WM_TRANSIENT_FOR")?;
        Ok(self.values(window, of, AtomEnum::WINDOW).first().is_some_and(|&main| main != 0))
    }

    /// The window that is called so, where it is shown.
    fn named(&self, title: &str) -> Result<Option<Window>> {
        let name = self.atom("_NET_WM_NAME")?;
        for window in self.shown()? {
            let reply = self.server.get_property(false, window, name, AtomEnum::ANY, 0, 1_024)?.reply()?;
            if reply.value == title.as_bytes() {
                return Ok(Some(window));
            }
        }
        Ok(None)
    }

    /// Puts a window of another program over everything, as long as this connection lives.
    pub fn cover(&self) -> Result<()> {
        let (id, size) = (self.server.generate_id()?, self.server.get_geometry(self.root)?.reply()?);
        let (width, height) = (size.width, size.height);
        let class = WindowClass::INPUT_OUTPUT;
        let how = CreateWindowAux::new();
        self.server.create_window(0, id, self.root, 0, 0, width, height, 0, class, 0, &how)?.check()?;
        self.server.map_window(id)?.check()?;
        Ok(())
    }

    /// Whether a process's window lies over all others.
    pub fn is_on_top(&self, pid: u32) -> Result<bool> {
        let shown = self.shown()?;
        Ok(shown.last() == Some(&self.window(pid)?))
    }

    /// What the windows on the screen that can be closed are called.
    pub fn titles(&self) -> Result<Vec<String>> {
        let (protocols, name) = (self.atom("WM_PROTOCOLS")?, self.atom("_NET_WM_NAME")?);
        let mut shown = self.shown()?;
        shown.retain(|&window| !self.values(window, protocols, AtomEnum::ATOM).is_empty());
        let title = |window| -> Result<String> {
            let reply = self.server.get_property(false, window, name, AtomEnum::ANY, 0, 1_024)?.reply()?;
            Ok(String::from_utf8_lossy(&reply.value).into_owned())
        };
        shown.into_iter().map(title).collect()
    }

    /// The window that belongs to a process and can be closed.
    fn window(&self, pid: u32) -> Result<Window> {
        let owner = self.atom("_NET_WM_PID")?;
        let (protocols, delete) = (self.atom("WM_PROTOCOLS")?, self.atom("WM_DELETE_WINDOW")?);
        let mut shown = self.shown()?.into_iter();
        let found = shown.find(|&window| {
            self.values(window, owner, AtomEnum::CARDINAL).contains(&pid)
                && self.values(window, protocols, AtomEnum::ATOM).contains(&delete)
        });
        found.context("the app shows no window")
    }

    /// What is shown, from the lowest to the highest.
    fn shown(&self) -> Result<Vec<Window>> {
        let mut windows = self.server.query_tree(self.root)?.reply()?.children;
        windows.retain(|&window| {
            let cookie = self.server.get_window_attributes(window).ok();
            let reply = cookie.and_then(|cookie| cookie.reply().ok());
            reply.is_some_and(|reply| reply.map_state == MapState::VIEWABLE)
        });
        Ok(windows)
    }

    fn values(&self, window: Window, property: u32, kind: AtomEnum) -> Vec<u32> {
        let cookie = self.server.get_property(false, window, property, kind, 0, 64).ok();
        let reply = cookie.and_then(|cookie| cookie.reply().ok());
        reply.and_then(|reply| Some(reply.value32()?.collect())).unwrap_or_default()
    }

    fn atom(&self, name: &str) -> Result<u32> {
        Ok(self.server.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }
}
