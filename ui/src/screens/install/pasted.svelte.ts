/** The link that a person brings from Partner Project, until it is saved. What was typed or pasted stays, whatever goes wrong. */
import { pasteText } from "$ipc/client.ts";
import { asIpcError, faultAt } from "$ipc/error.ts";
import { newId } from "$ipc/id.ts";
import type { ProjectId, VersionId } from "$ipc/types.ts";
import { Attempt } from "$lib/attempt.svelte.ts";
import { changeProject } from "$lib/change.ts";
import { errorText, t } from "$texts";
import { linkFault } from "./link.ts";

export class Pasted {
  #text = $state("");
  /** A fault is told once the text is whole: pasted, or tried to be saved. */
  #whole = $state(false);
  #clipboard = $state<string>();
  /** The paste under way: who pastes and saves in one breath means the pasted link. */
  #pasting: Promise<void> = Promise.resolve();
  readonly saving = new Attempt();

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
    this.#clipboard = undefined;
    this.saving.error = undefined;
    if (!text) this.#whole = false;
  }

  /** What is wrong at the field. */
  get fault(): string | undefined {
    if (this.#clipboard) return this.#clipboard;
    if (faultAt(this.saving.error, { input: "url" }) && this.saving.error) return errorText(this.saving.error);
    return this.#whole ? linkFault(this.#text) : undefined;
  }

  /** What went wrong, and is not about the text. */
  get failure(): string | undefined {
    return this.saving.error && !faultAt(this.saving.error, { input: "url" }) ? errorText(this.saving.error) : undefined;
  }

  /** Take the text as whole: the paste is done. */
  check(): void {
    this.#whole = true;
  }

  /** Fill the field from the clipboard. */
  paste(): Promise<void> {
    this.#pasting = this.#paste();
    return this.#pasting;
  }

  async #paste(): Promise<void> {
    try {
      const { text } = await pasteText();
      this.text = text.trim();
      this.check();
    } catch (thrown) {
      const error = asIpcError(thrown);
      this.#clipboard = error.code === "clipboard" ? t("install.paste_failed") : errorText(error);
    }
  }

  /** Record it as the version's link; tells whether it is durable here. */
  async save(project: ProjectId, version: VersionId): Promise<boolean> {
    await this.#pasting;
    this.check();
    if (linkFault(this.#text)) return false;
    const url = this.#text.trim();
    const saved = await this.saving.run(() =>
      changeProject(project, { kind: "link.record", args: { version, link: newId(), url, source: "pasted" } }),
    );
    if (saved) this.text = "";
    return saved;
  }
}
