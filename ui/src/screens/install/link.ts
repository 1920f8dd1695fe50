/**
 * What can be wrong with a link that a person pastes, told before it is saved. The engine holds the
 * rule (an https URL with a host, no user name, no white space); this only words it at the field.
 */
import { t } from "$texts";

/** The message at the field; nothing where the text is an https link. */
export function linkFault(text: string): string | undefined {
  const link = text.trim();
  if (!link) return t("install.fault_empty");
  const scheme = /^([a-z][a-z0-9+.-]*:)/i.exec(link)?.[1]?.toLowerCase();
  if (scheme === "http:") return t("install.fault_http");
  // A host with a port reads like a scheme: `partner.example:8443/x` is no address that can be opened.
  if (scheme && scheme !== "https:" && !scheme.includes(".")) return t("install.fault_scheme", { scheme });
  if (!/^https:\/\/[^/]/i.test(link) || /[\s\\]/.test(link)) return t("install.fault_link");
  const url = parsed(link);
  if (!url) return t("install.fault_link");
  return url.username || url.password ? t("install.fault_credentials") : undefined;
}

function parsed(link: string): URL | undefined {
  try {
    return new URL(link);
  } catch {
    return undefined;
  }
}
