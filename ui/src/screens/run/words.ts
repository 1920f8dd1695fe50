/** What happened to an item, in words. */
import type { By, EntryView, ItemStatus, ItemView } from "$ipc/types.ts";
import { session } from "$lib/session.svelte.ts";
import { t } from "$texts";
import { evidenceName } from "../../views/evidence.ts";
import { redactedText } from "../../views/redacted.ts";

export const statusWord = (status: ItemStatus): string => t(`run.word_${status}`);

export function did({ what, redacted }: EntryView): string {
  const gone = redacted && redactedText(redacted);
  switch (what.type) {
    case "result": {
      const status = t(`state.${what.outcome}`);
      if (gone) return t("run.did_result_reason", { status, reason: gone });
      return what.reason ? t("run.did_result_reason", { status, reason: what.reason }) : t("run.did_result", { status });
    }
    case "fixed":
      return t("run.did_fixed", { build: what.build });
    case "retest":
      if (gone) return t("run.did_retest_because", { because: gone });
      return what.because ? t("run.did_retest_because", { because: what.because }) : t("run.did_retest");
    case "note":
      if (gone) return t("run.did_note", { text: gone });
      return what.text ? t("run.did_note", { text: what.text }) : t("run.did_note_cleared");
    case "assigned":
      return what.to ? t("run.did_assigned", { name: session.nameOf(what.to) }) : t("run.did_unassigned");
    case "reset":
      return t("run.did_reset", { version: what.template_version, before: what.before });
    case "attached":
      return t("run.did_attached", { what: evidenceName(what.evidence) });
    case "detached":
      return t("run.did_detached");
  }
}

/** A person as initials and a word: *Q1 pass*. */
const initials = ({ name }: By): string =>
  name
    .split(/\s+/)
    .map((word) => [...word][0] ?? "")
    .join("")
    .slice(0, 2)
    .toUpperCase();

/** The few words at the end of a row: what the hand should know before it presses. */
export function aside(item: ItemView): string {
  const [first] = item.standing;
  if (item.status === "disputed") {
    return item.standing
      .flatMap(({ what, by }) => (what.type === "result" ? [`${initials(by)} ${statusWord(what.outcome)}`] : []))
      .join(", ");
  }
  if (item.status === "retest") return first?.what.type === "fixed" ? t("run.fixed_in", { build: first.what.build }) : "";
  if (item.status === "untested" && first?.what.type === "reset") return t("run.text_changed");
  if (item.status === "untested" && item.was) {
    if (item.was.text_changed) return t("run.text_changed");
    return t("run.was", { status: statusWord(item.was.status), number: item.was.number });
  }
  return "";
}
