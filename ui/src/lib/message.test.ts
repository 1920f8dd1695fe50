import { expect, test } from "vitest";
import { fill } from "./message.ts";

const values = { app: "Call Notes", version: "1.2.0", link: "https://p.example/i/1", customer: "Sample Customer A", contact: "" };

test.each([
  ["{app} {version}: {link}", "Call Notes 1.2.0: https://p.example/i/1"],
  ["Hello {contact}, {customer}", "Hello {contact}, Sample Customer A"],
  ["{else} { app } {App} {", "{else} { app } {App} {"],
  // What is put in is not looked through again.
  ["{customer}", "Sample Customer A"],
])("%s", (text, filled) => expect(fill(text, values)).toBe(filled));

test("a name with braces is text", () => expect(fill("{customer}", { ...values, customer: "{link}" })).toBe("{link}"));
