//! Search: beginnings of words, accents and case aside, names first.

use domain::Body;
use domain::command::NewFinding;
use domain::comment::Subject;
use domain::fields::FieldKey;
use domain::files::{Evidence, FileRef};
use domain::ids::{CommentId, ContactId, CustomerId, DocumentId, ExternalLinkId, FindingId, TicketId};
use domain::project::{FindingSource, FindingText, ProjectDetails};
use domain::status::Status;
use domain::workspace::{Contact, CustomerDetails, DocumentDetails, TicketDetails};
use uuid::Uuid;

use super::super::table::document::terms;
use super::*;

async fn found(desk: &Desk, text: &str) -> Vec<String> {
    let text = text.to_owned();
    let hits = desk.store.read(move |view| view.search(&text, 10)).await.unwrap();
    hits.iter().map(|hit| hit.title.iter().map(|piece| piece.text.as_str()).collect()).collect()
}

#[tokio::test]
async fn words_are_found_by_their_beginnings_with_names_first() {
    let (_dir, desk) = open();
    desk.workspace().await;
    let resume = desk.project("Résumé Helper").await;
    let calls = desk.project("Call Notes").await;
    let version = desk.version(resume, "2.5.0").await;
    desk.set(resume, version, FieldKey::Description, "Takes notes of a call in São Paulo").await;
    let details = CustomerDetails { name: "Ünïted Sample Customer".into(), ..CustomerDetails::default() };
    let body = Body::CustomerSet { customer: CustomerId::from_u128(1), details, knew: None };
    desk.go(AggregateRef::Workspace(testing::WORKSPACE), body).await;

    for (typed, wanted) in [
        ("resume", vec!["Résumé Helper", "Résumé Helper 2.5.0"]),
        ("RÉSU", vec!["Résumé Helper", "Résumé Helper 2.5.0"]),
        // The accent as a mark of its own.
        ("re\u{301}sume\u{301}", vec!["Résumé Helper", "Résumé Helper 2.5.0"]),
        ("united", vec!["Ünïted Sample Customer"]),
        ("sao pau", vec!["Résumé Helper 2.5.0"]),
        ("2.5", vec!["Résumé Helper 2.5.0"]),
        // Names before texts, ranked or not.
        ("note", vec!["Call Notes", "Résumé Helper 2.5.0"]),
        ("n", vec!["Call Notes", "Résumé Helper 2.5.0"]),
        ("no ca", vec!["Call Notes", "Résumé Helper 2.5.0"]),
        ("call 2.5", vec!["Résumé Helper 2.5.0"]),
        // Not in the middle of a word, and nothing typed is syntax.
        ("otes", vec![]),
        ("", vec![]),
        ("  \" ", vec![]),
        ("\u{2014}", vec![]),
        ("call\" OR \"resume", vec![]),
        ("name:call", vec![]),
        ("NEAR(call notes)", vec![]),
        ("call*", vec!["Call Notes", "Résumé Helper 2.5.0"]),
        ("-call", vec!["Call Notes", "Résumé Helper 2.5.0"]),
        ("call\u{0}", vec!["Call Notes", "Résumé Helper 2.5.0"]),
        (&"x".repeat(1_000_000), vec![]),
        (&"call ".repeat(10_000), vec!["Call Notes", "Résumé Helper 2.5.0"]),
    ] {
        assert_eq!(found(&desk, typed).await, wanted, "{:?}", typed.get(..40).unwrap_or(typed));
    }
    let hits = desk.store.search("note".into(), 10).await.unwrap();
    let marked = |pieces: &[Piece]| {
        pieces
            .iter()
            .map(|p| if p.hit { format!("[{}]", p.text) } else { p.text.clone() })
            .collect::<String>()
    };
    assert_eq!(hits[0].target, Target::Project { project: calls });
    assert_eq!(marked(&hits[0].title), "Call [Notes]");
    assert_eq!(hits[1].target, Target::Version { project: resume, version });
    assert!(marked(&hits[1].snippet).contains("Takes [notes] of a call"), "{}", marked(&hits[1].snippet));
}

fn file(name: &str) -> FileRef {
    FileRef {
        sha256: domain::files::BlobId([7; 32]),
        name: name.into(),
        media_type: "application/pdf".into(),
        bytes: 3,
        pixels: None,
    }
}

async fn fill_office(desk: &Desk, customer: CustomerId, ticket: TicketId, document: DocumentId) {
    let office = AggregateRef::Workspace(testing::WORKSPACE);
    let contact = Contact {
        id: ContactId::from_u128(5),
        name: "Sample Person".into(),
        role: String::new(),
        email: "sample.person@customer.example".into(),
        phone: String::new(),
        gets_links: true,
    };
    let known = CustomerDetails { name: "Blue Harbor".into(), contacts: vec![contact], ..Default::default() };
    desk.go(office, Body::CustomerSet { customer, details: known, knew: None }).await;
    let asked = TicketDetails {
        number: "TD-4711".into(),
        subject: "Quokka account".into(),
        opened: "2026-02-03".into(),
        notes: "asked by telephone".into(),
        ..TicketDetails::default()
    };
    desk.go(office, Body::TicketSet { ticket, details: asked, knew: None }).await;
    let papers = DocumentDetails {
        name: "Partner agreement".into(),
        files: vec![file("countersigned.pdf")],
        ..DocumentDetails::default()
    };
    desk.go(office, Body::DocumentSet { document, details: papers }).await;
}

/// Each kind of thing that a person looks for by words leads to where it stands.
#[tokio::test]
async fn whatever_stands_somewhere_is_found_where_it_stands() {
    let (_dir, desk, at) = furnished().await;
    let (office, project, run) = (
        AggregateRef::Workspace(testing::WORKSPACE),
        AggregateRef::Project(at.project),
        AggregateRef::Run(at.run),
    );
    let item = testing::items()[0].clone();
    let (customer, ticket, document, finding) =
        (CustomerId::from_u128(1), TicketId::from_u128(2), DocumentId::from_u128(3), FindingId::from_u128(4));
    fill_office(&desk, customer, ticket, document).await;
    let found_here = NewFinding {
        id: finding,
        said: FindingText {
            text: "The icon is blurred".into(),
            severity: String::new(),
            field: None,
            item: None,
        },
        files: vec![file("magnified.pdf")],
    };
    desk.go(
        project,
        Body::FindingAdd {
            version: at.version,
            track: None,
            source: FindingSource::Internal,
            finding: found_here,
        },
    )
    .await;
    let beside = |subject: Subject, key: &str| Body::ExternalAdd {
        link: ExternalLinkId(Uuid::now_v7()),
        subject,
        url: format!("https://issues.example/{key}"),
        key: key.into(),
    };
    let on_field = Subject::Field { version: at.version, field: FieldKey::Description };
    for (of, subject, key) in [
        (project, Subject::Project, "PROJ-1"),
        (project, on_field, "FIELD-2"),
        (project, Subject::Finding { finding }, "FIND-3"),
        (run, Subject::Item { item: item.clone() }, "ITEM-4"),
        (office, Subject::Customer { customer }, "CUST-5"),
        (office, Subject::Ticket { ticket }, "TICK-6"),
    ] {
        desk.go(of, beside(subject, key)).await;
    }
    desk.go(run, Body::Attach { item: item.clone(), evidence: Evidence::File(file("screencast.pdf")) }).await;
    let link = Evidence::Link { url: "https://films.example/onboarding".into(), title: "Demoreel".into() };
    desk.go(run, Body::Attach { item: item.clone(), evidence: link }).await;
    let comment = CommentId::from_u128(9);
    let said = Body::CommentAdd {
        comment,
        subject: Subject::Customer { customer },
        reply_to: None,
        text: "prefers mornings".into(),
        mentions: Vec::new(),
    };
    desk.go(office, said).await;

    let of_version = Target::Version { project: at.project, version: at.version };
    let of_finding = Target::Finding { project: at.project, version: at.version, finding };
    let of_item = Target::Item { project: at.project, version: at.version, run: at.run, item };
    let spot = Spot { of: office, subject: Subject::Customer { customer }, version: None, comment };
    for (typed, target, part) in [
        ("sample.person", Target::Customer { customer }, Some("contacts")),
        ("4711", Target::Ticket { ticket }, None),
        ("quokka acc", Target::Ticket { ticket }, None),
        ("telephone", Target::Ticket { ticket }, Some("notes")),
        ("agreement", Target::Document { document }, None),
        ("countersigned", Target::Document { document }, Some("files")),
        ("blurred", of_finding.clone(), Some("text")),
        ("magnified", of_finding.clone(), Some("files")),
        ("proj-1", Target::Project { project: at.project }, Some("link")),
        ("field-2", of_version, Some("link")),
        ("find-3", of_finding, Some("link")),
        ("item-4", of_item.clone(), Some("link")),
        ("cust-5", Target::Customer { customer }, Some("link")),
        ("tick-6", Target::Ticket { ticket }, Some("link")),
        ("screencast", of_item.clone(), Some("evidence")),
        ("demoreel", of_item, Some("evidence")),
        ("mornings", Target::Comment { spot }, Some("text")),
    ] {
        let hits = desk.store.search(typed.into(), 10).await.unwrap();
        let places: Vec<_> = hits.iter().map(|hit| (&hit.target, hit.part.as_deref())).collect();
        assert_eq!(places, [(&target, part)], "{typed}");
    }
    // A file is found by its name, and by nothing else of it.
    assert!(found(&desk, "0707").await.is_empty());
}

#[tokio::test]
async fn what_changes_and_goes_is_no_longer_found() {
    let (_dir, desk, at) = furnished().await;
    let items = testing::items();
    let note = |text: &str| Body::Note { item: items[3].clone(), text: text.into(), knew: None };
    desk.go(AggregateRef::Run(at.run), note("wobbly headset")).await;
    let hits = desk.store.search("wobbly".into(), 10).await.unwrap();
    let target =
        Target::Item { project: at.project, version: at.version, run: at.run, item: items[3].clone() };
    assert_eq!(hits.iter().map(|hit| &hit.target).collect::<Vec<_>>(), [&target]);
    desk.go(AggregateRef::Run(at.run), note("steady")).await;
    assert!(found(&desk, "wobbly").await.is_empty());
    assert_eq!(found(&desk, "steady").await.len(), 1);

    // Dropped with what it belongs to: its start is discarded, so there is no run.
    let open = desk.store.read(|view| view.outbox()).await.unwrap();
    let ids: Vec<_> = open
        .iter()
        .filter(|row| row.envelope.aggregate == AggregateRef::Run(at.run))
        .map(|row| row.id)
        .collect();
    desk.store.write(move |tx| super::super::outbox::discard(tx, ids)).await.unwrap();
    assert!(found(&desk, "steady").await.is_empty());
    assert!(desk.store.read(|view| view.run_rows()).await.unwrap().is_empty());
}

#[tokio::test]
async fn projects_are_filtered_paged_and_ordered_by_name() {
    let (_dir, desk) = open();
    desk.workspace().await;
    for name in ["beta", "Álpha", "Gamma ray", "alpha two", "Delta"] {
        desk.project(name).await;
    }
    let archived = desk.project("Old").await;
    desk.go(AggregateRef::Project(archived), Body::ProjectSetArchived { archived: true }).await;
    let page = |text: &str, archived: bool, offset: usize| {
        let query = ProjectQuery { text: text.into(), archived, offset, limit: 2, ..ProjectQuery::default() };
        desk.store.read(move |view| {
            let page = view.project_rows(&query)?;
            let names: Vec<String> = page.rows.into_iter().map(|row| row.name).collect();
            Ok::<_, StoreError>((names.join(", "), page.total))
        })
    };
    assert_eq!(page("", false, 0).await.unwrap(), ("alpha two, beta".into(), 5));
    assert_eq!(page("", false, 2).await.unwrap(), ("Delta, Gamma ray".into(), 5));
    assert_eq!(page("alp", false, 0).await.unwrap(), ("alpha two, Álpha".into(), 2));
    assert_eq!(page("ray", false, 0).await.unwrap(), ("Gamma ray".into(), 1));
    assert_eq!(page("", true, 0).await.unwrap(), ("Old".into(), 1));
    assert_eq!(page("old", false, 0).await.unwrap(), (String::new(), 0));
    // Signs alone are no words.
    assert_eq!(page(" - ", false, 4).await.unwrap(), ("Álpha".into(), 5));
}

/// Counts are kept by the store, not counted: whatever happens to a project, they are what counting would give.
#[tokio::test]
async fn counts_and_filters_follow_every_change() {
    let (_dir, desk) = open();
    desk.workspace().await;
    let seen = |text: &str, status: Option<Status>| {
        let query = ProjectQuery { text: text.into(), status, limit: 10, ..ProjectQuery::default() };
        desk.store.read(move |view| {
            let counts = (view.project_counts(false)?, view.project_counts(true)?);
            Ok::<_, StoreError>((view.project_rows(&query)?.total, counts))
        })
    };
    let counts = |of: &[(&str, u32)]| of.iter().map(|(word, n)| ((*word).to_owned(), *n)).collect();
    let project = desk.project("Call Notes").await;
    let other = desk.project("Shift Planner").await;
    assert_eq!(seen("", None).await.unwrap(), (2, (counts(&[("none", 2)]), counts(&[]))));
    desk.version(project, "1.0.0").await;
    let both = (counts(&[("draft", 1), ("none", 1)]), counts(&[]));
    assert_eq!(seen("", Some(Status::Draft)).await.unwrap(), (1, both.clone()));
    assert_eq!(seen("call", Some(Status::Draft)).await.unwrap().0, 1);
    assert_eq!(seen("shift", Some(Status::Draft)).await.unwrap().0, 0);

    let details = |name: &str, slug: &str| ProjectDetails {
        name: name.into(),
        slug: slug.into(),
        owner: "Product".into(),
    };
    let (expects, renamed) = {
        let known = desk.store.read(move |view| view.project(project)).await.unwrap().unwrap();
        (known.details, details("Voice Notes", "voice-notes"))
    };
    desk.go(AggregateRef::Project(project), Body::ProjectEdit { details: renamed, expects }).await;
    assert_eq!(seen("call", None).await.unwrap(), (0, both.clone()));
    assert_eq!(seen("voice prod", None).await.unwrap(), (1, both));

    desk.go(AggregateRef::Project(other), Body::ProjectSetArchived { archived: true }).await;
    let parted = (counts(&[("draft", 1)]), counts(&[("none", 1)]));
    assert_eq!(seen("", None).await.unwrap(), (1, parted.clone()));
    assert_eq!(seen("shift", None).await.unwrap(), (0, parted));

    // Dropped again: its making is discarded, and with it what came after.
    let open = desk.store.read(|view| view.outbox()).await.unwrap();
    let made = open.iter().filter(|row| row.envelope.aggregate == AggregateRef::Project(project));
    let made: Vec<_> = made.map(|row| row.id).collect();
    desk.store.write(move |tx| super::super::outbox::discard(tx, made)).await.unwrap();
    assert_eq!(seen("voice", None).await.unwrap(), (0, (counts(&[]), counts(&[("none", 1)]))));
}

/// The newest search takes the place of the one before it.
#[tokio::test]
async fn a_newer_search_takes_the_place_of_an_older_one() {
    let (_dir, desk) = open();
    desk.workspace().await;
    desk.project("Call Notes").await;
    let searches: Vec<_> = ["c", "ca", "cal", "call"].map(|text| desk.store.search(text.into(), 10)).into();
    let mut answers = Vec::new();
    for search in searches {
        answers.push(search.await);
    }
    assert_eq!(answers.pop().unwrap().unwrap().len(), 1, "the last one is answered");
    for older in answers {
        assert!(matches!(older, Ok(_) | Err(StoreError::Interrupted)));
    }
}

#[test]
fn every_word_is_quoted() {
    assert_eq!(terms("a b"), ["\"a\"*", "\"b\"*"]);
    assert_eq!(terms("say \"hi\" - ok"), ["\"say\"*", "\"\"\"hi\"\"\"*", "\"ok\"*"]);
}
