//! The built-in lists are what the product says about Talkdesk: these tests hold their form and their sources.

use std::collections::BTreeSet;

use super::*;
use crate::fields::FieldKey;

#[test]
fn the_built_in_lists_are_whole() {
    // The counts stand on the screens' drawings: 27 items in QA, six of them also in Certification.
    let cases = [
        (ONBOARDING, TemplateKind::Onboarding, "ON-", vec![1, 7, 1]),
        (CERTIFICATION, TemplateKind::Certification, "GL-", vec![6]),
        (TECHNICAL_UX, TemplateKind::TechnicalUx, "", vec![12, 9]),
        (QA, TemplateKind::Qa, "", vec![6, 12, 9]),
    ];
    assert_eq!(built_in().len(), cases.len());
    for (id, kind, prefix, counts) in cases {
        let template = by_id(id).unwrap();
        assert_eq!(template.kind, kind);
        assert!(template.derived, "{} is not official", template.name);
        assert!(template.extra.is_empty(), "{}: a misspelt field {:?}", template.name, template.extra);
        assert_eq!(template.sections.iter().map(|section| section.items.len()).collect::<Vec<_>>(), counts);
        assert!(template.items().all(|item| item.id.starts_with(prefix)));
    }
}

#[test]
fn every_item_says_what_why_and_where_from() {
    for template in built_in() {
        let mut ids = BTreeSet::new();
        for item in template.items() {
            let id = &item.id;
            assert!(ids.insert(id), "{id} twice in {}", template.name);
            assert!(item.extra.is_empty(), "{id}: a misspelt field {:?}", item.extra);
            assert!(
                !item.text.is_empty() && !item.text.ends_with('.'),
                "{id}: a text is a line without a stop"
            );
            assert!(item.help.ends_with('.'), "{id}: a help is a sentence");
            let source = item.source.as_deref().unwrap_or_default();
            assert!(
                source
                    .split("; ")
                    .flat_map(|part| match part.strip_prefix("Partner processes, ") {
                        Some(step) => vec![step],
                        None => part.split(", ").collect(),
                    })
                    .all(|part| ["D/", "R/", "Partners "].iter().any(|start| part.starts_with(start))),
                "{id}: {source}"
            );
            for touched in &item.touches {
                let key = serde_json::from_value::<FieldKey>(touched.as_str().into());
                assert!(key.is_ok(), "{id} touches {touched}, which is no field");
            }
        }
    }
}

#[test]
fn an_item_belongs_to_one_list() {
    let mut owned = BTreeSet::new();
    for template in built_in() {
        for item in template.items() {
            match &item.shown_from {
                None => assert!(owned.insert((template.id, item.id.clone()))),
                Some(shared) => {
                    let origin = by_id(shared.template).unwrap().item(&shared.item).unwrap();
                    assert_eq!(origin.shown_from, None, "{} is shown from where it belongs", item.id);
                    assert_eq!(Item { shown_from: None, ..item.clone() }, *origin);
                }
            }
        }
    }
    let ids: BTreeSet<_> = owned.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), owned.len(), "no id stands for two items");
    assert!(by_id(QA).unwrap().items().all(|item| item.shown_from.is_some()));
}

#[test]
fn unknown_fields_survive_a_round_trip() {
    let mut json = serde_json::to_value(by_id(QA).unwrap()).unwrap();
    json["owner"] = "sample".into();
    json["sections"][0]["colour"] = 3.into();
    json["sections"][1]["items"][2]["weight"] = serde_json::json!({ "a": [1] });
    let template: Template = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&template).unwrap(), json);
}

#[test]
fn an_item_that_does_not_say_so_is_required() {
    let item: Item = serde_json::from_str(r#"{"id": "A-1", "text": "It works"}"#).unwrap();
    assert!(item.required);
}

/// A list written in short: `Heading: id text, id text`.
fn list(sections: &[(&str, &[(&str, &str)])]) -> Template {
    let item = |&(id, text): &(&str, &str)| {
        serde_json::from_value(serde_json::json!({ "id": id, "text": text })).unwrap()
    };
    let section = |&(name, items): &(&str, &[(&str, &str)])| Section {
        id: name.to_lowercase(),
        name: name.to_owned(),
        items: items.iter().map(item).collect(),
        extra: serde_json::Map::new(),
    };
    Template { sections: sections.iter().map(section).collect(), ..by_id(QA).unwrap().clone() }
}

/// What a diff says, in short: `+id` added, `-id` removed, `id*` changed, `id>` moved, `Old=New` a section's name.
fn told(before: &Template, after: &Template) -> String {
    let diff = TemplateDiff::of(before, after);
    let items = diff.items.iter().map(|item| match (&item.before, &item.after) {
        (None, _) => format!("+{}", item.id),
        (_, None) => format!("-{}", item.id),
        _ => format!(
            "{}{}{}",
            item.id,
            if item.changed.is_empty() { "" } else { "*" },
            if item.moved { ">" } else { "" }
        ),
    });
    let sections = diff.sections.iter().map(|section| {
        format!("{}={}{}", section.before, section.after, if section.moved { ">" } else { "" })
    });
    let all: Vec<String> = sections.chain(items).collect();
    assert_eq!(diff.is_empty(), all.is_empty());
    assert_eq!(
        diff.same as usize + diff.items.iter().filter(|i| i.after.is_some()).count(),
        after.items().count()
    );
    all.join(" ")
}

#[test]
fn a_diff_says_what_was_done_and_no_more() {
    type Sections<'a> = &'a [(&'a str, &'a [(&'a str, &'a str)])];
    let before: Sections<'_> =
        &[("One", &[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]), ("Two", &[("e", "E")])];
    let cases: &[(&str, Sections<'_>, &str)] = &[
        ("nothing", before, ""),
        (
            "added",
            &[("One", &[("a", "A"), ("n", "N"), ("b", "B"), ("c", "C"), ("d", "D")]), ("Two", &[("e", "E")])],
            "+n",
        ),
        (
            "removed, told where it stood",
            &[("One", &[("a", "A!"), ("c", "C"), ("d", "D!")]), ("Two", &[("e", "E")])],
            "a* -b d*",
        ),
        (
            "the first one removed",
            &[("One", &[("b", "B"), ("c", "C"), ("d", "D")]), ("Two", &[("e", "E")])],
            "-a",
        ),
        ("a section removed", &[("One", &[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")])], "-e"),
        (
            "one to the end moves one",
            &[("One", &[("b", "B"), ("c", "C"), ("d", "D"), ("a", "A")]), ("Two", &[("e", "E")])],
            "a>",
        ),
        (
            "one to the front moves one",
            &[("One", &[("d", "D"), ("a", "A"), ("b", "B"), ("c", "C")]), ("Two", &[("e", "E")])],
            "d>",
        ),
        (
            "to another section, with another text",
            &[("One", &[("a", "A"), ("c", "C"), ("d", "D")]), ("Two", &[("b", "B!"), ("e", "E")])],
            "b*>",
        ),
        (
            "sections change places",
            &[("Two", &[("e", "E")]), ("One", &[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")])],
            "Two=Two>",
        ),
    ];
    let old = list(before);
    for (case, after, expected) in cases {
        let said = told(&old, &list(after));
        // Of two that change places either one moved.
        let either = expected.replace("Two=Two>", "One=One>");
        assert!(said == *expected || said == either, "{case}: {said}");
    }
    let mut renamed = old.clone();
    renamed.sections[1].name = "Second".to_owned();
    assert_eq!(told(&old, &renamed), "Two=Second", "its items stay where they are");
    let mut imported = old.clone();
    imported.sections[1].id = "two-2".to_owned();
    assert_eq!(told(&old, &imported), "", "a section is known by its name as well");
}

#[test]
fn a_diff_names_the_parts_of_an_item() {
    type Change = (ItemPart, fn(&mut Item));
    let old = list(&[("One", &[("a", "A")])]);
    let changes: [Change; 5] = [
        (ItemPart::Text, |item| item.text.push('!')),
        (ItemPart::Help, |item| item.help.push('!')),
        (ItemPart::Required, |item| item.required = false),
        (ItemPart::Evidence, |item| item.evidence = Some("A screenshot".to_owned())),
        (ItemPart::Other, |item| item.touches.push("slug".to_owned())),
    ];
    for (part, change) in changes {
        let mut new = old.clone();
        change(&mut new.sections[0].items[0]);
        let diff = TemplateDiff::of(&old, &new);
        assert_eq!(diff.items[0].changed, [part]);
        assert_eq!(diff.items[0].resets(), part == ItemPart::Text, "{part:?}");
    }
}
