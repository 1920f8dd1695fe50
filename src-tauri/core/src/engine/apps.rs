//! Apps at Talkdesk, by the access token of an account that is signed in on this computer.
//!
//! The token goes to Talkdesk's gateways and to those that verified events named, and to no other address, whatever a
//! call says. A change is no command: it is sent once, as it was shown; the app is read before and after, and what is
//! recorded is what Talkdesk tells then.

use std::collections::BTreeSet;

use domain::facts::Outside;
use domain::fields::{FIELDS, FieldKey, FieldValue, problems};
use domain::ids::ProjectId;
use domain::installation::Standing;
use domain::project::{AppAt, ProjectDetails, Version};
use domain::text::LINE;
use domain::{AggregateRef, Body, Place};
use talkdesk::apps::{App, Apps};
use talkdesk::wire::Wire;
use talkdesk::{Ambient, Secret};
use url::Url;

use super::installations::call_error;
use super::{Engine, Error, ErrorCode};
use crate::app::{self, Beside, Told};
use crate::ipc::apps::{
    AppArgs, AppDrift, AppField, AppView, AppsArgs, BringInArgs, GatewayView, PushArgs, PushRequest, Pushed,
    SendPushArgs, TakeAppArgs, ToldField,
};

/// Installations whose gateways are offered, the latest.
const INSTALLATIONS: usize = 50;

/// What a call to the Apps API needs.
struct Reached {
    wire: Wire,
    ambient: Ambient,
    root: Url,
    token: Secret<String>,
}

impl Reached {
    fn apps(&self) -> Apps<'_> {
        Apps::new(&self.wire, &self.ambient, &self.root, &self.token)
    }
}

impl Engine {
    /// The gateways that may be asked: those that installations named, then those of the regions. A sandbox of this
    /// computer that the console is connected with has one for each region's key.
    pub(crate) async fn gateways(&self) -> Result<Vec<GatewayView>, Error> {
        let (store, _) = self.open_store()?;
        let named = store
            .read(move |view| {
                let rows = view.installation_rows()?;
                let latest = rows.iter().take(INSTALLATIONS);
                let known = latest.filter_map(|row| view.installation(row.id).transpose());
                known.map(|known| known.map(|known| Standing::of(&known))).collect::<Result<Vec<_>, _>>()
            })
            .await
            .map_err(|error: crate::store::StoreError| Error::from(error))?;
        let (_, regions) = self.cloud();
        let keys: Vec<&str> = regions.0.iter().filter_map(|region| region.key.as_deref()).collect();
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let mut offer = |url: &Url, region: &str, id_domain: Option<&String>| {
            if seen.insert(url.as_str().trim_end_matches('/').to_owned()) {
                let (url, region) = (url.to_string(), region.to_owned());
                found.push(GatewayView { url, region, id_domain: id_domain.cloned().unwrap_or_default() });
            }
        };
        for standing in &named {
            if let Ok(root) = Url::parse(&standing.root) {
                let region = regions.of_gateway(&root);
                offer(&root, &standing.region, region.and_then(|region| region.id_domain.as_ref()));
            }
        }
        // A sandbox that somebody connected is what they mean to ask first.
        for region in regions.0.iter().rev() {
            for gateway in &region.gateways {
                if gateway.scheme() == "http" {
                    for key in &keys {
                        let mut url = gateway.clone();
                        if let Ok(mut path) = url.path_segments_mut() {
                            path.pop_if_empty().extend(["gateway", key]);
                        }
                        offer(&url, &format!("{} {key}", region.name), None);
                    }
                }
            }
        }
        for region in &regions.0 {
            for gateway in region.gateways.iter().filter(|gateway| gateway.scheme() == "https") {
                offer(gateway, &region.name, region.id_domain.as_ref());
            }
        }
        Ok(found)
    }

    /// The apps that an account may see, those first that are not here yet.
    pub(crate) async fn apps(&self, args: &AppsArgs) -> Result<Vec<AppView>, Error> {
        let reached = self.apps_at(args).await?;
        let apps = reached.apps().list().await.map_err(|failure| call_error(&failure))?;
        let (store, _) = self.open_store()?;
        store
            .read(move |view| {
                let nobody = ProjectId::from_u128(0);
                let mut found = Vec::new();
                for app in apps {
                    let details = details_of(&app);
                    let known = view.name_taken(&details.name, nobody)?
                        || (!details.slug.is_empty() && view.slug_taken(&details.slug, nobody)?);
                    found.push(AppView {
                        slug: app.slug.clone().unwrap_or_default(),
                        number: app.version_number.clone().unwrap_or_default(),
                        name: details.name,
                        id: app.id,
                        known,
                    });
                }
                found.sort_by(|one, other| {
                    (one.known, &one.name, &one.id).cmp(&(other.known, &other.name, &other.id))
                });
                Ok::<_, Error>(found)
            })
            .await
    }

    /// Makes a project of an app, with one version that has what Talkdesk tells, recorded as carried. All or none.
    pub(crate) async fn bring_in_app(&self, args: BringInArgs) -> Result<(), Error> {
        let reached = self.apps_at(&args.by).await?;
        let app = reached.apps().app(&args.app).await.map_err(|failure| call_error(&failure))?;
        let details = details_of(&app);
        let told = app::told(&app, &domain::fields::Information::default());
        let version = args.version;
        let at = AppAt { id: app.id, gateway: args.by.gateway };
        let mut bodies = vec![
            Body::ProjectCreate { details: details.clone() },
            Body::ProjectSetApp { app: Some(at) },
            Body::VersionCreate { version, number: args.number },
        ];
        // A first version begins with what the project says.
        let text = |text: &String| (!text.is_empty()).then(|| FieldValue::Text(text.clone()));
        let begins = |field| match field {
            FieldKey::DisplayName => text(&details.name),
            FieldKey::Slug => text(&details.slug),
            _ => None,
        };
        for (&field, value) in &told {
            let expects = begins(field);
            if *value != expects {
                bodies.push(Body::SetField { version, field, value: value.clone(), expects });
            }
        }
        bodies.push(carried(version, told));
        self.change_all(AggregateRef::Project(args.project), bodies).await
    }

    /// How a version and its app differ, as Talkdesk tells it now.
    pub(crate) async fn compare_app(&self, args: &AppArgs) -> Result<AppDrift, Error> {
        let (_, app, version) = self.app_and_version(args).await?;
        let told = app::told(&app, &version.information);
        let differs = told.iter().filter_map(|(&field, there)| {
            let here = version.information.get(field);
            (!app::same(here.as_ref(), there.as_ref())).then(|| AppField {
                field,
                here,
                there: there.clone(),
                changeable: app::changes(&app, &version.information, &[field]).is_ok(),
            })
        });
        let recorded = |field: &FieldKey, value: &Option<FieldValue>| {
            let known = version.carried.get(field);
            known.is_some_and(|known| app::same(known.value.as_ref(), value.as_ref()))
        };
        Ok(AppDrift {
            name: details_of(&app).name,
            number: app.version_number.clone().unwrap_or_default(),
            differs: differs.collect(),
            untold: FIELDS.iter().map(|field| field.key).filter(|key| !told.contains_key(key)).collect(),
            unread: app.unread().into_iter().map(str::to_owned).collect(),
            strange: app::strange(&app),
            active: app::active(&app),
            told: told
                .iter()
                .map(|(&field, value)| ToldField {
                    field,
                    recorded: recorded(&field, value),
                    value: value.clone(),
                })
                .collect(),
        })
    }

    /// Takes values of Talkdesk's into a version, and records that they stand there. All or none.
    pub(crate) async fn take_from_app(&self, args: TakeAppArgs) -> Result<(), Error> {
        let version = args.version;
        let entered: Told = args.fields.iter().map(|taken| (taken.field, taken.value.clone())).collect();
        let set = args.fields.into_iter().map(|taken| Body::SetField {
            version,
            field: taken.field,
            value: taken.value,
            expects: taken.expects,
        });
        let bodies = set.chain([carried(version, entered)]).collect();
        self.change_all(AggregateRef::Project(args.project), bodies).await
    }

    /// The request that would bring fields to Talkdesk. Nothing is sent.
    pub(crate) async fn push_request(&self, args: &PushArgs) -> Result<PushRequest, Error> {
        let (reached, app, version) = self.app_and_version(&args.of).await?;
        let beside = self.beside(args).await?;
        request(&reached, &app, &version, &args.fields, &beside).map(|(request, _)| request)
    }

    /// Sends it, if it is still the one that was shown, and records what stands at Talkdesk then.
    pub(crate) async fn push_to_app(&self, args: SendPushArgs) -> Result<Pushed, Error> {
        let beside = self.beside(&args.of).await?;
        let PushArgs { of, fields, .. } = args.of;
        let (reached, app, version) = self.app_and_version(&of).await?;
        let (shown, changes) = request(&reached, &app, &version, &fields, &beside)?;
        if shown.body != args.body {
            return Err(Error::new(ErrorCode::Conflict).at(Place::input("body")));
        }
        let project = AggregateRef::Project(of.project);
        let record = |app: &App| {
            let told = app::told(app, &version.information);
            let sent: Told = told.into_iter().filter(|(field, _)| fields.contains(field)).collect();
            carried(version.id, sent)
        };
        // What would be refused here is not sent there.
        self.try_change(project, record(&app)).await?;
        let sent = reached.apps().change(&of.app, &changes).await;
        if let Err(failure) = sent
            && !failure.may_be_done()
        {
            return Err(call_error(&failure));
        }
        // Where the answer was lost on its way back Talkdesk says whether the change arrived.
        let after = reached.apps().app(&of.app).await.map_err(|failure| call_error(&failure))?;
        if !fields.is_empty() {
            self.change(project, record(&after)).await?;
        }
        let there = app::told(&after, &version.information);
        let differs = |field: &&FieldKey| {
            let there = there.get(*field).and_then(Option::as_ref);
            !app::same(version.information.get(**field).as_ref(), there)
        };
        let differ = fields.iter().filter(differs).copied().collect();
        Ok(Pushed { differ, beside: beside.differ(&after) })
    }

    /// What goes along that is no field.
    async fn beside(&self, args: &PushArgs) -> Result<Beside, Error> {
        let name = if args.name { Some(self.project(args.of.project).await?.details.name) } else { None };
        Ok(Beside { name, active: args.active })
    }

    async fn app_and_version(&self, args: &AppArgs) -> Result<(Reached, App, Version), Error> {
        let project = self.project(args.project).await?;
        let version = project.version(args.version).cloned().ok_or_else(Error::not_found)?;
        let reached = self.apps_at(&args.by).await?;
        let app = reached.apps().app(&args.app).await.map_err(|failure| call_error(&failure))?;
        Ok((reached, app, version))
    }

    /// A token of the account, and the gateway, if it is one of those that are offered.
    async fn apps_at(&self, args: &AppsArgs) -> Result<Reached, Error> {
        let known = self.gateways().await?.into_iter().find(|known| known.url == args.gateway);
        let root = known.and_then(|known| Url::parse(&known.url).ok());
        let root = root.ok_or_else(|| Error::new(ErrorCode::Invalid).at(Place::input("gateway")))?;
        self.registration(args.account)?;
        let token = self.session(args.account).access_token().await;
        let token = token.map_err(|error| error.at(Place::input("account")))?;
        Ok(Reached { wire: self.wire()?, ambient: Ambient::system(), root, token })
    }
}

/// Name and slug of the project that an app becomes.
fn details_of(app: &App) -> ProjectDetails {
    let names = [&app.name, &app.display_name, &app.slug];
    let name = names.into_iter().flatten().map(|name| name.trim()).find(|name| !name.is_empty());
    let slug = app.slug.clone().map(FieldValue::Text);
    let slug = slug.filter(|slug| problems(FieldKey::Slug, Some(slug)).is_empty());
    ProjectDetails {
        name: name.unwrap_or(&app.id).chars().filter(|letter| !letter.is_control()).take(LINE).collect(),
        slug: slug.and_then(|_| app.slug.clone()).unwrap_or_default(),
        owner: String::new(),
    }
}

fn carried(version: domain::ids::VersionId, told: Told) -> Body {
    Body::MarkCarried { version, fields: told.keys().copied().collect(), entered: told }
}

fn request(
    reached: &Reached,
    app: &App,
    version: &Version,
    fields: &[FieldKey],
    beside: &Beside,
) -> Result<(PushRequest, serde_json::Value), Error> {
    let invalid = |field| Error::new(ErrorCode::Invalid).at(Place::field(field));
    let mut changes = app::changes(app, &version.information, fields).map_err(invalid)?;
    changes.extend(beside.changes());
    let changes = serde_json::Value::Object(changes);
    let url = reached.apps().change_url(&app.id).map_err(|failure| call_error(&failure))?;
    let body = serde_json::to_string_pretty(&changes).map_err(|error| Error::internal(&error))?;
    Ok((PushRequest { method: "PATCH".to_owned(), url: url.into(), body }, changes))
}
