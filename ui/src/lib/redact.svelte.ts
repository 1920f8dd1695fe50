/** Words are redacted from where they stand: a customer, a finding, an answer. Drawn once, by the frame. */
import type { AggregateRef, Words } from "$ipc/types.ts";
import { session } from "./session.svelte.ts";

export interface Redactable {
  /** What is blanked, as its place calls it: the notes, a person. */
  label: string;
  words: Words;
}

export interface Redacting {
  /** The project, the run or the workspace that holds it. */
  of: AggregateRef;
  /** What it is called: the customer, the ticket. */
  title: string;
  /** What can be blanked of it; one of several is chosen. */
  choices: readonly Redactable[];
}

class Redact {
  /** What is open. */
  at = $state.raw<Redacting>();

  close(): void {
    this.at = undefined;
  }
}

export const redact = new Redact();

export const openRedact = (at: Redacting): void => {
  redact.at = at;
};

/** Whether the person here may: a partner manager does (the reducer's rule). */
export const mayRedact = (): boolean => session.frame?.me.roles.includes("partner_manager") ?? false;
