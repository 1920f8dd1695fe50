//! The install page behind an installation link, for whoever holds the link.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde_json::{Map, Value};

use crate::cloud;
use crate::model::{Content, Installation, Link};
use crate::pages::{Page, alert, time};
use crate::params::Form;
use crate::problem::{FieldProblem, Problem};
use crate::state::{SandboxState, World, new_id};

const LONGEST_ACCOUNT: usize = 100;

/// What was typed into the form.
#[derive(Debug, Default)]
struct Wanted {
    account: String,
    region: String,
}

pub(crate) async fn page(State(state): State<SandboxState>, Path(token): Path<String>) -> Page {
    let shown = in_force(&state.world(), &token).map(|(_, content)| content);
    match shown {
        Ok(content) => form(&state, &content, &Wanted::default(), None),
        Err(problem) => Page::of(&problem),
    }
}

/// The link with this token and what it installs, unless it is superseded.
fn in_force(world: &World, token: &str) -> Result<(Link, Content), Problem> {
    let link = world.project.link(token);
    let link = link.ok_or_else(|| Problem::not_found("There is no such installation link."))?;
    if link.superseded {
        let message = "This installation link was replaced by a newer one. Ask the app's partner for it.";
        return Err(Problem::new(StatusCode::GONE, "superseded", message));
    }
    Ok((link.clone(), world.project.content(&link.app, &link.version)?.clone()))
}

pub(crate) async fn install(
    State(state): State<SandboxState>,
    Path(token): Path<String>,
    Form(typed): Form,
) -> Response {
    let wanted = Wanted {
        account: typed.typed("account").trim().to_owned(),
        region: typed.typed("region").to_owned(),
    };
    let (link, content) = match in_force(&state.world(), &token) {
        Ok(shown) => shown,
        Err(problem) => return Page::of(&problem).into_response(),
    };
    match record(&state, &link, &wanted) {
        Ok(id) => Redirect::to(&format!("/i/{token}/installed/{id}")).into_response(),
        Err(problem) => form(&state, &content, &wanted, Some(&problem)).into_response(),
    }
}

fn record(state: &SandboxState, link: &Link, wanted: &Wanted) -> Result<String, Problem> {
    let mut wrong = Vec::new();
    let mut say = |name: &str, description: &str| {
        wrong.push(FieldProblem { name: name.to_owned(), description: description.to_owned() });
    };
    if wanted.account.is_empty() || wanted.account.chars().count() > LONGEST_ACCOUNT {
        say("account", "Must have 1 to 100 characters.");
    } else if wanted.account.chars().any(char::is_control) {
        say("account", "Must be plain text.");
    }
    if !state.options().regions.contains(&wanted.region) {
        say("region", "Must be one of the list.");
    }
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    let (id, created_at) = (new_id()?, state.now());
    let mut world = state.world();
    if !state.is_own_account(&wanted.account) && !world.project.is_installable(&link.app, &link.version) {
        let message = "This version is not approved yet: only the partner's own and Talkdesk's accounts can install it.";
        return Err(Problem::conflict("not_installable", message));
    }
    // A version with a callback is told, and answers before the installation is complete.
    let tells = cloud::callback(&world.project.content(&link.app, &link.version)?.fields).is_some();
    world.project.install(Installation {
        id: id.clone(),
        app_id: link.app.clone(),
        version_id: link.version.clone(),
        account: wanted.account.clone(),
        region: wanted.region.clone(),
        state: if tells { "pending" } else { "completed" },
        created_at,
    })?;
    if tells {
        cloud::installed(state, &mut world, &id)?;
    }
    Ok(id)
}

pub(crate) async fn confirmation(
    State(state): State<SandboxState>,
    Path((token, id)): Path<(String, String)>,
) -> Page {
    let found = (|| {
        let world = state.world();
        // A superseded link still shows what was installed by it.
        let link = world.project.link(&token);
        let link = link.ok_or_else(|| Problem::not_found("There is no such installation link."))?;
        let content = world.project.content(&link.app, &link.version)?.clone();
        let mut installations = world.project.installations.iter();
        let made = installations.find(|i| i.id == id && i.app_id == link.app && i.version_id == link.version);
        let made = made.ok_or_else(|| Problem::not_found("There is no such installation."))?;
        Ok((content, made.clone()))
    })();
    let (content, made) = match found {
        Ok(found) => found,
        Err(problem) => return Page::of(&problem),
    };
    let body = html! {
        h1 { (content.app.name) " " (content.version.number) }
        p.alert.done.narrow role="status" {
            "Installed"
            @if made.state == "pending" { ". The app was told, and has seven days to answer." }
        }
        table { tbody {
            tr { th { "Account" } td { (made.account) } }
            tr { th { "Region" } td { code { (made.region) } } }
            tr { th { "Installation" } td { code id="installation" { (made.id) } } }
            tr { th { "Installed" } td { (time(made.created_at)) } }
        } }
    };
    Page::new("Installed", body)
}

fn form(state: &SandboxState, content: &Content, typed: &Wanted, refused: Option<&Problem>) -> Page {
    let scopes = scopes(&content.fields);
    let body: Markup = html! {
        h1 { "Install " (content.app.name) }
        p.muted { "Version " (content.version.number) " · " code { (content.app.slug) } }
        h2 { "What it may do" }
        @if scopes.is_empty() {
            p.muted { "It asks for no scopes." }
        } @else {
            ul.scopes { @for (scope, reason) in &scopes {
                li { code { (scope) } @if let Some(reason) = reason { span.muted { ": " (reason) } } }
            } }
        }
        @if let Some(problem) = refused { (alert(problem)) }
        form.narrow method="post" {
            label for="account" { "Account name" }
            input type="text" id="account" name="account" value=(typed.account) required maxlength=(LONGEST_ACCOUNT)
                autocomplete="off";
            label for="region" { "Region" }
            select id="region" name="region" required {
                @for region in &state.options().regions {
                    option value=(region) selected[*region == typed.region] { (region) }
                }
            }
            button.primary type="submit" { "Install" }
        }
    };
    Page::new(format!("Install {}", content.app.name), body)
        .status(refused.map_or(StatusCode::OK, |problem| problem.status))
}

/// The names of the scopes among the fields.
pub(crate) fn scope_names(fields: &Map<String, Value>) -> Vec<String> {
    scopes(fields).into_iter().map(|(name, _)| name).collect()
}

/// The scopes among the fields, with their reasons. The fields are opaque, so any likely form is understood: a list
/// of texts, a list of objects that name one, or one text; also as the `value` of an object.
fn scopes(fields: &Map<String, Value>) -> Vec<(String, Option<String>)> {
    let text = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let sent = fields.get("scopes");
    match sent.and_then(|sent| sent.get("value")).or(sent) {
        Some(Value::Array(scopes)) => scopes
            .iter()
            .filter_map(|scope| match scope {
                Value::String(name) => Some((name.clone(), None)),
                other => Some((text(other, "scope").or_else(|| text(other, "name"))?, text(other, "reason"))),
            })
            .collect(),
        Some(Value::String(scopes)) => {
            let words = scopes.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
            words.map(|word| (word.to_owned(), None)).collect()
        }
        _ => Vec::new(),
    }
}
