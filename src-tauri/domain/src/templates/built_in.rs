//! The built-in templates, parsed once. Each item's words stand in one file only: the QA checklist names the sections
//! of other lists that it shows, and the loader fills them in.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Item, Section, SharedItem, Template, TemplateKind};
use crate::common::Extra;
use crate::ids::TemplateId;

/// Becoming a partner.
pub const ONBOARDING: TemplateId = TemplateId::from_u128(0x0000_0000_0000_8000_8000_0000_0000_0001);
/// Certification guidelines.
pub const CERTIFICATION: TemplateId = TemplateId::from_u128(0x0000_0000_0000_8000_8000_0000_0000_0002);
/// Technical and user experience requirements.
pub const TECHNICAL_UX: TemplateId = TemplateId::from_u128(0x0000_0000_0000_8000_8000_0000_0000_0003);
/// The QA checklist.
pub const QA: TemplateId = TemplateId::from_u128(0x0000_0000_0000_8000_8000_0000_0000_0004);

static BUILT_IN: LazyLock<[Template; 4]> = LazyLock::new(|| {
    let onboarding = parse(include_str!("onboarding.json"));
    let certification = parse(include_str!("certification.json"));
    let technical_ux = parse(include_str!("technical_ux.json"));
    let qa = compose(include_str!("qa.json"), &[&certification, &technical_ux]);
    [onboarding, certification, technical_ux, qa]
});

/// The built-in templates, in the order of the partner process.
pub fn built_in() -> &'static [Template] {
    BUILT_IN.as_slice()
}

/// The built-in template of this id.
pub fn by_id(id: TemplateId) -> Option<&'static Template> {
    built_in().iter().find(|template| template.id == id)
}

/// A template whose sections are those of other templates.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Composed {
    id: TemplateId,
    version: u32,
    kind: TemplateKind,
    name: String,
    derived: bool,
    sections: Vec<Shown>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    id: String,
    name: String,
    shows: SectionRef,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionRef {
    template: TemplateId,
    section: String,
}

fn parse(text: &str) -> Template {
    serde_json::from_str(text).expect("a built-in template parses; a test holds it")
}

fn compose(text: &str, sources: &[&Template]) -> Template {
    let composed: Composed = serde_json::from_str(text).expect("a built-in template parses; a test holds it");
    let Composed { id, version, kind, name, derived, sections } = composed;
    let sections = sections
        .into_iter()
        .map(|Shown { id, name, shows }| Section {
            id,
            name,
            items: shown_items(&shows, sources),
            extra: Extra::new(),
        })
        .collect();
    Template { id, version, kind, name, derived, sections, saved: None, extra: Extra::new() }
}

fn shown_items(shows: &SectionRef, sources: &[&Template]) -> Vec<Item> {
    sources
        .iter()
        .filter(|source| source.id == shows.template)
        .flat_map(|source| &source.sections)
        .filter(|section| section.id == shows.section)
        .flat_map(|section| &section.items)
        .map(|item| Item {
            shown_from: Some(SharedItem { template: shows.template, item: item.id.clone() }),
            ..item.clone()
        })
        .collect()
}
