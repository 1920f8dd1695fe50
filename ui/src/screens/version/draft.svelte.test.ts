/** What a person types is saved once they pause, is never overwritten by a refresh, and is never lost to a refusal or to someone else. */
import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IpcError, type Refusal } from "$ipc/error.ts";
import { Draft, WAIT_MS } from "./draft.svelte.ts";

/** The shell: it holds a value, and takes another only if the one it replaces still stands. */
class Shell {
  value = "read";
  reads = 0;
  refreshed = 0;
  readonly saves: [value: string, expects: string][] = [];
  readonly saved: [from: string, to: string][] = [];
  refuse?: (value: string) => Refusal["code"] | undefined;
  hold?: Promise<void>;
  fail?: IpcError;

  readonly draft = new Draft<string>("read", {
    save: async (value, expects) => {
      this.saves.push([value, expects]);
      await this.hold;
      if (this.fail) throw this.fail;
      const code = this.refuse?.(value) ?? (this.value !== expects && this.value !== value ? "changed" : undefined);
      if (code) {
        throw new IpcError({ code: code === "changed" ? "conflict" : "refused", refusal: { code, rule: "ours", params: {}, places: [] } });
      }
      this.value = value;
    },
    reads: () => this.reads,
    saved: (from, to) => this.saved.push([from, to]),
    refresh: () => this.refreshed++,
  });

  /** A whole read: begun now, answered now. */
  read() {
    return this.draft.take(this.value, ++this.reads);
  }
}

let shell: Shell;
let draft: Draft<string>;
/** A promise that is resolved by hand. */
const gate = () => {
  let open: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
};
const pause = () => vi.advanceTimersByTimeAsync(WAIT_MS);

beforeEach(() => {
  vi.useFakeTimers();
  shell = new Shell();
  draft = shell.draft;
});
afterEach(() => vi.useRealTimers());

describe("autosave", () => {
  it("saves once, a moment after the last key, and names what it replaces", async () => {
    for (const typed of ["a", "ab", "abc"]) {
      draft.edit(typed);
      await vi.advanceTimersByTimeAsync(WAIT_MS - 1);
    }
    expect(shell.saves).toEqual([]);
    await pause();
    expect(shell.saves).toEqual([["abc", "read"]]);
    draft.edit("abcd");
    await pause();
    expect(shell.saves.at(-1)).toEqual(["abcd", "abc"]);
    expect(draft.dirty).toBe(false);
  });

  it("saves nothing where the value came back to what is saved", async () => {
    draft.edit("a");
    draft.edit("read");
    await pause();
    expect(shell.saves).toEqual([]);
  });

  it("is flushed at once, and a flush during a save waits for what was typed meanwhile", async () => {
    const { promise, open } = gate();
    shell.hold = promise;
    draft.edit("a");
    const first = draft.flush();
    await vi.advanceTimersByTimeAsync(0);
    draft.edit("ab");
    const second = draft.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(shell.saves).toEqual([["a", "read"]]);
    shell.hold = undefined;
    open();
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(shell.saves).toEqual([["a", "read"], ["ab", "a"]]);
    expect(shell.value).toBe("ab");
  });

  it("is saved when the focus leaves", async () => {
    draft.hold();
    draft.edit("a");
    draft.release();
    await vi.advanceTimersByTimeAsync(0);
    expect(shell.value).toBe("a");
  });

  it("leaves a value alone that waits for its end, until it is flushed", async () => {
    draft.edit("1.", { wait: false });
    await pause();
    expect(shell.saves).toEqual([]);
    await draft.flush();
    expect(shell.value).toBe("1.");
  });
});

describe("a refresh", () => {
  it("shows what others changed while nobody types", () => {
    shell.value = "theirs";
    shell.read();
    expect(draft.value).toBe("theirs");
  });

  it("does not touch what is being typed, and what is typed goes on from what was seen", async () => {
    draft.hold();
    draft.edit("mine");
    shell.value = "theirs";
    shell.read();
    expect(draft.value).toBe("mine");
    await pause();
    expect(shell.saves).toEqual([["mine", "read"]]);
    expect(draft.conflict).toBe(true);
    expect(shell.value).toBe("theirs");
  });

  it("waits for the focus to leave a field that nobody types in", () => {
    draft.hold();
    shell.value = "theirs";
    shell.read();
    expect(draft.value).toBe("read");
    draft.release();
    expect(draft.value).toBe("theirs");
  });

  it("that began before a save was answered does not bring the old value back", async () => {
    const began = ++shell.reads;
    draft.edit("mine");
    await pause();
    // The answer to a read that was on its way before the save.
    expect(draft.take("read", began)).toBe(true);
    expect(draft.value).toBe("mine");
    draft.edit("mine too");
    await pause();
    expect(shell.saves.at(-1)).toEqual(["mine too", "mine"]);
    expect(draft.conflict).toBe(false);
  });

  it("that began before a save and says the same asks for no other", async () => {
    const began = ++shell.reads;
    draft.edit("mine");
    await pause();
    expect(draft.take("mine", began)).toBe(false);
  });

  it("during a save is not taken for someone else's change", async () => {
    const { promise, open } = gate();
    shell.hold = promise;
    draft.edit("mine");
    const saving = draft.flush();
    await vi.advanceTimersByTimeAsync(0);
    shell.read();
    expect(draft.value).toBe("mine");
    open();
    await saving;
    expect([draft.value, draft.base, draft.conflict]).toEqual(["mine", "mine", false]);
  });
});

describe("a refusal", () => {
  beforeEach(() => {
    shell.refuse = (value) => (value.length > 10 ? "too_long" : undefined);
  });

  it("leaves the text in the form with its reason, and does not ask again by itself", async () => {
    const long = "x".repeat(1_000_000);
    draft.edit(long);
    await pause();
    expect(draft.value).toBe(long);
    expect(draft.error?.refusal?.code).toBe("too_long");
    expect(draft.stuck).toBe(true);
    await vi.advanceTimersByTimeAsync(10 * WAIT_MS);
    shell.read();
    expect(shell.saves).toHaveLength(1);
    expect(draft.value).toBe(long);
    expect(await draft.flush()).toBe(false);
    expect(shell.saves).toHaveLength(1);
  });

  it("is asked for again when what stood in the way may be gone", async () => {
    shell.refuse = () => "part_locked";
    draft.edit("mine");
    await pause();
    shell.refuse = undefined;
    expect(await draft.flush()).toBe(false);
    expect(await draft.retry()).toBe(true);
    expect(shell.value).toBe("mine");
  });

  it("that was no answer, such as a full disk, is asked for again by the next flush", async () => {
    shell.refuse = undefined;
    shell.fail = new IpcError({ code: "disk_full" });
    draft.edit("mine");
    await pause();
    expect(draft.error?.code).toBe("disk_full");
    shell.fail = undefined;
    expect(await draft.flush()).toBe(true);
    expect([shell.value, draft.error]).toEqual(["mine", undefined]);
  });

  it("goes with the next key, and the shorter text is saved", async () => {
    draft.edit("far too long a text");
    await pause();
    draft.edit("short");
    expect(draft.error).toBeUndefined();
    await pause();
    expect(shell.value).toBe("short");
  });

  it("of a text that was shortened while it was refused keeps nothing back", async () => {
    const { promise, open } = gate();
    shell.hold = promise;
    draft.edit("far too long a text");
    const first = draft.flush();
    await vi.advanceTimersByTimeAsync(0);
    draft.edit("short");
    const second = draft.flush();
    shell.hold = undefined;
    open();
    await Promise.all([first, second]);
    expect(shell.value).toBe("short");
    expect(draft.stuck).toBe(false);
  });

  it("can be given up for what is saved", async () => {
    draft.edit("far too long a text");
    await pause();
    draft.takeSaved();
    expect([draft.value, draft.error, draft.dirty]).toEqual(["read", undefined, false]);
  });
});

describe("someone else was first", () => {
  beforeEach(async () => {
    shell.value = "theirs";
    draft.edit("mine");
    await pause();
  });

  it("keeps mine, asks what stands there, and shows both", () => {
    expect(shell.refreshed).toBe(1);
    shell.read();
    expect([draft.value, draft.theirs?.value, draft.conflict, draft.stuck]).toEqual(["mine", "theirs", true, true]);
  });

  it("saves nothing until the person chooses", async () => {
    shell.read();
    draft.edit("mine, longer");
    await pause();
    expect(await draft.flush()).toBe(false);
    expect(shell.saves).toHaveLength(1);
    expect(shell.value).toBe("theirs");
  });

  it("lets mine take the place of theirs", async () => {
    shell.read();
    await draft.keepMine();
    expect(shell.saves.at(-1)).toEqual(["mine", "theirs"]);
    expect([shell.value, draft.conflict, draft.theirs]).toEqual(["mine", false, undefined]);
    expect(shell.saved).toEqual([["theirs", "mine"]]);
  });

  it("lets theirs stand", () => {
    shell.read();
    draft.takeSaved();
    expect([draft.value, draft.dirty, draft.conflict]).toEqual(["theirs", false, false]);
  });

  it("is over when both want the same, or when theirs was taken back", async () => {
    shell.value = "mine";
    shell.read();
    expect([draft.conflict, draft.dirty]).toEqual([false, false]);

    shell.value = "theirs";
    draft.edit("again mine");
    await pause();
    expect(draft.conflict).toBe(true);
    shell.value = "mine";
    shell.read();
    await vi.advanceTimersByTimeAsync(0);
    expect([draft.conflict, shell.value]).toEqual([false, "again mine"]);
  });
});

describe("undo", () => {
  it("is a new save that expects what it undoes", async () => {
    draft.edit("mine");
    await pause();
    await draft.undo("read", "mine");
    expect(shell.saves.at(-1)).toEqual(["read", "mine"]);
    expect([draft.value, draft.dirty]).toEqual(["read", false]);
  });

  it("is refused where another value stands there by now, and changes nothing here", async () => {
    draft.edit("mine");
    await pause();
    shell.value = "theirs";
    await expect(draft.undo("read", "mine")).rejects.toThrow();
    expect([draft.value, shell.value]).toEqual(["mine", "theirs"]);
  });
});

it("tells the screen what changed", async () => {
  const seen: unknown[] = [];
  const stop = $effect.root(() => {
    $effect(() => void seen.push([draft.value, draft.dirty, draft.error?.code]));
  });
  flushSync();
  shell.refuse = () => "too_long";
  draft.edit("a");
  await pause();
  flushSync();
  expect(seen).toEqual([
    ["read", false, undefined],
    ["a", true, undefined],
    ["a", true, "refused"],
  ]);
  stop();
});
