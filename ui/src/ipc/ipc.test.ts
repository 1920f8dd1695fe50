/** The door: writes in order whatever happens to each, reads past them, and every failure one of the closed set. */
import { beforeEach, describe, expect, it } from "vitest";
import { errorText } from "$texts";
import { call, readAhead, write, writesDone } from "./call.ts";
import { asIpcError, errorCodes, faultAt, IpcError } from "./error.ts";
import { setTransport, type Call } from "./transport.ts";

interface Open extends Call {
  answer: (data: unknown) => void;
  fail: (error: unknown) => void;
}

let sent: Open[] = [];
const settle = () => new Promise((done) => setTimeout(done));

beforeEach(() => {
  sent = [];
  setTransport({
    call: (one) => new Promise((answer, fail) => sent.push({ ...one, answer, fail })),
    closing: () => () => undefined,
    listen: () => () => undefined,
  });
});

describe("a read that was begun ahead", () => {
  const ahead = () => readAhead("home", { tags: ["home"], read: () => call("home") });

  it("answers the first who asks, and nobody after", async () => {
    ahead();
    const asked = call("home");
    sent[0]?.answer("home");
    expect(await asked).toBe("home");
    void call("home");
    expect(sent).toHaveLength(2);
  });

  it("is let go of where it failed: what was not there yet may be there by the time somebody asks", async () => {
    ahead();
    sent[0]?.fail({ code: "not_open" });
    await settle();
    const asked = call("home");
    sent[1]?.answer("home");
    expect(await asked).toBe("home");
  });
});

describe("writes", () => {
  it("go one after another with a growing counter, a refusal between them included", async () => {
    const first = write("tick", { item: 1 });
    const second = write("tick", { item: 2 });
    const third = write("tick", { item: 3 });
    await settle();
    expect(sent).toHaveLength(1);
    sent[0]?.fail({ code: "refused" });
    await expect(first).rejects.toBeInstanceOf(IpcError);
    await settle();
    expect(sent).toHaveLength(2);
    sent[1]?.answer("two");
    expect(await second).toBe("two");
    await settle();
    sent[2]?.answer("three");
    expect(await third).toBe("three");
    const counters = sent.map(({ n }) => n ?? 0);
    expect(counters).toEqual([...counters].sort((a, b) => a - b));
    expect(new Set(counters).size).toBe(3);
    expect(sent.map(({ args }) => args)).toEqual([{ item: 1 }, { item: 2 }, { item: 3 }]);
    await writesDone();
  });

  it("make their arguments when they go out, and pass over one that cannot be made", async () => {
    const made: string[] = [];
    const first = write("tick", { item: 1 }).then(() => made.push("answered"));
    const none = write("tick", () => {
      throw new Error("nothing to send");
    });
    const second = write("tick", () => ({ after: [...made] }));
    await settle();
    sent[0]?.answer("one");
    await first;
    await expect(none).rejects.toThrow("nothing to send");
    await settle();
    expect(sent.map(({ args }) => args)).toEqual([{ item: 1 }, { after: ["answered"] }]);
    sent[1]?.answer("two");
    await second;
  });

  it("hold up no read", async () => {
    const written = write("tick");
    const read = call("projects");
    await settle();
    const open = sent.find(({ name }) => name === "projects");
    open?.answer([]);
    expect(await read).toEqual([]);
    expect(open?.n).toBeUndefined();
    sent.find(({ name }) => name === "tick")?.answer(null);
    await written;
  });
});

describe("errors", () => {
  it.each([
    [{ code: "invalid", params: {}, place: { input: "slug" } }, "invalid", "slug"],
    [{ code: "no such code" }, "internal", undefined],
    ["some text", "internal", undefined],
    [new Error("broken"), "internal", undefined],
    [null, "internal", undefined],
  ] as const)("%j becomes %s", (thrown, code, place) => {
    const error = asIpcError(thrown);
    expect([error.code, error.place?.input]).toEqual([code, place]);
  });

  it("all have their words", () => {
    for (const code of errorCodes) expect(errorText(new IpcError({ code }))).toMatch(/^\p{Lu}.+\.$/u);
  });

  it("word a refusal by its own reason, and find the input at fault", () => {
    const places = [{ field: "privacy_policy" as const }, { input: "number" }];
    const refusal = { code: "not_ready" as const, rule: "talkdesk" as const, params: { count: "3" }, places };
    const error = asIpcError({ code: "refused", params: {}, refusal });
    expect(errorText(error)).toBe("Not ready: 3 fields missing.");
    expect([faultAt(error, { input: "number" }), faultAt(error, { input: "name" }), faultAt(undefined, { input: "name" })]).toEqual([true, false, false]);
  });
});
