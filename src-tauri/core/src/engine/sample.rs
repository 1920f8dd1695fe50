//! Sample data: five projects in different states, made by the same commands that a person would make.

mod installed;

use std::collections::BTreeMap;

use domain::checklist::{Outcome, Tested};
use domain::command::NewFinding;
use domain::fields::{
    Asset, Email, EmailKind, FieldKey as K, FieldValue as V, LicenseType, Plan, PlanKind, ScopeReason,
    TrackName,
};
use domain::ids::{
    AccountId, ContactId, CustomerId, DocumentId, FindingId, LinkId, ProjectId, RoundId, RunId, TicketId,
    VersionId,
};
use domain::project::{FindingText, LinkSource, LinkUseKind, ProjectDetails, Verdict};
use domain::templates;
use domain::workspace::{
    Account, AccountOwner, Contact, CustomerDetails, DocumentDetails, Side, TicketDetails, built_in_pages,
};
use domain::{AggregateRef, Body};
use uuid::Uuid;

use super::{Engine, Error};

const BOTH: [TrackName; 2] = TrackName::ALL;

impl Engine {
    /// Fills the open workspace with the samples.
    pub(super) async fn fill_sample(&self) -> Result<(), Error> {
        let customers = self.sample_workspace().await?;
        self.sample_published("Queue Lens", "queue-lens", "1.9.0", &customers[2..]).await?;
        self.sample_going_live().await?;
        self.sample_rejected().await?;
        self.sample_in_review().await?;
        self.sample_in_the_works(&customers).await
    }

    async fn sample_workspace(&self) -> Result<Vec<CustomerId>, Error> {
        let workspace = AggregateRef::Workspace(self.workspace_id()?);
        let account = |name: &str, region: &str, used_for: &str, developer| Account {
            id: AccountId(Uuid::now_v7()),
            name: name.to_owned(),
            region: region.to_owned(),
            owner: AccountOwner::Own,
            used_for: used_for.to_owned(),
            developer,
        };
        for account in [
            account("sample-apps", "US", "Tests, private installations", true),
            account("sample-apps-eu", "EU", "Tests of the region", false),
        ] {
            self.change(workspace, Body::AccountSet { account, knew: None }).await?;
        }
        self.sample_partner(workspace).await?;
        let contact = |role: &str, at: &str, letter: &str, gets_links| Contact {
            id: ContactId(Uuid::now_v7()),
            name: format!("Contact {letter}, {}", role.to_lowercase()),
            role: role.to_owned(),
            email: format!("{at}@customer-{}.example", letter.to_lowercase()),
            phone: String::new(),
            gets_links,
        };
        let mut customers = Vec::new();
        for (letter, region) in [("A", "US"), ("B", "US"), ("C", "EU"), ("D", "EU")] {
            let customer = CustomerId(Uuid::now_v7());
            let details = CustomerDetails {
                name: format!("Sample Customer {letter}"),
                account: format!("sample-customer-{}", letter.to_lowercase()),
                region: region.to_owned(),
                contacts: vec![
                    contact("Admin", "admin", letter, true),
                    contact("Telephony", "telephony", letter, false),
                ],
                notes: String::new(),
            };
            self.change(workspace, Body::CustomerSet { customer, details, knew: None }).await?;
            customers.push(customer);
        }
        Ok(customers)
    }

    /// What lies between the partner and Talkdesk: documents, pages that were read, a ticket.
    async fn sample_partner(&self, workspace: AggregateRef) -> Result<(), Error> {
        let today = self.now();
        let day =
            |days: i64| Some(domain::time::day(domain::Timestamp(today.0 + days * 24 * 60 * 60 * 1_000)));
        for (name, sent, signed, valid_until) in [
            ("Partner agreement", day(-290), day(-281), day(37)),
            ("Security questionnaire", day(-290), None, day(75)),
            ("Data processing terms", day(-289), day(-281), None),
        ] {
            let details =
                DocumentDetails { name: name.to_owned(), sent, signed, valid_until, files: Vec::new() };
            self.change(workspace, Body::DocumentSet { document: DocumentId(Uuid::now_v7()), details })
                .await?;
        }
        for page in built_in_pages().iter().take(9) {
            self.change(workspace, Body::PageMarkRead { page: page.id, read: true }).await?;
        }
        for (number, subject, opened, answered) in [
            ("40213", "No answer to a review", day(-12), None),
            ("40177", "401 after a new scope", day(-6), day(-1)),
        ] {
            let ticket = TicketId(Uuid::now_v7());
            let details = TicketDetails {
                number: number.to_owned(),
                subject: subject.to_owned(),
                opened: opened.unwrap_or_default(),
                ..TicketDetails::default()
            };
            self.change(workspace, Body::TicketSet { ticket, details, knew: None }).await?;
            if let Some(on) = answered {
                let letter = Body::TicketLetter { ticket, from: Side::Talkdesk, on, waits_for: Side::Us };
                self.change(workspace, letter).await?;
            }
        }
        Ok(())
    }

    /// A project that is on `AppConnect`, with its link sent to customers.
    async fn sample_published(
        &self,
        name: &str,
        slug: &str,
        number: &str,
        customers: &[CustomerId],
    ) -> Result<ProjectId, Error> {
        let (project, version) = self.sample_project(name, slug, number).await?;
        self.sample_fields(project, version, slug).await?;
        let of = AggregateRef::Project(project);
        self.sample_approve(project, version, &BOTH).await?;
        self.change(of, Body::RecordGoLive { version, date: "2026-10-06".to_owned() }).await?;
        self.change(of, Body::ApproveGoLive { version }).await?;
        self.change(of, Body::ConfirmLive { version }).await?;
        let link = LinkId(Uuid::now_v7());
        let url = format!("https://partner-project.example/i/{}", &link.0.simple().to_string()[20..]);
        self.change(of, Body::LinkRecord { version, link, url, source: LinkSource::Pasted }).await?;
        for customer in customers {
            let kind = LinkUseKind::MailDraft;
            self.change(
                of,
                Body::LinkNoteUse { link, kind, customer: Some(*customer), contacts: Vec::new() },
            )
            .await?;
        }
        Ok(project)
    }

    /// Approved on both tracks; a go-live date waits for the partner's approval.
    async fn sample_going_live(&self) -> Result<(), Error> {
        let (project, version) = self.sample_project("Contact Sync", "contact-sync", "2.5.0").await?;
        self.sample_fields(project, version, "contact-sync").await?;
        self.sample_approve(project, version, &BOTH).await?;
        let date = "2026-12-02".to_owned();
        self.change(AggregateRef::Project(project), Body::RecordGoLive { version, date }).await.map(|_| ())
    }

    /// Rejected on the marketplace track, with findings.
    async fn sample_rejected(&self) -> Result<(), Error> {
        let (project, version) = self.sample_project("Survey Sense", "survey-sense", "2.1.0").await?;
        self.sample_fields(project, version, "survey-sense").await?;
        self.sample_approve(project, version, &[TrackName::Technical]).await?;
        self.sample_submit(project, version, &[TrackName::Marketplace]).await?;
        let finding = |text: &str, severity: &str, field| NewFinding {
            id: FindingId(Uuid::now_v7()),
            said: FindingText {
                text: text.to_owned(),
                severity: severity.to_owned(),
                field: Some(field),
                item: None,
            },
            files: Vec::new(),
        };
        let findings = vec![
            finding("The policy page could not be opened.", "Blocking", K::PrivacyPolicy),
            finding("Please say what a supervisor gets from it.", "Major", K::ListingSummary),
        ];
        let body = Body::RecordAnswer {
            version,
            tracks: vec![TrackName::Marketplace],
            rounds: Vec::new(),
            outcome: Verdict::Rejected,
            text: "The policy page could not be opened.\n\nPlease say what a supervisor gets from it."
                .to_owned(),
            findings,
            files: Vec::new(),
        };
        self.change(AggregateRef::Project(project), body).await.map(|_| ())
    }

    /// The technical track waits for Talkdesk.
    async fn sample_in_review(&self) -> Result<(), Error> {
        let (project, version) = self.sample_project("Shift Planner", "shift-planner", "1.4.0").await?;
        self.sample_fields(project, version, "shift-planner").await?;
        self.sample_submit(project, version, &[TrackName::Technical]).await
    }

    /// On `AppConnect`, with the next version in the works and its checklist half done.
    async fn sample_in_the_works(&self, customers: &[CustomerId]) -> Result<(), Error> {
        let project = self.sample_published("Call Notes", "call-notes", "1.2.0", &customers[..2]).await?;
        let of = AggregateRef::Project(project);
        let version = VersionId(Uuid::now_v7());
        self.change(of, Body::VersionCreate { version, number: "1.3.0".to_owned() }).await?;
        let notes = "Saves notes while offline. Asks for one scope more.".to_owned();
        self.change(of, Body::VersionEdit { version, number: "1.3.0".to_owned(), notes }).await?;
        let url = |url: &str| V::Text(url.to_owned());
        let scopes = |last: bool| {
            let mut scopes = sample_scopes();
            if last {
                scopes.push(ScopeReason { scope: "recordings:read".to_owned(), reason: String::new() });
            }
            V::Scopes(scopes)
        };
        let before = url("https://app.sample-apps.example/call-notes");
        for (field, value, expects) in [
            (K::StandaloneUrl, url("http://app.sample-apps.example/call-notes"), Some(before)),
            (K::Scopes, scopes(true), Some(scopes(false))),
        ] {
            self.change(of, Body::SetField { version, field, value: Some(value), expects }).await?;
        }
        let run = RunId(Uuid::now_v7());
        let body = Body::RunStart {
            project,
            version,
            template: templates::QA,
            template_version: 1,
            previous: None,
            tested: Tested {
                build: "1.3.0+412".to_owned(),
                account: "sample-apps, US".to_owned(),
                browser: "Chromium 131".to_owned(),
            },
        };
        self.change(AggregateRef::Run(run), body).await?;
        let Some(list) = templates::by_id(templates::QA) else { return Err(Error::not_found()) };
        for (n, item) in list.items().take(18).enumerate() {
            let outcome = match n {
                13 => Outcome::Blocked,
                14 => Outcome::Fail,
                _ => Outcome::Pass,
            };
            let body =
                Body::SetResult { item: item.id.clone(), outcome, reason: String::new(), knew: Vec::new() };
            self.change(AggregateRef::Run(run), body).await?;
        }
        self.sample_installed(project, customers[0]).await
    }

    async fn sample_project(
        &self,
        name: &str,
        slug: &str,
        number: &str,
    ) -> Result<(ProjectId, VersionId), Error> {
        let (project, version) = (ProjectId(Uuid::now_v7()), VersionId(Uuid::now_v7()));
        let details = ProjectDetails {
            name: name.to_owned(),
            slug: slug.to_owned(),
            owner: "Partner manager".to_owned(),
        };
        let of = AggregateRef::Project(project);
        self.change(of, Body::ProjectCreate { details }).await?;
        self.change(of, Body::VersionCreate { version, number: number.to_owned() }).await?;
        Ok((project, version))
    }

    async fn sample_fields(&self, project: ProjectId, version: VersionId, slug: &str) -> Result<(), Error> {
        for (field, value) in sample_values(slug) {
            let body = Body::SetField { version, field, value: Some(value), expects: None };
            self.change(AggregateRef::Project(project), body).await?;
        }
        Ok(())
    }

    async fn sample_submit(
        &self,
        project: ProjectId,
        version: VersionId,
        tracks: &[TrackName],
    ) -> Result<(), Error> {
        let of = AggregateRef::Project(project);
        let fields = domain::fields::FIELDS.iter().map(|field| field.key).collect();
        self.change(of, Body::MarkCarried { version, fields, entered: BTreeMap::new() }).await?;
        let rounds = tracks.iter().map(|_| RoundId(Uuid::now_v7())).collect();
        let tracks = tracks.to_vec();
        self.change(of, Body::MarkSubmitted { version, tracks, rounds, override_reason: None })
            .await
            .map(|_| ())
    }

    async fn sample_approve(
        &self,
        project: ProjectId,
        version: VersionId,
        tracks: &[TrackName],
    ) -> Result<(), Error> {
        self.sample_submit(project, version, tracks).await?;
        let body = Body::RecordAnswer {
            version,
            tracks: tracks.to_vec(),
            rounds: Vec::new(),
            outcome: Verdict::Approved,
            text: String::new(),
            findings: Vec::new(),
            files: Vec::new(),
        };
        self.change(AggregateRef::Project(project), body).await.map(|_| ())
    }
}

fn sample_scopes() -> Vec<ScopeReason> {
    [
        ("openid", "Sign-in with Talkdesk ID"),
        ("contacts:read", "Finds the contact of a call"),
        ("users:read", "Shows who wrote a note"),
    ]
    .map(|(scope, reason)| ScopeReason { scope: scope.to_owned(), reason: reason.to_owned() })
    .to_vec()
}

fn sample_values(slug: &str) -> Vec<(K, V)> {
    let text = |text: &str| V::Text(text.to_owned());
    let page = |page: &str| V::Text(format!("https://sample-apps.example/{slug}/{page}"));
    let picture = |name: &str, description: &str| Asset {
        url: format!("https://sample-apps.example/{slug}/{name}.png"),
        description: description.to_owned(),
        file: None,
    };
    let email = |kind, name: &str| Email { kind, email: format!("{name}@sample-apps.example") };
    let plan = |kind, name: &str, price: &str| Plan {
        kind,
        license_type: LicenseType::Individual,
        name: name.to_owned(),
        price: price.to_owned(),
        description: String::new(),
        listing_summary: String::new(),
        min_licenses: Some(1),
        max_licenses: None,
    };
    let summary = match slug {
        "call-notes" => "Notes next to the call, saved to the contact",
        "shift-planner" => "Shifts planned from the week's call volume",
        "survey-sense" => "Survey Sense surveys",
        "contact-sync" => "Contacts kept the same on both sides",
        _ => "What waits in each queue, at a glance",
    };
    vec![
        (K::ListingSummary, text(summary)),
        (
            K::Description,
            V::Text(format!("{summary}.\n\nAgents see it beside the call; nothing has to be opened.")),
        ),
        (K::AppType, text("standalone")),
        (K::Render, text("portal")),
        (
            K::Emails,
            V::Emails(vec![email(EmailKind::Support, "support"), email(EmailKind::Developer, "developers")]),
        ),
        (K::Icon, V::Assets(vec![picture("icon", "The app's icon")])),
        (K::Screenshots, V::Assets(vec![picture("overview", "Overview"), picture("call", "During a call")])),
        (K::EventsCallbackUrl, V::Text(format!("https://hooks.sample-apps.example/{slug}/events"))),
        (K::StandaloneUrl, V::Text(format!("https://app.sample-apps.example/{slug}"))),
        (K::RedirectUris, V::List(vec![format!("https://app.sample-apps.example/{slug}/callback")])),
        (K::Scopes, V::Scopes(sample_scopes())),
        (
            K::Plans,
            V::Plans(vec![plan(PlanKind::Trial, "Trial", ""), plan(PlanKind::Paid, "Standard", "12.00")]),
        ),
        (K::Categories, V::List(vec!["Productivity".to_owned()])),
        (K::PrivacyPolicy, page("privacy")),
        (K::TermsOfService, page("terms")),
    ]
}
