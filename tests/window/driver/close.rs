//! Closing a window as a window manager does: by asking it. `WebKitWebDriver` only knows how to end the
//! whole process, which gives the app no chance to put its things in order.

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, MapState, Window};

/// Asks the window that belongs to a process to close.
pub fn ask_to_close(display: &str, pid: u32) -> Result<()> {
    let (server, screen) = x11rb::connect(Some(display)).context("connecting to the display")?;
    let atom = |name: &str| -> Result<u32> { Ok(server.intern_atom(false, name.as_bytes())?.reply()?.atom) };
    let (protocols, delete, owner) = (atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?, atom("_NET_WM_PID")?);
    let values = |window: Window, property: u32, kind: AtomEnum| -> Vec<u32> {
        let cookie = server.get_property(false, window, property, kind, 0, 64).ok();
        let reply = cookie.and_then(|cookie| cookie.reply().ok());
        reply.and_then(|reply| Some(reply.value32()?.collect())).unwrap_or_default()
    };
    let is_shown = |window: Window| {
        let cookie = server.get_window_attributes(window).ok();
        let reply = cookie.and_then(|cookie| cookie.reply().ok());
        reply.is_some_and(|reply| reply.map_state == MapState::VIEWABLE)
    };
    // No window manager runs here, so the app's windows are the root's own children.
    let root = server.setup().roots[screen].root;
    let window = server.query_tree(root)?.reply()?.children.into_iter().find(|&window| {
        is_shown(window)
            && values(window, owner, AtomEnum::CARDINAL).contains(&pid)
            && values(window, protocols, AtomEnum::ATOM).contains(&delete)
    });
    let window = window.context("the app shows no window")?;
    let message = ClientMessageEvent::new(32, window, protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
    server.send_event(false, window, EventMask::NO_EVENT, message)?.check()?;
    Ok(())
}
