//! States that a screen can be in beside empty and full: nothing matches, something cannot be read, something is typed.

use anyhow::Result;
use fantoccini::key::Key;

use super::{Kind, Visitor, Walk};
use crate::driver::testid;

/// From here on what a screen asks for cannot be read: the door answers as it does over a disk that is full.
const BREAK: &str = "window.__fetch ??= window.fetch; window.fetch = (...all) => \
     String(all[0]?.url ?? all[0]).startsWith('ipc:') \
         ? Promise.resolve(new Response('{\"code\":\"disk_full\",\"params\":{}}', \
               { headers: { 'content-type': 'application/json', 'tauri-response': 'error' } })) \
         : window.__fetch(...all)";
const MEND: &str = "window.fetch = window.__fetch";

/// From here on *print* opens no dialog of the system's, which no driver could close again.
const DRAW: &str = "window.print = () => undefined";
/// The print styles hold, at the width and with the margins that paper has.
const PAPER: &str = "for (const { cssRules } of document.styleSheets) for (const { media } of cssRules) \
         if (media?.mediaText === 'print') { media.mediaText = 'all'; window.__print = media; } \
     const { style } = document.querySelector('body > .report'); \
     Object.assign(style, { width: '210mm', margin: '0 auto', padding: '14mm', boxSizing: 'border-box', background: 'white' })";
const SCREEN: &str = "window.__print.mediaText = 'print'; delete window.print";

impl<V: Visitor> Walk<'_, V> {
    /// A filter that leaves nothing.
    pub(super) async fn no_match(&mut self, filter: &str) -> Result<()> {
        self.app.fill(testid(filter), "xyzzy").await?;
        self.app.wait_for(".empty").await?;
        self.screen("no match").await?;
        self.app.fill(testid(filter), "").await?;
        self.app.wait_gone(".empty").await?;
        // The keys of the screen rest while a field has the focus.
        self.app.eval("document.activeElement?.blur()").await.map(drop)
    }

    /// What an entry of a menu, or a button, prints.
    pub(super) async fn paper(&mut self, name: &'static str, by: &str) -> Result<()> {
        self.app.eval(DRAW).await?;
        self.app.click(testid(by)).await?;
        self.app.wait_js("document.querySelector('body > .report')").await?;
        self.app.eval(PAPER).await?;
        let seen = self.visit(name, Kind::Paper).await;
        self.app.eval(SCREEN).await?;
        seen
    }

    /// A screen whose data cannot be read.
    pub(super) async fn cannot_be_read(&mut self) -> Result<()> {
        self.app.eval(BREAK).await?;
        self.app.click(testid("nav-customers")).await?;
        self.app.wait_for(".empty.bad").await?;
        let seen = self.screen("cannot be read").await;
        self.app.eval(MEND).await?;
        seen
    }

    /// A link on its way to a customer, in words of one's own.
    pub(super) async fn send(&mut self) -> Result<()> {
        self.app.click(testid("version-menu-1.2.0")).await?;
        self.open("menu-install", "install-dialog").await?;
        self.app.click(testid("send-customer")).await?;
        self.app.press(Key::Down).await?;
        self.app.wait_for("[role=option]").await?;
        self.visit("install, whom to send it", Kind::Over).await?;
        self.app.click("[role=option]").await?;
        self.app.click(testid("send-edit")).await?;
        self.app.wait_for(testid("send-text")).await?;
        self.visit("install, the message", Kind::Over).await?;
        self.leave("install, the message", "install-dialog").await
    }
}
