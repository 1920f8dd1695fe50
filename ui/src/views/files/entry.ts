import type { FileRef } from "$ipc/types.ts";

/** A file or a link in a row of them, by an id of whoever shows it. */
export interface FileEntry {
  readonly id: string;
  readonly file?: FileRef;
  readonly link?: { readonly url: string; readonly title: string };
  /** A few words more: who added it. */
  readonly note?: string;
}

export const fileEntries = (files: readonly FileRef[]): FileEntry[] => files.map((file) => ({ id: file.sha256, file }));
