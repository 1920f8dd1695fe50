import type { FileRef } from "$ipc/types.ts";

/** A file or a link in a row of them, by an id of whoever shows it. */
export interface FileEntry {
  readonly id: string;
  readonly file?: FileRef;
  readonly link?: { readonly url: string; readonly title: string };
  /** A few words more: who added it. */
  readonly note?: string;
}

/** Files of their own, each named by its content. */
export const fileEntries = (files: readonly FileRef[]): FileEntry[] => files.map((file) => ({ id: file.sha256, file }));

/** The list with one more, where it is not in it yet. */
export const withFile = (files: readonly FileRef[], file: FileRef): FileRef[] => (files.some(({ sha256 }) => sha256 === file.sha256) ? [...files] : [...files, file]);
/** The list without one. */
export const withoutFile = (files: readonly FileRef[], id: string): FileRef[] => files.filter(({ sha256 }) => sha256 !== id);
