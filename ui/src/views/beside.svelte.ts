/** What stands beside the things of a screen: how many comments are open, which links; asked once for the whole screen. */
import { getContext, setContext } from "svelte";
import { beside } from "$ipc/client.ts";
import type { AggregateRef, BesideView, Subject } from "$ipc/types.ts";
import { useQuery } from "$lib/query.svelte.ts";
import { gather, keyOf, NOTHING, type At } from "./gather.ts";

const KEY = Symbol("beside");

export class Beside {
  readonly of: () => AggregateRef | undefined;
  readonly #query: { readonly data: BesideView | undefined };
  readonly #found = $derived.by(() => gather(this.#query.data));

  constructor(of: () => AggregateRef | undefined) {
    this.of = of;
    this.#query = useQuery(() => {
      const now = of();
      return now ? beside({ of: now }) : { tags: [], read: () => Promise.resolve({ comments: [], links: [], open: false }) };
    });
  }

  get view(): BesideView | undefined {
    return this.#query.data;
  }

  at(subject: Subject): At {
    return this.#found.get(keyOf(subject)) ?? NOTHING;
  }

  /** Of a comment by its id, where it has come by now. */
  subjectOf(comment: string | undefined): Subject | undefined {
    return this.#query.data?.comments.find(({ id }) => id === comment)?.subject;
  }
}

/** For a screen: what it draws can say what stands beside it. */
export function setBeside(of: () => AggregateRef | undefined): Beside {
  const found = new Beside(of);
  setContext(KEY, found);
  return found;
}

export const getBeside = (): Beside | undefined => getContext(KEY);
