/** Files dropped on an element. Elsewhere in the window a dropped file does nothing: the page is never left for it. */
import type { Attachment } from "svelte/attachments";
import { filesOf } from "./files.ts";

const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes("Files") ?? false;

/** `{@attach drops(() => taking, (files) => …)}`; the element has `data-dropping` while files are held over it. */
export const drops =
  (takes: () => boolean, dropped: (files: File[]) => void): Attachment<HTMLElement> =>
  (element) => {
    const over = (event: DragEvent) => {
      if (!holdsFiles(event) || !takes()) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
      element.dataset.dropping = "true";
    };
    const leave = (event: DragEvent) => {
      if (!(event.relatedTarget instanceof Node && element.contains(event.relatedTarget))) delete element.dataset.dropping;
    };
    const drop = (event: DragEvent) => {
      delete element.dataset.dropping;
      if (!holdsFiles(event) || !takes()) return;
      event.preventDefault();
      event.stopPropagation();
      dropped(filesOf(event.dataTransfer));
    };
    element.addEventListener("dragover", over);
    element.addEventListener("dragleave", leave);
    element.addEventListener("drop", drop);
    return () => {
      element.removeEventListener("dragover", over);
      element.removeEventListener("dragleave", leave);
      element.removeEventListener("drop", drop);
    };
  };

/** A file that misses its place must not be opened in place of the page. */
export function keepDropsOut(): void {
  for (const kind of ["dragover", "drop"] as const) {
    window.addEventListener(kind, (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
    });
  }
}
