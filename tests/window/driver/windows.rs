//! The windows of a display as a window manager sees them. `WebKitWebDriver` only knows pages, and ends the whole
//! process where a person would close a window.

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, MapState, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;

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
