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
