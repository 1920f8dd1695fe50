/** Messages of the workspace's own: what stands for `{link}` and the others is put in. */
export const PLACEHOLDERS = ["app", "version", "link", "customer", "contact"] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** What nothing is known of stays as it was written: a person sees it before it goes out. */
export const fill = (text: string, values: Readonly<Record<Placeholder, string>>): string =>
  text.replace(/\{([a-z_]+)\}/g, (whole, name: string) => (name in values ? values[name as Placeholder] : "") || whole);
