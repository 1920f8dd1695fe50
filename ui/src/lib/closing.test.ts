/** Closing the window saves what stands in a field, and ends only after that. */
import { afterEach, expect, it } from "vitest";
import { write } from "$ipc/call.ts";
import { setTransport } from "$ipc/transport.ts";
import { listenForClosing } from "./closing.ts";

afterEach(() => document.body.replaceChildren());

it("lets fields save, waits for the answers and for what they lead to, then quits", async () => {
  const calls: string[] = [];
  let close: () => void = () => undefined;
  setTransport({
    call: async ({ name }) => {
      await new Promise((turn) => setTimeout(turn));
      calls.push(name);
    },
    listen: () => () => undefined,
    closing: (heard) => {
      close = heard;
      return () => undefined;
    },
  });
  listenForClosing();
  const field = document.createElement("input");
  document.body.append(field);
  field.focus();
  field.addEventListener("blur", () => void write("save").then(() => write("save what it led to")));
  close();
  await expect.poll(() => calls).toEqual(["save", "save what it led to", "quit"]);
});
