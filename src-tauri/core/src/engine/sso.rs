//! An app's sign-in, tried as Talkdesk and a browser do it, against the Talkdesk ID of a sandbox on this computer
//! (D/single-sign-on, D/authorization-code): the standalone URL is opened with an installation and a user, which is a
//! hint and never proof; the app has to send the browser to the installation's own `authorization` link and come back
//! by a redirect URI of the version with its `state`.
//!
//! Nobody's account takes part: the sandbox has no passwords. What was seen is kept with the version; of an address no
//! more than what cannot open anything.

mod page;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::fields::{FieldKey, FieldValue};
use domain::installation::{Standing, rotations};
use domain::sso::{SsoFault, SsoHop, SsoReport, SsoStep};
use domain::{AggregateRef, Body, Place, text};
use talkdesk::address::is_loopback;
use talkdesk::wire::{Failure, Opened, Wire};
use url::Url;

use self::page::Shown;
use super::preflight::stoppable_at;
use super::{Engine, Error, ErrorCode};
use crate::ipc::sso::SsoArgs;
use crate::jobs::JobKind;

/// How long an address may take.
const WITHIN: Duration = Duration::from_secs(10);
/// The most redirects that a browser is sent on before it gives up, on each side of the sign-in.
const HOPS: usize = 10;
/// Where Talkdesk ID asks who it is (OAS).
const AUTHORIZE: &str = "/oauth/authorize";
/// What is tried, one after another: to Talkdesk ID, there, back in the app, with a forged state, without a session.
const STEPS: u32 = 5;
/// Who signs in at the sandbox.
const PERSON: &str = "qa-1";

impl Engine {
    /// Tries the sign-in of a version's app, and what somebody would try who must not get in; keeps what was seen. Stopped
    /// by a person it keeps nothing.
    pub(crate) async fn check_sso(&self, args: &SsoArgs) -> Result<SsoReport, Error> {
        let project = self.project(args.project).await?;
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let of = version.information.text(FieldKey::StandaloneUrl).trim().to_owned();
        let standalone = Url::parse(&of)
            .map_err(|_| Error::new(ErrorCode::Invalid).at(Place::field(FieldKey::StandaloneUrl)))?;
        let user = args.user.trim().to_owned();
        // It is kept: an id of Talkdesk's, and no name or address of a person.
        if user.len() > 64 || !user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        {
            return Err(Error::new(ErrorCode::Invalid).at(Place::input("user")));
        }
        let redirects = match version.information.get(FieldKey::RedirectUris) {
            Some(FieldValue::List(list)) => list,
            _ => Vec::new(),
        };
        let known = self.installation(args.installation).await?;
        let authorization = Url::parse(&Standing::of(&known).authorization).ok();
        // A person's own Talkdesk ID asks for a person: only a sandbox's can be gone through like this.
        let authorization = authorization.filter(|url| url.scheme() == "http" && is_loopback(url));
        let authorization =
            authorization.ok_or_else(|| Error::new(ErrorCode::Invalid).at(Place::input("installation")))?;
        let record = |report| Body::SsoRecord { version: version.id, report };
        let aggregate = AggregateRef::Project(project.id);
        let empty = SsoReport {
            installation: known.id,
            standalone: of,
            signed_in: false,
            hops: Vec::new(),
            faults: Vec::new(),
        };
        // Whoever may not keep what is seen tries nothing.
        self.try_change(aggregate, record(empty.clone())).await?;
        let job = self.jobs().begin(JobKind::SignIn);
        let attempt = Attempt {
            at: AtomicU32::new(0),
            wire: self.wire()?.within(WITHIN),
            standalone,
            authorization,
            redirects,
            clients: rotations(&known).into_iter().map(|set| set.set.client_id.clone()).collect(),
            installation: known.talkdesk_id,
            user,
        };
        let at = || attempt.at.load(Ordering::Relaxed);
        let (signed_in, hops, faults) = stoppable_at(&job, at, STEPS, attempt.seen()).await?;
        let report = SsoReport { signed_in, hops, faults, ..empty };
        self.change(aggregate, record(report.clone())).await?;
        Ok(report)
    }
}

/// What is tried, and what it has to fit.
struct Attempt {
    /// How many of [`STEPS`] are done.
    at: AtomicU32,
    wire: Wire,
    standalone: Url,
    authorization: Url,
    redirects: Vec<String>,
    clients: Vec<String>,
    installation: String,
    user: String,
}

/// Where a browser is after the redirects.
enum Landed {
    /// At a Talkdesk ID, which is not opened yet.
    Authorize(Url),
    Page(Opened),
}

/// A browser with nobody's cookies in it.
struct Browser<'a> {
    wire: &'a Wire,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
    hops: Vec<SsoHop>,
}

impl Browser<'_> {
    /// Goes to an address and stays there, whatever it sends on to.
    async fn go(&mut self, step: SsoStep, url: &Url, form: Option<String>) -> Result<Opened, SsoFault> {
        let origin = url.origin().ascii_serialization();
        let jar = self.cookies.get(&origin).into_iter().flatten();
        let cookies: Vec<String> = jar.map(|(name, value)| format!("{name}={value}")).collect();
        let opened = self.wire.open(url.clone(), &cookies.join("; "), form).await;
        let status = opened.as_ref().ok().map(|opened| opened.status.as_u16());
        let sends_on = opened.as_ref().ok().and_then(|opened| opened.location.as_ref());
        self.hops.push(SsoHop { step, url: shown(url), status, sends_on: sends_on.map(shown) });
        let opened = opened.map_err(|failure: Failure| {
            tracing::info!(%failure, "a sign-in was tried and got no answer");
            SsoFault::NoAnswer
        })?;
        for cookie in &opened.cookies {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                let jar = self.cookies.entry(origin.clone()).or_default();
                jar.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
        Ok(opened)
    }
}

impl Attempt {
    /// Whether the browser ended in the app, signed in; where it went; what is wrong, the worst first.
    async fn seen(&self) -> (bool, Vec<SsoHop>, Vec<SsoFault>) {
        let mut browser = self.browser();
        let mut faults = Vec::new();
        let signed_in = self.sign_in(&mut browser, &mut faults).await;
        let landed = match signed_in {
            Ok(landed) => Some(landed),
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        if let Some(landed) = &landed {
            self.strangers(landed, &mut browser.hops, &mut faults).await;
        }
        faults.sort_unstable();
        faults.dedup();
        (landed.is_some(), browser.hops, faults)
    }

    /// Notes that so many steps are done.
    fn done(&self, steps: u32) {
        self.at.store(steps, Ordering::Relaxed);
    }

    fn browser(&self) -> Browser<'_> {
        Browser { wire: &self.wire, cookies: BTreeMap::new(), hops: Vec::new() }
    }

    /// As Talkdesk opens it, with the hint who it is, or without.
    fn opening(&self, hint: Option<&str>) -> Url {
        let mut url = self.standalone.clone();
        url.query_pairs_mut()
            .append_pair("talkdesk_installation_id", &self.installation)
            .extend_pairs(hint.map(|user| ("talkdesk_user_id", user)));
        url
    }

    /// From the standalone URL to where the person ends, signed in.
    async fn sign_in(&self, browser: &mut Browser<'_>, faults: &mut Vec<SsoFault>) -> Result<Url, SsoFault> {
        let authorize = self.to_talkdesk(browser).await?;
        self.examine(&authorize, faults)?;
        self.done(1);
        let back = self.consent(browser, &authorize).await?;
        self.done(2);
        let mut at = back;
        for hop in 0..HOPS {
            let step = if hop == 0 { SsoStep::Returns } else { SsoStep::GoesOn };
            let opened = browser.go(step, &at, None).await?;
            match opened.location {
                Some(next) if self.is_authorize(&next) => return Err(SsoFault::AsksAgain),
                Some(next) => at = next,
                None if !opened.status.is_success() => return Err(SsoFault::CodeRefused),
                None => {
                    // Whoever just signed in has nothing to type any more.
                    if String::from_utf8_lossy(&opened.body).contains("type=\"password\"") {
                        faults.push(SsoFault::AsksForPassword);
                    }
                    return Ok(at);
                }
            }
        }
        Err(SsoFault::EndlessRedirects)
    }

    /// To where the app sends the browser for a sign-in.
    async fn to_talkdesk(&self, browser: &mut Browser<'_>) -> Result<Url, SsoFault> {
        match self.lands(browser, SsoStep::Opens, self.opening(Some(&self.user))).await? {
            Landed::Authorize(url) => Ok(url),
            Landed::Page(page) if page.status.is_success() => Err(self.stays(browser, &page).await),
            Landed::Page(_) => Err(SsoFault::StandaloneFails),
        }
    }

    async fn lands(&self, browser: &mut Browser<'_>, step: SsoStep, from: Url) -> Result<Landed, SsoFault> {
        let mut at = from;
        for _ in 0..HOPS {
            let mut opened = browser.go(step, &at, None).await?;
            match opened.location.take() {
                Some(next) if self.is_authorize(&next) => return Ok(Landed::Authorize(next)),
                Some(next) => at = next,
                None => return Ok(Landed::Page(opened)),
            }
        }
        Err(SsoFault::EndlessRedirects)
    }

    /// What is wrong where the browser stays at a page. A script may go on from there, which nobody sees here: that the
    /// hint is trusted is told only where something shows it.
    async fn stays(&self, browser: &mut Browser<'_>, page: &Opened) -> SsoFault {
        let page = Shown::of(page);
        if page.leads.contains(AUTHORIZE) {
            return SsoFault::WantsAClick;
        }
        if self.user.is_empty() {
            return SsoFault::NoRedirect;
        }
        let mut nobody = self.browser();
        let without = self.lands(&mut nobody, SsoStep::NoSession, self.opening(None)).await;
        browser.hops.append(&mut nobody.hops);
        let without = match without {
            Ok(landed) => words(landed),
            Err(_) => return SsoFault::NoRedirect,
        };
        // The page names the person, and names nobody to a browser that brings no hint.
        if page.names(&self.user) && without.as_ref().is_none_or(|page| !page.names(&self.user)) {
            return SsoFault::TrustsTheHint;
        }
        // The cookies that the hint brought let the browser in where one without them does not get.
        if !browser.cookies.is_empty()
            && let Ok(landed) = self.lands(browser, SsoStep::Opens, self.opening(None)).await
            && let Some(within) = words(landed)
            && without.is_none_or(|without| without.words != within.words)
        {
            return SsoFault::TrustsTheHint;
        }
        SsoFault::NoRedirect
    }

    fn is_authorize(&self, url: &Url) -> bool {
        url.path().ends_with(AUTHORIZE)
            || (url.origin() == self.authorization.origin() && url.path() == self.authorization.path())
    }

    /// Whether the app asks as it has to. What a browser could not go on with ends the attempt.
    fn examine(&self, authorize: &Url, faults: &mut Vec<SsoFault>) -> Result<(), SsoFault> {
        let asked: BTreeMap<_, _> = authorize.query_pairs().into_owned().collect();
        let text = |name: &str| asked.get(name).map_or("", String::as_str);
        if text("state").is_empty() {
            faults.push(SsoFault::NoState);
        }
        let here = authorize.origin() == self.authorization.origin()
            && authorize.path() == self.authorization.path();
        if !here {
            return Err(SsoFault::OtherTalkdeskId);
        }
        if text("response_type") != "code" {
            return Err(SsoFault::NotByCode);
        }
        if !self.clients.iter().any(|client| client == text("client_id")) {
            return Err(SsoFault::OtherClient);
        }
        if !self.redirects.iter().any(|uri| uri == text("redirect_uri")) {
            return Err(SsoFault::WrongRedirect);
        }
        Ok(())
    }

    /// Signs in on the sandbox's page; answers with where the browser is sent back to.
    async fn consent(&self, browser: &mut Browser<'_>, authorize: &Url) -> Result<Url, SsoFault> {
        let page = browser.go(SsoStep::Authorizes, authorize, None).await?;
        let refused = SsoFault::AuthorizationRefused;
        if let Some(back) = page.location {
            return if has(&back, "code") { Ok(back) } else { Err(refused) };
        }
        let body = String::from_utf8_lossy(&page.body).into_owned();
        let ticket = body.split("name=\"ticket\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("ticket", ticket.ok_or(refused)?)
            .append_pair("person", PERSON)
            .finish();
        let mut submit = authorize.clone();
        submit.set_path(AUTHORIZE);
        submit.set_query(None);
        let answered = browser.go(SsoStep::Authorizes, &submit, Some(form)).await?;
        answered.location.filter(|back| has(back, "code")).ok_or(refused)
    }

    /// What somebody tries who must not get in: an answer that belongs to another sign-in, and no sign-in at all.
    async fn strangers(&self, landed: &Url, hops: &mut Vec<SsoHop>, faults: &mut Vec<SsoFault>) {
        self.done(3);
        let mut forged = self.browser();
        if let Ok(authorize) = self.to_talkdesk(&mut forged).await
            && let Ok(back) = self.consent(&mut forged, &authorize).await
        {
            let opened = forged.go(SsoStep::ForgedState, &with_state(&back, "forged"), None).await;
            // Sent back to sign in anew, or refused: both are right.
            let taken = match opened {
                Ok(Opened { location: Some(next), .. }) => !self.is_authorize(&next),
                Ok(opened) => opened.status.is_success(),
                Err(_) => false,
            };
            if taken {
                faults.push(SsoFault::StateNotChecked);
            }
            hops.extend(forged.hops.pop().filter(|hop| hop.step == SsoStep::ForgedState));
        }
        self.done(4);
        let mut nobody = self.browser();
        let opened = nobody.go(SsoStep::NoSession, landed, None).await;
        if opened.is_ok_and(|opened| opened.location.is_none() && opened.status.is_success()) {
            faults.push(SsoFault::OpenWithoutSession);
        }
        hops.append(&mut nobody.hops);
    }
}

/// What a browser that was let in somewhere is shown.
fn words(landed: Landed) -> Option<Shown> {
    match landed {
        Landed::Page(page) if page.status.is_success() => Some(Shown::of(&page)),
        _ => None,
    }
}

fn has(url: &Url, name: &str) -> bool {
    url.query_pairs().any(|(known, value)| known == name && !value.is_empty())
}

fn with_state(url: &Url, state: &str) -> Url {
    let others: Vec<_> = url.query_pairs().into_owned().filter(|(name, _)| name != "state").collect();
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair("state", state);
    url
}

/// What of a query says how somebody asks, and opens nothing.
const TOLD: [&str; 9] = [
    "talkdesk_installation_id",
    "talkdesk_user_id",
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "code_challenge_method",
    "error",
    "error_description",
];

/// An address as it may be shown and kept: a code opens something, and so may whatever else an app puts into its own.
fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_fragment(None);
    // Without a host there is neither.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    if url.query().is_some() {
        let pairs = url.query_pairs().map(|(name, value)| {
            let value = if TOLD.contains(&&*name) { value.into_owned() } else { "…".to_owned() };
            (name.into_owned(), value)
        });
        let pairs: Vec<_> = pairs.collect();
        shown.query_pairs_mut().clear().extend_pairs(pairs);
    }
    shown.as_str().replace("%E2%80%A6", "…").chars().take(text::URL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_without_what_opens_something() {
        for (url, kept) in [
            ("https://a.example/back?code=c1&state=s1", "https://a.example/back?code=…&state=…"),
            ("https://a.example/home?token=t1#access_token=t2", "https://a.example/home?token=…"),
            ("https://u:p@a.example/", "https://a.example/"),
            (
                "https://id.example/oauth/authorize?client_id=c&redirect_uri=https%3A%2F%2Fa.example&nonce=n",
                "https://id.example/oauth/authorize?client_id=c&redirect_uri=https%3A%2F%2Fa.example&nonce=…",
            ),
        ] {
            assert_eq!(shown(&Url::parse(url).unwrap()), kept);
        }
        let long = format!("https://a.example/{}", "x".repeat(3_000));
        assert_eq!(shown(&Url::parse(&long).unwrap()).len(), text::URL);
    }
}
