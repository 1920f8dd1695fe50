// @vitest-environment node
/** The example of a mirror in docs/service.md, run as it stands there: what it posts is what it got, byte for byte. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";

const example = /```js\n(import \{ createServer \}.*?)```/s.exec(readFileSync(join(import.meta.dirname, "../../docs/service.md"), "utf8"))?.[1];

const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

const portOf = (server: ReturnType<typeof createServer>) => (server.address() as AddressInfo).port;

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => server.close());
  return portOf(server);
}

/** A port that nothing listens at. */
async function free(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The example as an app of its own; where it answers. */
async function app(mirror: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "mirror-"));
  writeFileSync(join(folder, "app.mjs"), example ?? "");
  const port = await free();
  const child = spawn(process.execPath, [join(folder, "app.mjs")], { env: { PARTNER_HOOK: mirror, PORT: String(port) }, stdio: "ignore" });
  ends.push(() => {
    child.kill();
    rmSync(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}/talkdesk/events`;
  for (;;) {
    expect(child.exitCode, "the example runs").toBeNull();
    if (await fetch(url).then(() => true, () => false)) return url;
  }
}

test("the example posts a copy, byte for byte, with both headers of the signature", async () => {
  expect(example?.split("\n").length, "some twenty lines").toBeLessThan(25);
  let arrived: (copy: { request: IncomingMessage; body: Buffer }) => void;
  const copied = new Promise<{ request: IncomingMessage; body: Buffer }>((resolve) => (arrived = resolve));
  const service = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => {
      response.writeHead(200).end();
      const body = Buffer.concat(chunks);
      // What looks whether the app is there brings nothing.
      if (body.length > 0) arrived({ request, body });
    });
  });
  const url = await app(`http://127.0.0.1:${await listening(service)}/hooks/talkdesk/key/mirror`);
  const raw = Buffer.from('{ "id" : "e1",\r\n  "data": {"name":"S\u00e3o Paulo \u2028", "n": 1.0}}\n');
  const headers = { "x-hub-ecdsa-signature": "3045ab", "x-hub-ecdsa-signature-id": "k1", authorization: "Bearer hush" };
  expect((await fetch(url, { method: "POST", headers, body: raw })).status).toBe(200);
  const { request, body } = await copied;
  expect(body.equals(raw)).toBe(true);
  expect([request.method, request.url]).toEqual(["POST", "/hooks/talkdesk/key/mirror"]);
  expect([request.headers["x-hub-ecdsa-signature"], request.headers["x-hub-ecdsa-signature-id"], request.headers["content-type"]]).toEqual(["3045ab", "k1", "application/json"]);
  expect(request.headers.authorization, "nothing else of the request goes along").toBeUndefined();
});

test("the app answers Talkdesk though the service is away", async () => {
  const url = await app(`http://127.0.0.1:${await free()}/mirror`);
  for (const n of [1, 2]) expect((await fetch(url, { method: "POST", body: `{"n":${n}}` })).status).toBe(200);
});
