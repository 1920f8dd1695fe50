//! What a session needs of the world outside it, and what the app's own sign-in window says to it.

use domain::Timestamp;
use url::Url;

use crate::error::Error;
use crate::secret::Secret;
use crate::vault;

/// What a session needs of the world outside it. Calls may block.
pub trait Outside: Send + Sync + 'static {
    /// The moment.
    fn now(&self) -> Timestamp;
    /// The state changed.
    fn changed(&self);
    /// Opens an address in the person's browser.
    fn open(&self, address: &str) -> Result<(), String>;
    /// Shows the server's page in the app's own sign-in window.
    fn open_window(&self, window: SignInWindow) -> Result<(), String>;
    /// Closes that window, if it is there.
    fn close_window(&self);
    /// The client's secret or private key, where it has one.
    fn secret(&self, kind: vault::Kind) -> Result<Option<Secret<String>>, Error>;
    /// Says whether tokens can be kept now: nothing is rotated that would be lost.
    fn may_keep(&self) -> Result<(), Error>;
    /// Keeps what a sign-in brought, durable when it answers.
    fn keep(&self, tokens: &Secret<Vec<u8>>) -> Result<(), Error>;
    /// What was kept.
    fn kept(&self) -> Result<Option<Secret<Vec<u8>>>, Error>;
    /// Drops what was kept.
    fn forget(&self) -> Result<(), Error>;
}

/// What the app's own sign-in window is to show, and what it says.
pub struct SignInWindow {
    /// The server's page.
    pub address: Url,
    /// A navigation to this address (whatever its query) is the answer: it is told, and never fetched.
    pub redirect: Url,
    /// Hears what happens in the window.
    pub told: Box<dyn Fn(Told) + Send + Sync>,
}

/// What happened in the sign-in window.
#[derive(Debug)]
pub enum Told {
    /// It shows a page of this origin now.
    At(String),
    /// The server's answer: the whole address.
    Back(Url),
    /// The person closed it.
    Closed,
}

impl std::fmt::Debug for SignInWindow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInWindow").field("redirect", &self.redirect.as_str()).finish_non_exhaustive()
    }
}

/// Whether an address is the redirect's, whatever its query. It is compared as a whole: the scheme, the host, the port
/// and the path.
pub fn is_back(url: &Url, redirect: &Url) -> bool {
    let own =
        |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default());
    own(url) == own(redirect)
        && url.path() == redirect.path()
        && url.username().is_empty()
        && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_redirect_itself_is_the_way_back() {
        let url = |text| Url::parse(text).unwrap();
        let redirect = url("https://partner.example/callback");
        for (text, back) in [
            ("https://partner.example/callback?code=c&state=s", true),
            ("https://partner.example:443/callback", true),
            ("https://partner.example/callback#x", true),
            ("http://partner.example/callback", false),
            ("https://partner.example:8443/callback", false),
            ("https://partner.example/callback/", false),
            ("https://partner.example/callback2", false),
            ("https://partner.example.evil.example/callback", false),
            ("https://partner.example@evil.example/callback", false),
            ("https://user@partner.example/callback", false),
        ] {
            assert_eq!(is_back(&url(text), &redirect), back, "{text}");
        }
    }
}
