/** What may be saved as a link: only what the engine takes as well, and every other text with a remedy of its own. */
import { describe, expect, it } from "vitest";
import { linkFault } from "./link.ts";

describe("an https link", () => {
  it.each([
    "https://partner-project.example/i/5f0c9b7e41",
    "HTTPS://Partner-Project.example/",
    "  https://partner-project.example/i?v=1.0.0&from=A%20B#top\n",
    "https://partner-project.example:8443/i/a%2Fb",
    "https://xn--bcher-kva.example/%E4%BD%A0",
    `https://partner-project.example/${"x".repeat(1_900)}`,
  ])("%s", (text) => expect(linkFault(text)).toBeUndefined());
});

describe("anything else", () => {
  it.each([
    ["", "Paste the link first"],
    ["   \n", "Paste the link first"],
    ["http://partner-project.example/i", "Use https"],
    ["HTTP://partner-project.example/i", "Use https"],
    ["javascript:alert(1)", "begin with javascript:"],
    ["JavaScript:alert(1)", "begin with javascript:"],
    ["file:///etc/hosts", "begin with file:"],
    ["data:text/html,x", "begin with data:"],
    ["mailto:someone@partner.example", "begin with mailto:"],
    ["partner-console://install", "begin with partner-console:"],
    ["Install version 1.2.0", "no https address"],
    ["partner-project.example/i/5f0c", "no https address"],
    ["partner-project.example:8443/i", "no https address"],
    ["//partner-project.example/i", "no https address"],
    ["https:partner-project.example", "no https address"],
    ["https:///i", "no https address"],
    ["https://", "no https address"],
    ["https:\\\\partner-project.example", "no https address"],
    ["https://partner-project.example/a b", "no https address"],
    ["https://partner-project.example/\nhttps://partner-project.example/", "no https address"],
    ["https://user:secret@partner-project.example/", "user name or password"],
  ])("%j: %s", (text, words) => expect(linkFault(text)).toContain(words));
});
