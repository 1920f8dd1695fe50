import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setTransport } from "../ipc/transport.ts";
import { EVERY, tellPresence } from "./presence.ts";

let calls: string[];
let end: () => void;
let wanted: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  [calls, wanted] = [[], true];
  setTransport({
    call: ({ name }) => {
      calls.push(name);
      return Promise.resolve({});
    },
    closing: () => () => undefined,
    listen: () => () => undefined,
  });
  end = tellPresence(() => wanted);
});

afterEach(() => {
  end();
  vi.useRealTimers();
});

test("who reads is there, and is told of now and then", () => {
  for (const sign of ["wheel", "pointermove", "keydown"]) window.dispatchEvent(new Event(sign));
  expect(calls).toEqual(["note_presence"]);
  vi.advanceTimersByTime(EVERY);
  expect(calls).toHaveLength(1);
  document.body.dispatchEvent(new Event("wheel", { bubbles: true }));
  expect(calls).toHaveLength(2);
});

test("nobody is told of where nothing is locked", () => {
  wanted = false;
  window.dispatchEvent(new Event("wheel"));
  expect(calls).toEqual([]);
  wanted = true;
  end();
  window.dispatchEvent(new Event("wheel"));
  expect(calls).toEqual([]);
});
