//! What of an aggregate is looked for by words.

use domain::AggregateRef;
use domain::checklist::{ItemLog, Run};
use domain::comment::{Comment, Subject};
use domain::external::ExternalLink;
use domain::fields::{FIELDS, FieldValue, TrackName};
use domain::files::{Evidence, FileRef};
use domain::installation::{Installation, Standing};
use domain::project::{Project, Version};
use domain::templates::{self, Template};
use domain::workspace::Workspace;
use serde_json::Value;

use super::{Document, Spot, Target};

pub(super) fn of_workspace(workspace: &Workspace) -> Vec<Document> {
    let customers =
        workspace.customers.iter().filter(|customer| customer.removed.is_none()).map(|customer| {
            let known = &customer.details;
            let contacts = known.contacts.iter().flat_map(|contact| {
                [&contact.name, &contact.role, &contact.email, &contact.phone].map(String::as_str)
            });
            let contacts = contacts.filter(|words| !words.is_empty()).collect::<Vec<_>>().join("\n");
            let links = links_of(&workspace.external_links, &Subject::Customer { customer: customer.id });
            let parts = [
                ("account", known.account.as_str()),
                ("region", &known.region),
                ("contacts", &contacts),
                ("notes", &known.notes),
                ("link", &links),
            ];
            let target = Target::Customer { customer: customer.id };
            Document::new(format!("customer:{}", customer.id), &known.name, parts, target)
        });
    let accounts = workspace.accounts.iter().map(|account| {
        let target = Target::Account { account: account.id };
        Document::new(
            format!("account:{}", account.id),
            &account.name,
            [("region", account.region.as_str())],
            target,
        )
    });
    // What is built in is the same everywhere: it is read from the lists, and found in the runs that follow it.
    let own = |template: &&Template| templates::by_id(template.id).is_none();
    let templates = workspace.newest_templates().into_iter().filter(own).map(of_template);
    let tickets = workspace.tickets.iter().filter(|ticket| ticket.removed.is_none()).map(|ticket| {
        let known = &ticket.details;
        let name = format!("{} {}", known.number, known.subject);
        let target = Target::Ticket { ticket: ticket.id };
        let links = links_of(&workspace.external_links, &Subject::Ticket { ticket: ticket.id });
        let parts = [("notes", known.notes.as_str()), ("link", &links)];
        Document::new(format!("ticket:{}", ticket.id), &name, parts, target)
    });
    let documents =
        workspace.documents.iter().filter(|document| document.removed.is_none()).map(|document| {
            let (known, target) = (&document.details, Target::Document { document: document.id });
            let files = names_of(&known.files);
            Document::new(
                format!("document:{}", document.id),
                &known.name,
                [("files", files.as_str())],
                target,
            )
        });
    let comments = of_comments(AggregateRef::Workspace(workspace.id), None, &workspace.comments);
    customers.chain(accounts).chain(documents).chain(tickets).chain(templates).chain(comments).collect()
}

/// A template with its items as its parts. Those that it only shows are found where they belong.
fn of_template(template: &Template) -> Document {
    let words: Vec<(&str, String)> = template
        .items()
        .filter(|item| item.shown_from.is_none())
        .map(|item| {
            let evidence = item.evidence.as_deref().unwrap_or_default();
            (
                item.id.as_str(),
                format!("{} {}\n{}\n{evidence}", item.id, item.text, item.help).trim().to_owned(),
            )
        })
        .collect();
    let parts = words.iter().map(|(id, words)| (*id, words.as_str()));
    Document::new(
        format!("template:{}", template.id),
        &template.name,
        parts,
        Target::Template { template: template.id },
    )
}

pub(super) fn of_project(project: &Project) -> Vec<Document> {
    let details = &project.details;
    let mut documents = vec![Document::new(
        "project".to_owned(),
        &details.name,
        [
            ("slug", details.slug.as_str()),
            ("owner", &details.owner),
            ("link", &links_of(&project.external_links, &Subject::Project)),
        ],
        Target::Project { project: project.id },
    )];
    for version in &project.versions {
        let content = content(version);
        let notes = std::iter::once(("release_notes", version.notes.as_str()));
        // Those beside a field stand with the version, too.
        let links = lines(project.external_links.iter().filter(|link| match &link.subject {
            Subject::Version { version: of } | Subject::Field { version: of, .. } => *of == version.id,
            _ => false,
        }));
        documents.push(Document::new(
            format!("version:{}", version.id),
            &format!("{} {}", details.name, version.number),
            notes
                .chain(content.iter().map(|(field, words)| (*field, words.as_str())))
                .chain(std::iter::once(("link", links.as_str()))),
            Target::Version { project: project.id, version: version.id },
        ));
        documents.extend(answers(project, version));
    }
    documents.extend(project.findings.iter().map(|finding| {
        let files = names_of(&finding.files);
        let links = links_of(&project.external_links, &Subject::Finding { finding: finding.id });
        Document::new(
            format!("finding:{}", finding.id),
            "",
            [
                ("text", finding.said.text.as_str()),
                ("reply", &finding.reply),
                ("files", &files),
                ("link", &links),
            ],
            Target::Finding { project: project.id, version: finding.version, finding: finding.id },
        )
    }));
    documents.extend(project.links.iter().map(|link| {
        Document::new(
            format!("link:{}", link.id),
            "",
            [("url", link.url.as_str())],
            Target::Link { project: project.id, version: link.version, link: link.id },
        )
    }));
    documents.extend(of_comments(AggregateRef::Project(project.id), Some(project), &project.comments));
    documents
}

/// What Talkdesk answered, as it came.
fn answers<'a>(project: &'a Project, version: &'a Version) -> impl Iterator<Item = Document> + 'a {
    let rounds = TrackName::ALL.iter().flat_map(|track| &version.track(*track).0);
    let target = Target::Answer { project: project.id, version: version.id };
    rounds
        .flat_map(|round| round.answers.iter().enumerate().map(move |(n, answer)| (round.id, n, answer)))
        .filter(|(_, _, answer)| !answer.text.trim().is_empty() || !answer.files.is_empty())
        .map(move |(round, n, answer)| {
            Document::new(
                format!("answer:{round}:{n}"),
                "",
                [("answer", answer.text.as_str()), ("files", &names_of(&answer.files))],
                target.clone(),
            )
        })
}

pub(super) fn of_run(run: &Run) -> Vec<Document> {
    let (project, version) = (run.project, run.version);
    let tested = &run.tested;
    let mut documents = vec![Document::new(
        "run".to_owned(),
        &run.name,
        [("build", tested.build.as_str()), ("account", &tested.account), ("browser", &tested.browser)],
        Target::Run { project, version, run: run.id },
    )];
    documents.extend(run.all_items().map(|item| {
        let log = run.items.get(&item.id);
        let note = log.map(ItemLog::note).unwrap_or_default();
        let evidence = log.map(ItemLog::evidence).unwrap_or_default();
        let evidence = evidence.iter().map(|(_, piece)| match piece {
            Evidence::File(file) => file.name.clone(),
            Evidence::Link { url, title } => format!("{title} {url}"),
        });
        let evidence = evidence.collect::<Vec<_>>().join("\n");
        let links = links_of(&run.external_links, &Subject::Item { item: item.id.clone() });
        Document::new(
            format!("item:{}", item.id),
            "",
            [
                ("text", format!("{} {}", item.id, item.text).as_str()),
                ("help", &item.help),
                ("note", note),
                ("evidence", &evidence),
                ("link", &links),
            ],
            Target::Item { project, version, run: run.id, item: item.id.clone() },
        )
    }));
    documents.extend(of_comments(AggregateRef::Run(run.id), None, &run.comments));
    documents
}

/// An installation by its account; the ids are what a person of Talkdesk's support asks for.
pub(super) fn of_installation(installation: &Installation) -> Vec<Document> {
    let standing = Standing::of(installation);
    let parts = [
        ("installation", installation.talkdesk_id.as_str()),
        ("account", &standing.account),
        ("region", &standing.region),
        ("version", &standing.version_name),
    ];
    let target = Target::Installation { installation: installation.id };
    vec![Document::new("installation".to_owned(), &standing.account_name, parts, target)]
}

fn of_comments<'a>(
    of: AggregateRef,
    project: Option<&'a Project>,
    comments: &'a [Comment],
) -> impl Iterator<Item = Document> + 'a {
    comments.iter().filter(|comment| !comment.is_blank()).map(move |comment| {
        let target = Target::Comment { spot: Spot::of(of, project, comment) };
        Document::new(format!("comment:{}", comment.id), "", [("text", comment.text.as_str())], target)
    })
}

/// The links that stand beside something.
fn links_of(links: &[ExternalLink], subject: &Subject) -> String {
    lines(links.iter().filter(|link| link.subject == *subject))
}

fn lines<'a>(links: impl Iterator<Item = &'a ExternalLink>) -> String {
    links.map(|link| format!("{} {}", link.key, link.url)).collect::<Vec<_>>().join("\n")
}

fn names_of(files: &[FileRef]) -> String {
    files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join("\n")
}

/// Every text in the content of a version, field by field.
fn content(version: &Version) -> Vec<(&'static str, String)> {
    let words = |value: &FieldValue| {
        let mut words = Vec::new();
        if let Ok(value) = serde_json::to_value(value) {
            // Past the tag that says which kind of value it is.
            collect(&value["value"], &mut words);
        }
        words.join("\n")
    };
    FIELDS
        .iter()
        .filter_map(|field| version.information.get(field.key).map(|value| (field.name, words(&value))))
        .collect()
}

fn collect(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) => words.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, words)),
        // A file is found by its name.
        Value::Object(values) if values.contains_key("sha256") => collect(&values["name"], words),
        Value::Object(values) => values.values().for_each(|value| collect(value, words)),
        _ => {}
    }
}
