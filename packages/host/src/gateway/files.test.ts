import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { createSecretKey } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { movableClock } from "@pendo/core/ports/clock/clock";
import { diskStorage } from "@pendo/local/storage/disk";
import { afterAll, expect, test } from "vitest";
import { serveFiles } from "./files.ts";
import { dial, exchange, gateway } from "./gateway.fixture.ts";

const root = mkdtempSync(join(tmpdir(), "pendo-files-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const clock = movableClock();
const options = { root, secret: createSecretKey(testIds.bytes(32)), clock };
const storage = diskStorage({ ...options, baseUrl: "http://files.invalid/_files" });
const { port, url, errors } = await gateway(["GET /v1/x"], async () => ({ statusCode: 200 }), { other: [serveFiles({ storage, clock })] });
const here = (address: string): string => address.replace("http://files.invalid", url);

let made = 0;
const newForm = async (bytesMax = 1000) => {
  const key = `uploads/a${++made}`;
  return { key, ...(await storage.uploadForm({ key, contentType: "image/png", bytesMax, expiresSec: 60 })) };
};
type Part = readonly [name: string, value: string | Blob];
const post = async (parts: readonly Part[]): Promise<Response> => {
  const form = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === "string") form.append(name, value);
    else form.append(name, value, "x.png");
  }
  return await fetch(`${url}/_files`, { method: "POST", body: form });
};
const picture = (bytes = 10): Blob => new Blob([Buffer.alloc(bytes, 1)], { type: "image/png" });
const drafts = (): string[] => readdirSync(join(root, ".unfinished"));

test("a form's fields and its file, last, store the file; whoever shows progress may ask first", async () => {
  const { key, fields } = await newForm();
  const answer = await post([...Object.entries(fields), ["file", picture()]]);
  expect(answer.status).toBe(204);
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(await storage.head(key)).toEqual({ bytes: 10, contentType: "image/png" });
  const preflight = await fetch(`${url}/_files`, { method: "OPTIONS" });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
});

test("a form without a file, with the file first, under another name, altered, expired or grown is refused as a problem, and stores nothing", async () => {
  const { key, fields } = await newForm();
  const entries = Object.entries(fields);
  const cases: [number, readonly Part[]][] = [
    [400, entries],
    [403, [["file", picture()], ...entries]],
    [400, [...entries, ["picture", picture()]]],
    [403, [...Object.entries({ ...fields, key: "uploads/other" }), ["file", picture()]]],
    [403, [...Object.entries({ ...fields, signature: "x".repeat(5000) }), ["file", picture()]]],
    [
      403,
      [
        ["__proto__", "x"],
        ["file", picture()],
      ],
    ],
    [413, [...entries, ["file", picture(1001)]]],
    [413, [...entries, ["file", picture(5_000_000)]]],
    [400, [...entries, ["file", picture(0)]]],
    [400, [...Array.from({ length: 30 }, (_, i): Part => [`f${i}`, "x"]), ...entries, ["file", picture()]]],
  ];
  for (const [status, parts] of cases) {
    const answer = await post(parts);
    expect([answer.status, answer.headers.get("content-type"), answer.headers.get("access-control-allow-origin")]).toEqual([
      status,
      "application/problem+json",
      "*",
    ]);
  }
  clock.advance(61_000);
  expect((await post([...entries, ["file", picture()]])).status).toBe(403);
  expect(await storage.head(key)).toBeNull();
  expect(drafts()).toEqual([]);
});

test("of two files the first is stored, and what follows it is not looked at", async () => {
  const { key, fields } = await newForm();
  expect((await post([...Object.entries(fields), ["file", picture(7)], ["file", picture(8)], ["key", "uploads/other"]])).status).toBe(204);
  expect(await storage.head(key)).toMatchObject({ bytes: 7 });
});

test("what is no multipart form is refused by name", async () => {
  for (const type of ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/mixed; boundary=x", ""]) {
    const answer = await fetch(`${url}/_files`, {
      method: "POST",
      body: Buffer.from("file=x"),
      headers: type ? { "content-type": type } : {},
    });
    expect([type, answer.status]).toEqual([type, 415]);
    expect(await answer.text()).toContain("multipart/form-data");
  }
  const put = await fetch(`${url}/_files/uploads/a1`, { method: "PUT", body: "x" });
  expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("an upload with a content encoding is refused with 415, and stores nothing", async () => {
  for (const encoding of ["gzip", "BR", "identity, gzip"]) {
    const { key, fields } = await newForm();
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", picture(), "x.png");

    const answer = await fetch(`${url}/_files`, { method: "POST", body: form, headers: { "content-encoding": encoding } });

    expect([encoding, answer.status]).toEqual([encoding, 415]);
    expect(await answer.json()).toMatchObject({ code: "input.mediaType", errors: [{ pointer: "/content-encoding" }] });
    expect(await storage.head(key)).toBeNull();
  }
});

const head = (length: number): string =>
  `POST /_files HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: multipart/form-data; boundary=bb\r\ncontent-length: ${length}\r\n\r\n`;
const written = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `--bb\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join("");
const fileHead = '--bb\r\ncontent-disposition: form-data; name="file"; filename="x"\r\ncontent-type: image/png\r\n\r\n';

test("a form that ends before its last boundary is refused, with and without leave to store, and the process lives on", async () => {
  const { key, fields } = await newForm();
  const shapes = [
    `${written(fields)}${fileHead}abc`,
    `${fileHead}abc`,
    `${written(fields)}${fileHead}`,
    written(fields),
    "--bb\r\n",
    "nothing",
    "--bb\r\ncontent-disposition: form-data\r\n\r\nx",
  ];
  for (const body of shapes) expect(await exchange(port, `${head(body.length)}${body}`)).toMatch(/^HTTP\/1\.1 40[03] /);
  expect(await storage.head(key)).toBeNull();
  expect(drafts()).toEqual([]);
  expect(errors).toEqual([]);
});

test("an upload whose client goes away in the middle leaves nothing", async () => {
  const { key, fields } = await newForm(1_000_000);
  for (const end of ["destroy", "resetAndDestroy"] as const) {
    for (const start of [`${written(fields)}${fileHead}${"a".repeat(100_000)}`, fileHead, "--bb\r\n", ""]) {
      const { socket, closed } = await dial(port);
      socket.write(`${head(500_000)}${start}`);
      await after(50);
      socket[end]();
      await closed;
    }
  }
  await expect.poll(drafts).toEqual([]);
  expect(await storage.head(key)).toBeNull();
  expect(errors).toEqual([]);
});

test("a signed address reads its file, by GET and HEAD, until it expires; any other answers 403", async () => {
  await storage.put("photos/a", Buffer.from("hello"), "image/webp");
  const address = here(await storage.url("photos/a", 60));
  const read = await fetch(address);
  expect(await read.text()).toBe("hello");
  expect(read.headers.get("content-type")).toBe("image/webp");
  expect(read.headers.get("x-content-type-options")).toBe("nosniff");
  const asked = await fetch(address, { method: "HEAD" });
  expect([asked.status, asked.headers.get("content-length"), await asked.text()]).toEqual([200, "5", ""]);
  // A part is asked for in vain: the whole is a right answer to that.
  expect((await fetch(address, { headers: { range: "bytes=0-1" } })).status).toBe(200);
  const { search } = new URL(address);
  for (const path of [
    "/_files/photos/b",
    "/_files/photos/a~body",
    "/_files/photos%2Fa",
    "/_files/../photos/a",
    "/_files//photos/a",
    "/_files/photos/..%2fa",
    "/_files/",
    "/_files",
  ]) {
    expect(await exchange(port, `GET ${path}${search} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)).toContain("HTTP/1.1 403 ");
  }
  clock.advance(3_600_000);
  expect((await fetch(address)).status).toBe(403);
});

test("a store that fails answers 500 as a problem, and is told of", async () => {
  const broken = { ...storage, readSigned: async () => Promise.reject(new Error("inside")) };
  const other = await gateway([], async () => ({ statusCode: 200 }), { other: [serveFiles({ storage: broken, clock })] });
  const answer = await fetch(`${other.url}/_files/photos/a`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("inside");
  expect(other.errors).toHaveLength(1);
});

test("a file part needs no filename", async () => {
  const { key, fields } = await newForm();
  const form = `${written(fields)}--bb\r\ncontent-disposition: form-data; name="file"\r\ncontent-type: image/png\r\n\r\nhello\r\n--bb--\r\n`;

  const answer = await exchange(port, `${head(form.length)}${form}`);

  expect(answer).toMatch(/^HTTP\/1\.1 204 /);
  expect(await storage.head(key)).toEqual({ bytes: 5, contentType: "image/png" });
});

test("a form that stored its file answers 409", async () => {
  const { fields } = await newForm();
  const parts: Part[] = [...Object.entries(fields), ["file", picture()]];
  expect((await post(parts)).status).toBe(204);
  const again = await post(parts);
  expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([409, "media.formUsed"]);
});
