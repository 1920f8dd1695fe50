/** Long lists: only what is looked at is read, a change is heard, and an old answer never lands in a new list. */
import { flushSync } from "svelte";
import { describe, expect, it } from "vitest";
import { Pages, usePages, type Page } from "./pages.svelte.ts";

interface Asked {
  offset: number;
  answer: (page: Page<string>) => void;
  fail: (why: unknown) => void;
}

function byHand() {
  const asked: Asked[] = [];
  const read = (offset: number) => ({
    tags: ["projects"],
    read: () => new Promise<Page<string>>((answer, fail) => asked.push({ offset, answer, fail })),
  });
  return { asked, read };
}

const settle = () => new Promise((done) => setTimeout(done));
const page = (total: number, ...rows: string[]): Page<string> => ({ total, rows });

describe("Pages", () => {
  it("knows the length at once and reads the rest when someone looks", async () => {
    const { asked, read } = byHand();
    const pages = new Pages<string, Page<string>>(2);
    void pages.ask(read);
    asked[0]?.answer(page(5, "a", "b"));
    await settle();
    expect(pages.rows).toEqual(["a", "b", undefined, undefined, undefined]);

    void pages.see(1, 5);
    void pages.see(1, 5);
    expect(asked.map(({ offset }) => offset)).toEqual([0, 2, 4]);
    asked[2]?.answer(page(5, "e"));
    asked[1]?.answer(page(5, "c", "d"));
    await settle();
    expect(pages.rows).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("keeps the old rows until the new question is answered, and drops a late answer to the old one", async () => {
    const { asked, read } = byHand();
    const other = byHand();
    const pages = new Pages<string, Page<string>>(2);
    void pages.ask(read);
    asked[0]?.answer(page(2, "a", "b"));
    await settle();
    void pages.see(0, 2);
    void pages.refresh();
    void pages.ask(other.read);
    expect(pages.rows).toEqual(["a", "b"]);
    other.asked[0]?.answer(page(1, "z"));
    await settle();
    asked[1]?.answer(page(2, "late", "late"));
    await settle();
    expect(pages.rows).toEqual(["z"]);
  });

  it("reads again only what is in sight after a change of its own tags", async () => {
    const { asked, read } = byHand();
    const pages = new Pages<string, Page<string>>(2);
    void pages.ask(read);
    asked[0]?.answer(page(6, "a", "b"));
    await settle();
    void pages.see(4, 6);
    // What comes next on either side is read, too: who scrolls meets no gap.
    expect(asked.map(({ offset }) => offset)).toEqual([0, 2, 4]);
    asked[1]?.answer(page(6, "c", "d"));
    asked[2]?.answer(page(6, "e", "f"));
    await settle();
    pages.changed(["runs"]);
    expect(asked).toHaveLength(3);
    pages.changed(["projects"]);
    expect(asked.map(({ offset }) => offset)).toEqual([0, 2, 4, 4]);
    asked[3]?.answer(page(5, "E"));
    await settle();
    expect(pages.rows).toEqual([undefined, undefined, undefined, undefined, "E"]);
  });

  it("reads the beginning when a filter leaves fewer rows than were scrolled", async () => {
    const { asked, read } = byHand();
    const pages = new Pages<string, Page<string>>(2);
    void pages.ask(read);
    asked[0]?.answer(page(6, "a", "b"));
    await settle();
    void pages.see(4, 6);
    void pages.ask(read);
    expect(asked.at(-1)?.offset).toBe(0);
  });

  it("keeps what it has when a read fails, says so, and reads again when asked", async () => {
    const { asked, read } = byHand();
    const pages = new Pages<string, Page<string>>(2);
    void pages.ask(read);
    asked[0]?.answer(page(1, "a"));
    await settle();
    void pages.refresh();
    asked[1]?.fail({ code: "offline", params: {} });
    await settle();
    expect([pages.rows, pages.error?.code]).toEqual([["a"], "offline"]);
    void pages.refresh();
    asked[2]?.answer(page(1, "b"));
    await settle();
    expect([pages.rows, pages.error]).toEqual([["b"], undefined]);
  });
});

describe("usePages", () => {
  it("asks once: what came is no new question", async () => {
    const { asked, read } = byHand();
    const stop = $effect.root(() => {
      usePages<string, Page<string>>(() => read, 2);
    });
    flushSync();
    for (let round = 0; round < 3; round += 1) {
      asked.at(-1)?.answer(page(5, "a", "b"));
      await settle();
      flushSync();
    }
    expect(asked.map(({ offset }) => offset)).toEqual([0]);
    stop();
  });
});
