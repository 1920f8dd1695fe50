/** Reads that stay fresh: no old answer over a newer one, no change lost during a read, no blank in between. */
import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IpcError } from "$ipc/error.ts";
import { listenForChanges } from "$ipc/events.ts";
import { setTransport } from "$ipc/transport.ts";
import { Query, useQuery } from "./query.svelte.ts";

/** Reads that are answered by hand, in any order. */
function byHand<T>() {
  const asked: { answer: (data: T) => void; fail: (error: unknown) => void }[] = [];
  const read = () => new Promise<T>((answer, fail) => asked.push({ answer, fail }));
  return { asked, read };
}

const settle = () => new Promise((done) => setTimeout(done));

describe("Query", () => {
  it("keeps the old data while it reads again", async () => {
    const { asked, read } = byHand<string>();
    const query = new Query<string>();
    query.ask({ tags: ["a"], read });
    expect([query.data, query.loading]).toEqual([undefined, true]);
    asked[0]?.answer("one");
    await settle();
    query.changed(["a"]);
    expect([query.data, query.loading]).toEqual(["one", true]);
    asked[1]?.answer("two");
    await settle();
    expect([query.data, query.loading]).toEqual(["two", false]);
  });

  it("hears only its own tags", async () => {
    const { asked, read } = byHand<string>();
    const query = new Query<string>();
    query.ask({ tags: ["a", "run:"], read });
    asked[0]?.answer("one");
    await settle();
    query.changed(["b", "a:1", "runs"]);
    expect(asked).toHaveLength(1);
    query.changed(["run:1"]);
    expect(asked).toHaveLength(2);
  });

  it("answers changes that come during a read with exactly one more read", async () => {
    const { asked, read } = byHand<string>();
    const query = new Query<string>();
    query.ask({ tags: ["a"], read });
    query.changed(["a"]);
    query.changed(["a"]);
    asked[0]?.answer("before the change");
    await settle();
    expect(asked).toHaveLength(2);
    asked[1]?.answer("after");
    await settle();
    expect([query.data, asked.length]).toEqual(["after", 2]);
  });

  it("tells who asks during a read only when the one behind it is answered", async () => {
    const { asked, read } = byHand<string>();
    const query = new Query<string>();
    query.ask({ tags: ["a"], read });
    let told: string | undefined;
    void query.refresh().then(() => (told = query.data));
    asked[0]?.answer("before");
    await settle();
    expect(told).toBeUndefined();
    asked[1]?.answer("after");
    await settle();
    expect(told).toBe("after");
  });

  it("never shows the answer to an older question", async () => {
    const first = byHand<string>();
    const second = byHand<string>();
    const query = new Query<string>();
    query.ask({ tags: [], read: first.read });
    query.ask({ tags: [], read: second.read });
    second.asked[0]?.answer("new");
    await settle();
    first.asked[0]?.answer("old");
    await settle();
    expect(query.data).toBe("new");
  });

  it("does not change what is on the screen between press and release", async () => {
    const { asked, read } = byHand<string>();
    const query = new Query<string>();
    query.ask({ tags: ["a"], read });
    asked[0]?.answer("before");
    await settle();
    document.body.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
    query.changed(["a"]);
    asked[1]?.answer("after");
    await settle();
    expect(query.data).toBe("before");
    let clicked: string | undefined;
    document.body.addEventListener("click", () => (clicked = query.data), { once: true });
    document.body.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
    document.body.click();
    await settle();
    await settle();
    expect([clicked, query.data]).toEqual(["before", "after"]);
  });

  it("shows what failed, keeps what it had, and recovers", async () => {
    const { asked, read } = byHand<string>();
    const query = new Query<string>();
    query.ask({ tags: ["a"], read });
    asked[0]?.answer("one");
    await settle();
    query.changed(["a"]);
    asked[1]?.fail(new IpcError({ code: "offline" }));
    await settle();
    expect([query.data, query.error?.code]).toEqual(["one", "offline"]);
    void query.refresh();
    asked[2]?.answer("two");
    await settle();
    expect([query.data, query.error]).toEqual(["two", undefined]);
  });
});

describe("useQuery", () => {
  let tell: (tags: readonly string[]) => void;
  let stop: () => void;

  beforeEach(async () => {
    setTransport({
      call: () => Promise.reject(new Error("not called")),
      closing: () => () => undefined,
      listen: (heard) => {
        tell = heard;
        return () => undefined;
      },
    });
    stop = listenForChanges();
  });
  afterEach(() => stop());

  it("reads again when its id changes and when a change names its tag, until its component goes", async () => {
    let id = $state("1");
    const reads: string[] = [];
    let query: Query<string> | undefined;
    const gone = $effect.root(() => {
      query = useQuery(() => {
        const asked = id;
        return { tags: [`project:${asked}`], read: () => (reads.push(asked), Promise.resolve(asked)) };
      });
    });
    flushSync();
    await settle();
    id = "2";
    flushSync();
    expect(query?.data).toBeUndefined();
    await settle();
    tell(["project:1"]);
    tell(["project:2"]);
    await settle();
    expect([reads, query?.data]).toEqual([["1", "2", "2"], "2"]);
    gone();
    tell(["project:2"]);
    await settle();
    expect(reads).toHaveLength(3);
  });
});
