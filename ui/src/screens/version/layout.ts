/** How the fields of a part are grouped on the screen. A field that no group names comes last. */
import type { FieldKey, FieldSpec, Part } from "$ipc/types.ts";
import type { Key } from "$texts";

export const PARTS: readonly Part[] = ["general", "technical", "marketplace"];

type Titled<Text> = Text extends `version.section_${infer Name}` ? Name : never;
/** The groups; each has its title in the texts. */
export type SectionName = Titled<Key>;

const SECTIONS: Readonly<Record<Part, readonly (readonly [SectionName, readonly FieldKey[]])[]>> = {
  general: [
    ["listing", ["display_name", "slug", "listing_summary", "description"]],
    ["kind", ["app_type", "render"]],
    ["contact", ["emails"]],
    ["pictures", ["icon", "screenshots", "video"]],
    ["notes", ["notes"]],
  ],
  technical: [
    ["addresses", ["events_callback_url", "standalone_url", "redirect_uris"]],
    ["scopes", ["scopes"]],
    ["capabilities", ["capabilities"]],
    ["sandbox", ["sandbox"]],
  ],
  marketplace: [
    ["plans", ["plans"]],
    ["categories", ["categories"]],
    ["pages", ["privacy_policy", "terms_of_service", "app_source"]],
  ],
};

export interface Section {
  name: SectionName;
  fields: FieldSpec[];
}

/** The groups of a part with the fields that the catalogue has for them. */
export function sectionsOf(part: Part, catalogue: readonly FieldSpec[]): Section[] {
  const inPart = catalogue.filter((spec) => spec.part === part);
  const sections: Section[] = SECTIONS[part].map(([name, keys]) => ({
    name,
    fields: keys.flatMap((key) => inPart.find((spec) => spec.key === key) ?? []),
  }));
  const placed = new Set(SECTIONS[part].flatMap(([, keys]) => keys));
  const rest = inPart.filter(({ key }) => !placed.has(key));
  if (rest.length > 0) sections.push({ name: "more", fields: rest });
  return sections.filter(({ fields }) => fields.length > 0);
}
