/** A piece of evidence in words. */
import type { Evidence } from "$ipc/types.ts";

export const evidenceName = (evidence: Evidence): string => (evidence.type === "file" ? evidence.name : evidence.title || evidence.url);
