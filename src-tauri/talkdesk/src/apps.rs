//! The Apps API: apps as they live at Talkdesk, listed, shown, and changed where Talkdesk lets a partner (OAS,
//! R/list-of-apps, R/appsid).
//!
//! It is asked with an access token of a person's account. Whether a partner's token may change an app is not
//! documented: what Talkdesk answers is what is true.

use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::ambient::Ambient;
use crate::event::Other;
use crate::gateway::join;
use crate::hal::Pages;
use crate::secret::Secret;
use crate::wire::{Answer, Body, Call, Failure, Wire};

/// The members that `PATCH /apps/{app_id}` takes (OAS).
pub const CHANGEABLE: [&str; 9] =
    ["name", "active", "description", "sandbox", "assets", "slug", "capabilities", "urls", "render"];

/// The apps at one gateway, as an account's access token shows them.
#[derive(Debug)]
pub struct Apps<'a> {
    wire: &'a Wire,
    ambient: &'a Ambient,
    root: &'a Url,
    token: &'a Secret<String>,
}

/// An app. What Talkdesk does not tell is `None`; a member of another form than the documented one is left in `other`
/// with its name, so that one odd member does not hide the others.
#[derive(Clone, PartialEq, Debug, Default)]
#[expect(missing_docs, reason = "Talkdesk's own words")]
pub struct App {
    pub id: String,
    pub app_type: Option<String>,
    pub name: Option<String>,
    pub display_name: Option<String>,
    pub slug: Option<String>,
    pub listing_summary: Option<String>,
    pub description: Option<String>,
    pub notes: Option<String>,
    pub version_number: Option<String>,
    pub render: Option<String>,
    pub sandbox: Option<bool>,
    pub scopes: Option<Vec<String>>,
    pub scopes_reason: Option<String>,
    pub capabilities: Option<Vec<Named>>,
    pub emails: Option<Vec<Email>>,
    pub assets: Option<Vec<Asset>>,
    pub urls: Option<Vec<Address>>,
    pub subscription_types: Option<Vec<Plan>>,
    /// What else came, `created_type` among it.
    pub other: Other,
}

/// A capability.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Named {
    /// Its name.
    pub name: String,
}

/// An address for mail.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Email {
    /// support, developer, sales, or another word.
    #[serde(rename = "type")]
    pub kind: String,
    /// The address.
    pub email: String,
}

/// A picture or a video.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Asset {
    /// screenshot, video, icon, or another word.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it shows.
    #[serde(default)]
    pub description: Option<String>,
    /// Where it lies.
    pub url: String,
}

/// An address of the app.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Address {
    /// `redirect_uri`, `installation_subscription`, `launch_url`, `privacy_policy`, `terms_of_service`, `app_source`, or
    /// another word.
    #[serde(rename = "type")]
    pub kind: String,
    /// The address.
    pub url: String,
}

/// A plan.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Plan {
    /// trial, paid, or another word.
    #[serde(rename = "type")]
    pub kind: String,
    /// individual, universal, or another word.
    #[serde(default)]
    pub license_type: Option<String>,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// A month and seat: a number or a text.
    #[serde(default)]
    pub price: Value,
    /// What it offers.
    #[serde(default)]
    pub description: Option<String>,
    /// One line for the listing.
    #[serde(default)]
    pub listing_summary: Option<String>,
    /// Fewest seats.
    #[serde(default)]
    pub min_licenses: Option<u32>,
    /// Most seats.
    #[serde(default)]
    pub max_licenses: Option<u32>,
}

impl App {
    /// Reads an app; the member at fault where it is none.
    pub fn read(value: Value) -> Result<Self, &'static str> {
        let Value::Object(mut members) = value else { return Err("app") };
        let Some(Value::String(id)) = members.remove("id") else { return Err("id") };
        let mut app = Self { id, ..Self::default() };
        let Self {
            id: _,
            app_type,
            name,
            display_name,
            slug,
            listing_summary,
            description,
            notes,
            version_number,
            render,
            sandbox,
            scopes,
            scopes_reason,
            capabilities,
            emails,
            assets,
            urls,
            subscription_types,
            other,
        } = &mut app;
        for (text, member) in [
            (app_type, "app_type"),
            (name, "name"),
            (display_name, "display_name"),
            (slug, "slug"),
            (listing_summary, "listing_summary"),
            (description, "description"),
            (notes, "notes"),
            (version_number, "version_number"),
            (render, "render"),
            (scopes_reason, "scopes_reason"),
        ] {
            *text = take(&mut members, member);
        }
        *sandbox = take(&mut members, "sandbox");
        *scopes = take(&mut members, "scopes");
        *capabilities = take(&mut members, "capabilities");
        *emails = take(&mut members, "emails");
        *assets = take(&mut members, "assets");
        *urls = take(&mut members, "urls");
        *subscription_types = take(&mut members, "subscription_types");
        *other = Other(members);
        Ok(app)
    }

    /// The documented members that came in another form, so that their content is not known.
    pub fn unread(&self) -> Vec<&str> {
        const READ: [&str; 17] = [
            "app_type",
            "name",
            "display_name",
            "slug",
            "listing_summary",
            "description",
            "notes",
            "version_number",
            "render",
            "scopes_reason",
            "sandbox",
            "scopes",
            "capabilities",
            "emails",
            "assets",
            "urls",
            "subscription_types",
        ];
        READ.into_iter().filter(|name| self.other.0.contains_key(*name)).collect()
    }
}

/// Takes a member out where it is of the documented form; null says nothing.
fn take<T: serde::de::DeserializeOwned>(members: &mut Map<String, Value>, name: &str) -> Option<T> {
    let value = members.get(name)?;
    let read = if value.is_null() { Ok(None) } else { T::deserialize(value).map(Some) };
    let read = read.ok()?;
    members.remove(name);
    read
}

impl<'a> Apps<'a> {
    /// The apps at `root`, a region's API gateway.
    pub fn new(wire: &'a Wire, ambient: &'a Ambient, root: &'a Url, token: &'a Secret<String>) -> Self {
        Self { wire, ambient, root, token }
    }

    /// Every app that the account may see, page by page (scope apps:read).
    pub async fn list(&self) -> Result<Vec<App>, Failure> {
        let mut pages = Pages::new(self.root, self.at(&["apps"])?, "apps");
        let mut apps = Vec::new();
        while let Some(at) = pages.turn()? {
            let found: Vec<Value> = pages.read(&self.send(Call::get(at)).await?.content()?)?;
            for app in found {
                apps.push(self.app_of(app)?);
            }
        }
        Ok(apps)
    }

    /// One app.
    pub async fn app(&self, id: &str) -> Result<App, Failure> {
        let answer = self.send(Call::get(self.at(&["apps", id])?)).await?;
        self.app_of(answer.json()?)
    }

    /// Where [`Apps::change`] sends to.
    pub fn change_url(&self, id: &str) -> Result<Url, Failure> {
        self.at(&["apps", id])
    }

    /// Changes these members of an app (scope apps:write). Sent once.
    pub async fn change(&self, id: &str, changes: &Value) -> Result<(), Failure> {
        let call = Call {
            method: Method::PATCH,
            url: self.change_url(id)?,
            authorization: None,
            body: Body::Json(changes),
        };
        self.send(call).await?.content().map(drop)
    }

    async fn send(&self, call: Call<'_>) -> Result<Answer, Failure> {
        self.wire.send(call.bearer(self.token), self.ambient.now()).await
    }

    fn at(&self, path: &[&str]) -> Result<Url, Failure> {
        join(self.root, path).ok_or(Failure::Internal("an id cannot stand in a path"))
    }

    fn app_of(&self, value: Value) -> Result<App, Failure> {
        let host = self.root.host_str().unwrap_or_default();
        App::read(value)
            .map_err(|place| Failure::Unreadable { host: host.to_owned(), place: place.to_owned() })
    }
}

#[cfg(test)]
#[path = "apps/tests.rs"]
mod tests;
