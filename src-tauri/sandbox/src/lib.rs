//! A stand-in for the Talkdesk cloud: Partner Project (submission, review, installation link, install page), Talkdesk
//! ID (OAuth 2.0), the regions' API gateways, and the events that installed apps are sent, as a real HTTP server on
//! loopback.
//!
//! It is for tests, for demonstrations, for people who want to try the console with nothing at stake, and for
//! developers who test their own app: it sends real, signed events to it.
//!
//! **Partner Project's contract below is the sandbox's own.** Talkdesk publishes no API for it, so nothing here says
//! how Talkdesk's console works inside; only the steps that a person takes there were taken over. The gateways' and
//! Talkdesk ID's routes have their documented paths and bodies, each below a part that stands for the host: a gateway
//! is `{url}/gateway/{region}`, an account's Talkdesk ID is `{url}/id/{account}`. An event's `_links` say so.
//!
//! Border: this crate imports none of the product's others, so that a mistake about the wire cannot agree with
//! itself. State is in memory and ends with the process.
//!
//! # Routes
//!
//! Authentication: *partner* = `Authorization: Bearer` with [`Running::token`]; *reviewer* = the same with
//! [`Running::reviewer_token`]; *session* = the cookie that `/reviewer?token=…` sets, and the form's `csrf` field on
//! each POST; *access* = an access token from `/oauth/token`; *client* = `client_id` in the body for a public client,
//! HTTP Basic for a confidential one, HTTP Basic or `private_key_jwt` for an installation's; *installation* = an access
//! token that an installation's client got by client credentials, at the gateway of its region and about itself alone,
//! else 401 or 404; *link* = whoever holds the link.
//!
//! | method and path | auth. | behaviour | fault route |
//! |---|---|---|---|
//! | `POST /partner-project/apps/{app}/versions/{version}/submissions` | partner | `{submission_id (UUID), app {id, name, slug}, version {id, number}, tracks ["technical", "marketplace"], fields {…}, notes?}` → 201 `{id, received_at, state: "in_review"}`. The same `submission_id` and content again → 200 and the same answer; with other content, or for another version → 409 `submission_id_reused`. A track in review → 409 `track_in_review`; an approved one → 409 `track_approved` | `submissions` |
//! | `PUT /partner-project/apps/{app}/versions/{version}` | partner | registers a draft, or changes it: `{app, version, fields}` → 200 with the body of the GET. In review, or approved on both tracks → 409 `version_locked` | `draft` |
//! | `GET /partner-project/apps/{app}/versions/{version}` | partner | `{app, version, tracks: {technical, marketplace}}`; a track is `{state (not_submitted, in_review, approved, rejected), rounds (how many), submission_id, received_at, decided_at, message, findings [{id, track, field?, severity, text}], corrected_at, history [one of these a round, oldest first]}`, null where there is nothing yet; findings are the latest round's. Never seen → 404 | `version` |
//! | `GET /partner-project/apps/{app}/versions/{version}/install-link` | partner | 200 `{url, created_at}`, the same link each time, once the technical track is approved, or when `?account=` is one of [`SandboxOptions::own_accounts`]; else 409 `not_installable` | `install-link` |
//! | `POST /partner-project/apps/{app}/versions/{version}/test-events` | partner | `{type, installation?, …}` → 201 `{installation, event_id, type, key_id, signature, body}`: an event of a test installation, signed, for the partner to deliver. Without `installation` its life begins, by `app.installed`; what a type needs is as in `…/events` below. None begun → 409 `not_installed` | `test-events` |
//! | `POST /partner-project/apps/{app}/versions/{version}/install-link/rotate` | reviewer | 200 `{url, created_at}`, a new link that supersedes the old one. None given out yet → 409 `no_install_link` | |
//! | `GET /i/{token}` | link | the install page: app, version, scopes, a form. Superseded → 410, unknown → 404 | `install-page` |
//! | `POST /i/{token}` | link | form `account`, `region` → 303 to the confirmation, and, where the version names an events callback URL, `app.installed`. The account may not install yet → 409; has it already → 409; bad form → 422 | `install` |
//! | `GET /i/{token}/installed/{id}` | link | the confirmation | `install-page` |
//! | `GET /reviewer` | session | the list of submissions; with `?token=` starts a session; without one asks for the token (401) | |
//! | `POST /reviewer/session` | reviewer token in the form | starts a session, 303 | |
//! | `GET /reviewer/submissions/{id}` | session | a submission, with a form for each track | |
//! | `POST /reviewer/submissions/{id}/decision` | session | form `track`, `outcome`, `message`, repeated `finding_text`, `finding_severity`, `finding_field`, and `correct` to correct → 303. Refused → the page again with what was typed | |
//! | `POST /reviewer/submissions/{id}/rotate-link` | session | supersedes the version's link, 303 | |
//! | `GET /reviewer/api/submissions`, `…/{id}` | reviewer | what was received and decided; `{id}` is the sandbox's id or the partner's `submission_id`, here and below | |
//! | `POST /reviewer/api/submissions/{id}/decision` | reviewer | `{track, outcome (approved, rejected), findings [{text, severity (blocker, major, minor), field?}], message?}` → 200 with the submission. Already decided → 409 `already_decided`; a rejection without a word → 422 | |
//! | `PUT /reviewer/api/submissions/{id}/decision` | reviewer | the same body, in place of the decision given; not decided → 409 `not_decided`; a later round has begun → 409 `later_round` | |
//! | `GET /reviewer/api/installations` | reviewer | the installations made on the install page | |
//! | `GET /.well-known/oauth-authorization-server` | | RFC 8414 metadata | `metadata` |
//! | `GET /oauth/authorize` | | `response_type=code`, `client_id`, `redirect_uri`, `scope`, `state`, `code_challenge`, `code_challenge_method=S256` (PKCE; a confidential client may leave it out, and is held to a challenge that it sends) → the sign-in page. With [`SandboxOptions::auto_consent`], `&auto=partner-manager` (or `qa-1`, `developer`, `deny`) answers at once. Errors go back to the client by RFC 6749 §4.1.2.1; an unknown client or redirect URI gets a page (400) | `authorize` |
//! | `POST /oauth/authorize` | the page's ticket | form `ticket`, `person` → 302 to the client with `code`, `state`, `iss` (RFC 9207), or `error=access_denied` | `consent` |
//! | `POST /oauth/token` | client | `authorization_code` (60 s, single use; used again → `invalid_grant`, and what came of it is revoked) and `refresh_token` (rotated; used again → the same, but see [`SandboxOptions::refresh_grace_seconds`]). Access tokens: opaque, 600 s. A refresh token comes only with the scope `refresh_token` | `token` |
//! | `POST /oauth/introspect` | client | RFC 7662, of the client's own tokens | `introspect` |
//! | `GET /oauth/certs` | | the keys of access tokens (RFC 7517) | `certs` |
//! | `POST /id/{account}/oauth/introspect` | client | as `/oauth/introspect`, for the account's installations alone | `introspect` |
//! | `GET /id/{account}/oauth/certs` | | as `/oauth/certs` | `certs` |
//! | `POST /id/{account}/oauth/token` | client | as `/oauth/token`, for the account's installations alone, and `client_credentials`: `{access_token (a JWT), token_type, expires_in: 600, scope}` with the scope that was asked for, or `account:read apps:read apps:write events:read users:read` | `token` |
//! | `GET /id/{account}/oauth/authorize` | | as `/oauth/authorize`, for the account's installations alone; redirect URIs are the version's | `authorize` |
//! | `POST /oauth/revoke` | client | RFC 7009 → 200; a refresh token takes its whole family with it | `revoke` |
//! | `GET /users/me` | access | `{sub, name, email, email_verified}` | `userinfo` |
//! | `GET /gateway/{region}/events/signature-keys/{key}` | | `{public_key (SPKI, base64), key_id, created_at, expires_at?}` | `signature-key` |
//! | `GET /gateway/{region}/users/me` | installation, or an access token that a person's sign-in gave an installation's client | `{id, name, account, active}`, or who signed in as `/users/me` says it | `me` |
//! | `GET /gateway/{region}/apps/{app}/events/{event}` | installation, `events:read` | the event's body, letter by letter | `replay` |
//! | `GET /gateway/{region}/apps/{app}/installations/{id}` | installation | the documented object with `_embedded.state` | `installation` |
//! | `GET /gateway/{region}/apps/{app}/installations/{id}/users` | installation | HAL pages of 50 | `users` |
//! | `GET /gateway/{region}/apps/{app}/installations/{id}/subscription` | installation | what an event said last; nothing yet → 404 | `subscription` |
//! | `GET /gateway/{region}/apps/{app}/installations/{id}/trial` | installation | what an event said last; nothing yet → 404 | `trial` |
//! | `POST /gateway/{region}/apps/{app}/installations/{id}/state` | installation, `apps:write` | `{state: approve or reject, reason?}` within seven days of an install, update or uninstall → 200 `{state, reason, updated_at}`; nothing to answer → 403 | `acknowledge` |
//! | `POST /gateway/{region}/apps/{app}/installations/{id}/credentials/{client}/state` | installation, `apps:write` | `{state: "acknowledged"}` for the newest set → 202, and the older ones end; else → 409 | `acknowledge-credentials` |
//! | `POST /gateway/{region}/apps/{app}/installations/{id}/credentials/actions/rotate` | installation, `apps:write` | 202, and `app.credentials_rotated`; older sets end in seven days | `rotate` |
//! | `GET /gateway/{region}/apps` | partner, or access with `apps:read` | apps as they live here, HAL pages of 50 | `apps` |
//! | `GET /gateway/{region}/apps/{app}` | partner, or access with `apps:read` | the documented object | `app` |
//! | `PATCH /gateway/{region}/apps/{app}` | partner, or access with `apps:write` | the documented fields → 200 with the app; another field → 422 | `change-app` |
//! | `PUT /reviewer/api/apps/{app}` | reviewer | places an app object, as one that lives here already | |
//! | `POST /reviewer/api/installations/{id}/events` | reviewer | lets something happen: `{type, …}` of any documented type but `app.installed`; `users`, `subscription`, `reason`, `expires_at`, `ended_reason`, `ended_by`, `user_id`, `user_email`, `compromised` as the type needs → 201 `{event_id}` | |
//! | `GET /reviewer/api/installations/{id}` | reviewer | what is known of it, without secrets | |
//! | `PUT /reviewer/api/installations/{id}/state` | reviewer | `{state, reason?}` → 200: from now on the gateway tells this state, any word, and none at all for `null`; nothing else changes by it | |
//! | `DELETE /reviewer/api/installations/{id}/state` | reviewer | the gateway tells the true state again → 204 | |
//! | `POST /reviewer/api/signature-keys` | reviewer | `{expires_at?, old_expires_at?}` → 201 `{key_id, old_key_id}`: events are signed by a new key from now on, with that end; the old one stays at the gateways, with its | |
//! | `GET /reviewer/api/events` | reviewer | what was told, without its bodies | |
//! | `GET /reviewer/api/deliveries` | reviewer | how it was taken, attempt by attempt | |
//! | `POST /reviewer/api/events/{id}/deliveries` | reviewer | delivers an event again → 202 | |
//! | `POST /receiver` | | a callback that takes what comes, signed or not → 200 | `receiver` |
//! | `GET /reviewer/api/received` | reviewer | what the receiver took | |
//! | `PUT /faults`, `GET`, `DELETE` | reviewer | sets (the whole list), shows, clears the faults | |
//! | `GET /health` | | `{"status": "ok"}` | `health` |
//! | `GET /`, `GET /sandbox.css` | | a page that says where one is; the pages' style | |
//!
//! A gateway's routes for installations answer errors as `{error}`. The others: `{code, message, fields?: [{name, description}]}`: 400 `bad_json`, 401 `unauthorized`, 404 `not_found`,
//! 405, 408, 413, 415, 421 (a `Host` that is not loopback, against DNS rebinding), 422 `invalid`, and the 409s above.
//! OAuth routes answer as RFC 6749 does.
//!
//! # The installation link
//!
//! Talkdesk's form of the link is not documented, so this one is opaque on purpose: `{public_base}/i/{random}` with
//! [`SandboxOptions::public_base`], `https://partner-project.example` if not set. The sandbox itself listens on plain
//! HTTP on loopback and serves the same path there: to follow a link, put [`Running::url`] in place of the base.
//!
//! # Deliveries
//!
//! Events are posted to the version's events callback URL (the field `events_callback_url`, or the `urls` entry of type
//! `installation_subscription`) if that is on this computer, or also outside it with
//! [`SandboxOptions::deliver_outside`]; or all to [`SandboxOptions::deliver_to`]. They are signed by ECDSA with SHA-512
//! over the body, in `X-Hub-Ecdsa-Signature` and `X-Hub-Ecdsa-Signature-Id`. What is not answered with 2xx within
//! [`SandboxOptions::delivery_time_limit`], a redirect included, is posted again after
//! [`SandboxOptions::delivery_retries`].
//!
//! A delivery that is made again is signed anew, by the newest key.
//!
//! # Faults
//!
//! `PUT /faults` with `[{route, kind, times?, …}]`, where `route` is a name from the table's last column, or `*`. The
//! first fault of the list that fits is played, and once for each of its `times` (for ever if absent).
//!
//! | kind | what the caller meets |
//! |---|---|
//! | `status` | `status` (400 to 599) with an error body, and `Retry-After: {retry_after}` if given |
//! | `slow` | the true answer, `millis` late |
//! | `hang` | nothing, until the caller gives up |
//! | `reset` | the connection is reset; nothing was done |
//! | `lost_reply` | the connection is reset, but the request **was** carried out |
//! | `truncated` | half of the true answer, then the end of the connection |
//! | `garbage` | 200, `application/json`, and HTML in the body |
//! | `redirect` | 302 to `location` (`https://elsewhere.example/` if absent) |
//! | `pkce_ignored` | only `authorize`: no challenge is asked for, and no verifier is checked |
//! | `wrong_state`, `wrong_issuer`, `no_issuer` | only `authorize`: the client is sent back with another `state`, another `iss`, or none |
//! | `unsigned`, `wrong_key`, `wrong_signature` | only `delivery`, which is no route but each attempt to deliver: no signature headers, the id of a key that is not there, a signature over another body |
//! | `twice`, `not_sent` | only `delivery`: the event is posted twice, or not at all |
//!
//! In process ([`router`]), where there is no connection, a reset is an answer whose body fails.
//!
//! # Limits
//!
//! Body 1 MiB, 30 s for a request and for its head. Only loopback addresses are listened on.
//!
//! Deliberately absent: ID tokens, and publishing on `AppConnect`.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod cloud;
mod faults;
mod install;
mod model;
mod oauth;
mod pages;
mod params;
mod partner_project;
mod problem;
mod reviewer;
mod serve;
mod state;

use std::net::SocketAddr;

pub use cloud::{Algorithm, Curve};
pub use oauth::Client;
pub use serve::{Running, router};
pub use state::{Clock, SandboxOptions, SandboxState};

/// The server's entry point.
#[derive(Debug)]
pub struct Sandbox;

impl Sandbox {
    /// Listens at `options.listen` and serves until the returned value is stopped or dropped.
    pub async fn start(options: SandboxOptions) -> Result<Running, StartError> {
        serve::start(options).await
    }
}

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The sandbox is for this machine alone.
    #[error("{0} is not a loopback address; the sandbox listens on 127.0.0.1 or [::1] only")]
    NotLoopback(SocketAddr),
    /// The base of the installation links is unusable.
    #[error("{0:?} is not an https address to put installation links under")]
    PublicBase(String),
    /// Events cannot be sent there.
    #[error("{0:?} is no URL to deliver events to")]
    DeliverTo(String),
    /// Deliveries cannot be made.
    #[error("no HTTP client: {0}")]
    Client(#[source] reqwest::Error),
    /// The address cannot be had.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// The system gives no random numbers for the tokens.
    #[error("no random numbers from the system: {0}")]
    Random(#[from] getrandom::Error),
}
