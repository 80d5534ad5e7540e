import { createSecretKey } from "node:crypto";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { faults } from "@pendo/contract/faults";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Fault } from "@pendo/core/fault";
import { movableClock } from "@pendo/core/ports/clock/clock";
import type { MovableClock } from "@pendo/core/ports/clock/clock";
import { diskStorage } from "./disk.ts";
import type { DiskStorage } from "./disk.ts";
import { storageBehaviour } from "@pendo/core/ports/storage/storage.behaviour";
import type { UploadForm } from "@pendo/core/ports/storage/storage";

const baseUrl = "http://localhost:4000/files";
let root: string;
let clock: MovableClock;
let storage: DiskStorage;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "pendo-disk-"));
  clock = movableClock();
  storage = diskStorage({ root: path.join(root, "files"), baseUrl, secret: createSecretKey(new Uint8Array(32).fill(7)), clock });
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function post(form: UploadForm, file: Uint8Array): Promise<number> {
  try {
    await storage.acceptUpload(form.fields, file);
    return 204;
  } catch (error) {
    if (error instanceof Fault) return faults[error.code].status;
    throw error;
  }
}

async function open(address: string) {
  const url = new URL(address);
  const key = url.pathname.slice("/files/".length);
  const found = await storage.readSigned(key, Object.fromEntries(url.searchParams));
  if (!found) return { status: 403, contentType: null, body: new Uint8Array() };
  return { status: 200, ...found };
}

storageBehaviour("a disk", () => ({ storage, post, open, advance: (ms) => clock.advance(ms) }));

const photo = { key: "uploads/d1", contentType: "image/jpeg", bytesMax: 10, expiresSec: 300 };

test("a form refuses a larger file, an empty one, another type, another key and a signature of its own", async () => {
  const form = await storage.uploadForm(photo);
  const altered = (fields: Record<string, string>) => ({ ...form, fields: { ...form.fields, ...fields } });
  const statuses = [
    await post(form, new Uint8Array(11)),
    await post(form, new Uint8Array(0)),
    await post(altered({ "Content-Type": "text/html" }), new Uint8Array(5)),
    await post(altered({ key: "uploads/other" }), new Uint8Array(5)),
    await post(altered({ signature: "x" }), new Uint8Array(5)),
  ];
  expect(statuses).toEqual([413, 400, 403, 403, 403]);
  expect(await storage.head("uploads/d1")).toBeNull();
  expect(await storage.head("uploads/other")).toBeNull();
});

test("an address stops working within its time", async () => {
  await storage.put("photos/d0", Uint8Array.of(1), "image/jpeg");
  const url = await storage.url("photos/d0", 300);
  clock.advance(149_000);
  expect((await open(url)).status).toBe(200);
  clock.advance(151_000);
  expect((await open(url)).status).toBe(403);
});

test("a form expires", async () => {
  const form = await storage.uploadForm(photo);
  clock.advance(300_000);
  expect(await post(form, new Uint8Array(5))).toBe(403);
});

test("a form of another deployment is refused", async () => {
  const other = diskStorage({ root, baseUrl, secret: createSecretKey(new Uint8Array(32).fill(8)), clock });
  expect(await post(await other.uploadForm(photo), new Uint8Array(5))).toBe(403);
});

test("an upload is read no further than its form allows", async () => {
  let sent = 0;
  async function* endless() {
    for (;;) {
      sent += 4;
      yield new Uint8Array(4);
    }
  }
  const form = await storage.uploadForm({ ...photo, key: "uploads/d2" });
  await expect(storage.acceptUpload(form.fields, endless())).rejects.toThrow(new Fault("input.tooLarge"));
  expect(sent).toBe(12);
  expect(await storage.head("uploads/d2")).toBeNull();
});

test("an upload that breaks off leaves nothing behind, and what was there before stays", async () => {
  await storage.put("uploads/d3", Uint8Array.of(9), "image/webp");
  async function* breaking() {
    yield new Uint8Array(4);
    throw new Error("the connection was lost");
  }
  const form = await storage.uploadForm({ ...photo, key: "uploads/d3" });
  await expect(storage.acceptUpload(form.fields, breaking())).rejects.toThrow("the connection was lost");
  expect(await storage.head("uploads/d3")).toEqual({ bytes: 1, contentType: "image/webp" });
  expect(await readdir(path.join(root, "files", ".unfinished"))).toEqual([]);
});

test("an address can't be bent to another key, a later time or a form", async () => {
  await storage.put("photos/d4", Uint8Array.of(1), "image/jpeg");
  const { searchParams } = new URL(await storage.url("photos/d4", 300));
  const query = Object.fromEntries(searchParams);
  expect(await storage.readSigned("photos/d4", query)).not.toBeNull();
  expect(await storage.readSigned("photos/d5", query)).toBeNull();
  expect(await storage.readSigned("photos/d4", { ...query, expires: String(Number(query["expires"]) + 60) })).toBeNull();
  expect(await storage.readSigned("photos/d4", { expires: query["expires"] })).toBeNull();
  expect(await storage.readSigned("../../etc/passwd", query)).toBeNull();
  const form = { policy: `photos/d4\n${query["expires"]}`, signature: query["signature"] ?? "" };
  await expect(storage.acceptUpload(form, new Uint8Array(1))).rejects.toThrow(new Fault("auth.forbidden"));
});

test("drafts that a crash left an hour ago are swept at the next start, younger ones stay", async () => {
  const unfinished = path.join(root, "files", ".unfinished");
  const longAgo = new Date(Date.now() - 2 * 3600 * 1000);
  await writeFile(path.join(unfinished, "old"), "x");
  await writeFile(path.join(unfinished, "young"), "x");
  await utimes(path.join(unfinished, "old"), longAgo, longAgo);
  await diskStorage({ root: path.join(root, "files"), baseUrl, secret: createSecretKey(new Uint8Array(32)), clock }).ping();
  expect(await readdir(unfinished)).toEqual(["young"]);
});

const statusOf = (one: { fields: UploadForm["fields"] }, file = new Uint8Array(5)): Promise<string> =>
  storage.acceptUpload(one.fields, file).then(
    () => "stored",
    (error: unknown) => (error instanceof Fault ? error.code : String(error)),
  );

test("a form stores one file, also of ten that come at once", async () => {
  const form = await storage.uploadForm({ ...photo, key: "uploads/d6" });
  const all = await Promise.all(Array.from({ length: 10 }, () => statusOf(form)));
  expect(all.filter((one) => one === "stored")).toHaveLength(1);
  expect(new Set(all)).toEqual(new Set(["stored", "media.formUsed"]));
  expect(await statusOf(form)).toBe("media.formUsed");
  expect(await readdir(path.join(root, "files", ".unfinished"))).not.toContainEqual(expect.stringMatching(/-/));
});

test("a form stores nothing any more once its key was removed", async () => {
  const [unused, used] = [
    await storage.uploadForm({ ...photo, key: "uploads/d7" }),
    await storage.uploadForm({ ...photo, key: "uploads/d8" }),
  ];
  expect(await statusOf(used)).toBe("stored");
  await storage.remove(["uploads/d7", "uploads/d8"]);
  expect([await statusOf(unused), await statusOf(used)]).toEqual(["media.formUsed", "media.formUsed"]);
});

test("a form whose upload was too large or broke off may be tried again", async () => {
  const form = await storage.uploadForm({ ...photo, key: "uploads/d9" });
  async function* breaking() {
    yield new Uint8Array(4);
    throw new Error("the connection was lost");
  }
  await expect(storage.acceptUpload(form.fields, breaking())).rejects.toThrow("the connection was lost");
  expect(await statusOf(form, new Uint8Array(11))).toBe("input.tooLarge");
  expect(await statusOf(form)).toBe("stored");
});

test("records of forms that expired two days ago are swept", async () => {
  const forms = path.join(root, "files", ".forms");
  const longAgo = new Date(Date.now() - 49 * 3600 * 1000);
  await writeFile(path.join(forms, "old"), "");
  await utimes(path.join(forms, "old"), longAgo, longAgo);
  const restarted = diskStorage({ root: path.join(root, "files"), baseUrl, secret: createSecretKey(new Uint8Array(32)), clock });
  await restarted.uploadForm({ ...photo, key: "uploads/d10" });
  expect(await readdir(forms)).not.toContain("old");
});
