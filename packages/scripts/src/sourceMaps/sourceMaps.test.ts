import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { SourceMap, type SourceMapPayload } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync, inflateRawSync } from "node:zlib";
import { describeBug } from "@pendo/functions/lambda/bug";
import { sentrySender } from "@pendo/functions/lambda/sentry";
import { bundle } from "@pendo/infra/evaluate/bundle";
import { bundling } from "@pendo/infra/startBudgets";
import { afterAll, expect, test } from "vitest";
import { keepSourceMaps } from "./keep.ts";
import { sentryOf, uploadSourceMaps } from "./upload.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "pendo-maps-"));
afterAll(() => rmSync(scratch, { recursive: true }));

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** The part of Sentry that takes artifact bundles in chunks, on loopback. */
async function stubOfSentry() {
  const taken: Buffer[] = [];
  const asked: { url: string; authorization: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = request.url ?? "";
      asked.push({ url, authorization: request.headers.authorization, body: body.toString("latin1") });
      const reply = (value: unknown): void => void response.setHeader("content-type", "application/json").end(JSON.stringify(value));
      if (request.method === "GET")
        return reply({
          url: `${address()}/api/0/organizations/pendo/chunk-upload/`,
          chunkSize: 8_388_608,
          chunksPerRequest: 64,
          maxFileSize: 2_147_483_648,
          maxRequestSize: 33_554_432,
          concurrency: 1,
          hashAlgorithm: "sha1",
          compression: ["gzip"],
          accept: ["debug_files", "release_files", "sources", "artifact_bundles", "artifact_bundles_v2"],
        });
      if (url.endsWith("/assemble/")) {
        const { chunks = [] } = JSON.parse(body.toString()) as { chunks?: string[] };
        return reply(taken.length > 0 ? { state: "ok", missingChunks: [] } : { state: "not_found", missingChunks: chunks });
      }
      taken.push(chunkOf(body));
      return reply({});
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: address(), asked, taken, stop: () => new Promise((stopped) => server.close(stopped)) };
}

/** The one part of a multipart body. */
function chunkOf(body: Buffer): Buffer {
  const start = body.indexOf("\r\n\r\n") + 4;
  const boundary = body.subarray(0, body.indexOf("\r\n"));
  const chunk = body.subarray(start, body.indexOf(Buffer.concat([Buffer.from("\r\n"), boundary]), start));
  return chunk[0] === 0x1f ? gunzipSync(chunk) : chunk;
}

/** The files of an artifact bundle, which is a ZIP archive. */
function filesOf(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = archive.indexOf("PK\x01\x02"); at >= 0; at = archive.indexOf("PK\x01\x02", at + 46)) {
    const nameLength = archive.readUInt16LE(at + 28);
    const local = archive.readUInt32LE(at + 42) + archive.indexOf("PK\x03\x04");
    const offset = archive.readUInt32LE(at + 42);
    const head = archive.readUInt32LE(offset) === 0x04034b50 ? offset : local;
    const start = head + 30 + archive.readUInt16LE(head + 26) + archive.readUInt16LE(head + 28);
    const packed = archive.subarray(start, start + archive.readUInt32LE(at + 20));
    const name = archive.subarray(at + 46, at + 46 + nameLength).toString();
    files.set(name, archive.readUInt16LE(at + 10) === 8 ? inflateRawSync(packed) : packed);
  }
  return files;
}

test("a bug of a bundled handler leads, by its debug id, through the uploaded map to its line of TypeScript", async () => {
  const [out, kept] = [path.join(scratch, "bundle"), path.join(scratch, "kept")];
  const made = await bundle({ ...bundling, file: path.join(import.meta.dirname, "thrower.fixture.ts") }, out);
  if ("refusal" in made) throw new Error(made.refusal);
  const sentry = await stubOfSentry();

  keepSourceMaps(out, kept);
  keepSourceMaps(out, kept);
  const { handler } = (await import(/* @vite-ignore */ pathToFileURL(path.join(out, "bundle.mjs")).href)) as {
    handler: () => Promise<void>;
  };
  const thrown: unknown = await handler().catch((error: unknown) => error);
  const said = await uploadSourceMaps(kept, { authToken: "token", org: "pendo", project: "backend", url: sentry.url });
  await sentry.stop();

  // What is deployed holds no map and names none.
  expect(readdirSync(out)).toEqual(["bundle.mjs"]);
  expect(readFileSync(path.join(out, "bundle.mjs"), "utf8")).not.toContain("sourceMappingURL");
  const event = await reported(thrown);
  const frame = event.exception.values[0]!.stacktrace.frames.at(-1)!;
  const { debug_id: debugId } = event.debug_meta.images.find(({ code_file }) => code_file === frame.filename)!;
  const files = filesOf(sentry.taken[0]!);
  const map = [...files].find(([name]) => name.endsWith(`${debugId}.mjs.map`))![1];
  const payload = JSON.parse(map.toString()) as SourceMapPayload & { debugId: string };
  expect(payload.debugId).toBe(debugId);
  expect(new SourceMap(payload).findEntry(frame.lineno - 1, frame.colno - 1)).toMatchObject({
    originalSource: expect.stringMatching(/thrower\.fixture\.ts$/) as string,
    originalLine: 3,
  });
  expect(said).toBe("1 source maps are uploaded to pendo/backend.");
  expect(sentry.asked.every(({ authorization }) => authorization === "Bearer token")).toBe(true);
});

test("maps stay where they are without settings of Sentry, and when Sentry does not take them", async () => {
  const kept = path.join(scratch, "waiting");
  const out = path.join(scratch, "other");
  await bundle({ ...bundling, file: path.join(import.meta.dirname, "thrower.fixture.ts") }, out);
  keepSourceMaps(out, kept);

  expect(sentryOf({ SENTRY_ORG: "pendo", SENTRY_PROJECT: "backend" })).toBeUndefined();
  expect(await uploadSourceMaps(kept, undefined)).toBe(
    "1 source maps are not uploaded: set SENTRY_AUTH_TOKEN, SENTRY_ORG and SENTRY_PROJECT.",
  );
  const away = { authToken: "token", org: "pendo", project: "backend", url: "http://127.0.0.1:1" };
  await expect(uploadSourceMaps(kept, away)).rejects.toThrow("Sentry did not take the source maps");
  expect(readdirSync(kept)).toHaveLength(2);
});

interface Sent {
  readonly exception: { values: { stacktrace: { frames: { filename: string; lineno: number; colno: number }[] } }[] };
  readonly debug_meta: { images: { code_file: string; debug_id: string }[] };
}

/** What Sentry gets of a bug. */
async function reported(error: unknown): Promise<Sent> {
  const events: unknown[] = [];
  const sender = sentrySender({
    dsn: "https://public@sentry.example/1",
    environment: "test",
    release: "r",
    transport: () => ({ send: async ([, [[, event]]]) => (events.push(event), {}), flush: async () => true }),
  });
  sender.send(describeBug(error), {});
  await sender.flush();
  return events[0] as Sent;
}
