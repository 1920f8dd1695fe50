/** Forms of the workspace page over a transport of the test's own: what is typed is what is sent, and what cannot be meant is not. */
import { flushSync, mount, unmount, type Component } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setTransport } from "../src/ipc/transport.ts";
import type { Boot, ChangeArgs, DocumentView, FileRef, ImageLimits as Limits } from "../src/ipc/types.ts";
import { session } from "../src/lib/session.svelte.ts";
import DocumentDialog from "../src/screens/workspace/DocumentDialog.svelte";
import ImageLimits from "../src/screens/workspace/ImageLimits.svelte";
import TextLimits from "../src/screens/workspace/TextLimits.svelte";

const FREE = { types: [], min: null, max: null, bytes: null };

let sent: { name: string; args: unknown }[];
let shown: Record<string, unknown> | undefined;

const settle = async () => {
  for (let i = 0; i < 4; i++) {
    await new Promise((done) => setTimeout(done));
    flushSync();
  }
};
const by = (testid: string) => document.querySelector<HTMLInputElement>(`[data-testid="${testid}"]`);
const click = async (testid: string) => {
  by(testid)?.click();
  await settle();
};
const enter = async (testid: string, text: string) => {
  const input = by(testid);
  if (!input) throw new Error(testid);
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  await settle();
};
const show = async <Props extends Record<string, unknown>>(component: Component<Props>, props: Props) => {
  shown = mount(component, { target: document.body, props });
  await settle();
};

beforeEach(() => {
  sent = [];
  setTransport({
    call: ({ name, args }) => {
      sent.push({ name, args });
      const answer = name === "add_file" ? paper((args as { name: string }).name) : { command: "x" };
      return Promise.resolve(answer);
    },
    closing: () => () => undefined,
    listen: () => () => undefined,
  });
});

afterEach(async () => {
  if (shown) await unmount(shown);
  shown = undefined;
  session.boot = undefined;
  document.body.replaceChildren();
});

describe("limits of images", () => {
  let saved: Limits[];
  const form = (limits?: Limits) => {
    saved = [];
    return show(ImageLimits as unknown as Component<Record<string, unknown>>, {
      limits,
      save: (next: Limits) => {
        saved.push(next);
        return Promise.resolve();
      },
    });
  };

  it("are none until somebody enters one", async () => {
    await form();
    for (const field of ["icon", "screenshots"]) {
      for (const part of ["min", "max", "bytes"]) expect(by(`limit-${field}-${part}`)?.value).toBe("");
      expect(by(`limit-${field}-PNG`)?.checked).toBe(false);
    }
    expect(saved).toEqual([]);
  });

  it("are kept as they were meant", async () => {
    await form();
    await enter("limit-icon-min", "512 x 512");
    await enter("limit-icon-max", "1024×2048");
    await enter("limit-screenshots-bytes", "1,5");
    await click("limit-screenshots-PNG");
    await click("limit-screenshots-JPEG");
    expect(saved.at(-1)).toEqual({
      icon: { ...FREE, min: { width: 512, height: 512 }, max: { width: 1024, height: 2048 } },
      screenshots: { ...FREE, types: ["image/png", "image/jpeg"], bytes: 1500 },
    });
  });

  it("are lifted by emptying the field", async () => {
    const icon = { types: ["image/png"], min: { width: 10, height: 10 }, max: null, bytes: 2000 };
    await form({ icon, screenshots: FREE });
    expect(by("limit-icon-min")?.value).toBe("10 × 10");
    expect(by("limit-icon-bytes")?.value).toBe("2");
    await enter("limit-icon-min", "");
    await enter("limit-icon-bytes", " ");
    await click("limit-icon-PNG");
    expect(saved.at(-1)).toEqual({ icon: FREE, screenshots: FREE });
  });

  it.each([
    ["limit-icon-min", "big", "error-icon_min"],
    ["limit-icon-max", "0.5 x 3", "error-icon_max"],
    // Smaller than the smallest.
    ["limit-icon-max", "5 x 500", "error-icon_max"],
    ["limit-screenshots-bytes", "0", "error-screenshots_bytes"],
    ["limit-screenshots-bytes", "-1", "error-screenshots_bytes"],
  ])("say what is wrong: %s %s", async (input, text, error) => {
    await form({ icon: { ...FREE, min: { width: 10, height: 10 } }, screenshots: FREE });
    await enter(input, text);
    expect(saved).toEqual([]);
    expect(document.getElementById(error)?.textContent || by(error)?.textContent).toBeTruthy();
    expect(by(input)?.value).toBe(text);
  });

  it("are held against each other before what was written is read back", async () => {
    await form();
    await enter("limit-icon-min", "512 x 512");
    await enter("limit-icon-max", "12 x 12");
    expect(saved).toHaveLength(1);
    expect(document.getElementById("error-icon_max")?.textContent || by("error-icon_max")?.textContent).toContain("width");
    expect(by("limit-icon-max")?.value).toBe("12 x 12");
  });
});

describe("limits of texts", () => {
  const field = (key: string, type: string) => ({ key, name: key, part: "general", kind: { type }, required: true, listed: true });

  it("are entered by field, kept beside each other, and lifted by emptying the field", async () => {
    const saved: unknown[] = [];
    session.boot = { fields: [field("display_name", "line"), field("icon", "assets"), field("description", "text")] } as unknown as Boot;
    const save = (next: unknown) => {
      saved.push(next);
      return Promise.resolve();
    };
    await show(TextLimits as unknown as Component<Record<string, unknown>>, { lengths: { description: 4000 }, save });
    expect([by("length-display_name")?.value, by("length-icon"), by("length-description")?.value]).toEqual(["", null, "4000"]);
    await enter("length-display_name", "40");
    expect(saved.at(-1)).toEqual({ display_name: 40, description: 4000 });
    await enter("length-description", " ");
    expect(saved.at(-1)).toEqual({ display_name: 40 });
    for (const wrong of ["0", "-1", "forty"]) {
      await enter("length-description", wrong);
      expect([saved.length, by("length-description")?.value], wrong).toEqual([2, wrong]);
      expect(document.body.textContent).toContain("above 0");
    }
  });
});

const paper = (name: string): FileRef => ({ sha256: name.padEnd(64, "0"), name, media_type: "application/pdf", bytes: 5 });

describe("a partner document", () => {
  it("keeps its papers beside its days", async () => {
    const document: DocumentView = {
      id: "018f0000-0000-7000-8000-000000000001",
      details: { name: "Partner agreement", sent: "2026-02-03", signed: null, valid_until: null, files: [paper("sent.pdf")] },
      days_left: null,
      end: "far",
    };
    session.boot = { phase: { phase: "open", workspace: "018f0000-0000-7000-8000-0000000000a0" } } as never;
    await show(DocumentDialog as unknown as Component<Record<string, unknown>>, { document, onclose: () => undefined });
    const picker = by("files-picker");
    if (!picker) throw new Error("no picker");
    Object.defineProperty(picker, "files", { value: [new File(["%PDF-"], "signed.pdf")], configurable: true });
    picker.dispatchEvent(new Event("change", { bubbles: true }));
    await settle();
    await click("document-save");
    const changes = sent.filter(({ name }) => name === "change").map(({ args }) => (args as ChangeArgs).body);
    expect(changes).toEqual([
      { kind: "document.set", args: { document: document.id, details: { ...document.details, files: [paper("sent.pdf"), paper("signed.pdf")] } } },
    ]);
  });
});
