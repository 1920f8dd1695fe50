/** Files on their way in: from a drop, a choice or a paste. `each` is told of one once it is durable, and takes it or not. */
import type { FileRef } from "$ipc/types.ts";
import { t } from "$texts";
import { announce } from "./announce.svelte.ts";
import { attempt } from "./attempt.svelte.ts";
import { filesOf, takeAll, takePasted } from "./files.ts";

export class Intake {
  /** How many are under way. */
  adding = $state(0);

  constructor(private readonly each: (file: FileRef) => boolean) {}

  async add(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    this.adding += files.length;
    let added = 0;
    await takeAll(files, (file) => {
      if (this.each(file)) added += 1;
    });
    this.adding -= files.length;
    if (added > 0) announce(t("files.added", { n: added }));
  }

  /** The picture on the clipboard. */
  async paste(): Promise<void> {
    this.adding += 1;
    await attempt(async () => {
      const file = await takePasted();
      if (!file) announce(t("files.nothing_to_paste"));
      else if (this.each(file)) announce(t("files.added", { n: 1 }));
    });
    this.adding -= 1;
  }

  /** A paste that brings files or a picture. A text is left to the field that it is meant for. */
  pasted(event: ClipboardEvent): void {
    // Somebody within took it.
    if (event.defaultPrevented) return;
    const files = filesOf(event.clipboardData);
    const text = event.clipboardData?.types.includes("text/plain") ?? false;
    // Cells of a spreadsheet are a text and a picture of it.
    if (text && (files.length === 0 || isTyped(event.target))) return;
    event.preventDefault();
    void (files.length > 0 ? this.add(files) : this.paste());
  }
}

const isTyped = (target: EventTarget | null): boolean => target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
