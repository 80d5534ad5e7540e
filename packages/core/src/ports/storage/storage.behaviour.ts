import { describe, expect, test } from "vitest";
import type { Storage, UploadForm } from "./storage.ts";

/** An adapter under test, and what a client of it sees. */
export interface StorageSubject {
  readonly storage: Storage;
  /** Posts the form as a browser would; answers the status, below 300 where the file was taken. */
  post(form: UploadForm, file: Uint8Array): Promise<number>;
  /** Opens a signed address as a browser would. */
  open(url: string): Promise<{ status: number; contentType: string | null; body: Uint8Array }>;
  advance(ms: number): void;
  /** What a policy allows, read from the form itself where the emulator does not enforce it. */
  readonly policy: "enforced" | ((form: UploadForm) => { types: unknown; bytes: unknown; key: unknown });
  /** Emulators don't check signatures; the address is then checked for what S3 will check. */
  readonly expiry: "enforced" | ((url: string) => Date);
}

const picture = Uint8Array.from({ length: 3000 }, (_, at) => at % 251);
const upload = { contentType: "image/jpeg", bytesMax: 3000, expiresSec: 300 };

export function storageBehaviour(name: string, subject: () => StorageSubject): void {
  describe(`storage on ${name}`, () => {
    test("what was put comes back byte for byte, with its type", async () => {
      const { storage } = subject();
      await storage.put("photos/a1/original.jpg", picture, "image/jpeg");
      const found = await storage.get("photos/a1/original.jpg");
      expect(found?.contentType).toBe("image/jpeg");
      expect(Buffer.from(found?.body ?? []).equals(picture)).toBe(true);
      expect(await storage.head("photos/a1/original.jpg")).toEqual({ bytes: 3000, contentType: "image/jpeg" });
    });

    test("putting again replaces body and type", async () => {
      const { storage } = subject();
      await storage.put("photos/a2", picture, "image/jpeg");
      await storage.put("photos/a2", Uint8Array.of(1, 2), "image/webp");
      expect(await storage.head("photos/a2")).toEqual({ bytes: 2, contentType: "image/webp" });
    });

    test("a key and a longer key below it live side by side", async () => {
      const { storage } = subject();
      await storage.put("photos/a3", Uint8Array.of(1), "image/jpeg");
      await storage.put("photos/a3/small", Uint8Array.of(2), "image/webp");
      expect((await storage.get("photos/a3"))?.body[0]).toBe(1);
      expect((await storage.get("photos/a3/small"))?.body[0]).toBe(2);
    });

    test("what is not there is null, and removing it is fine", async () => {
      const { storage } = subject();
      expect(await storage.get("photos/none")).toBeNull();
      expect(await storage.head("photos/none")).toBeNull();
      await storage.remove(["photos/none"]);
      await storage.remove([]);
    });

    test("remove takes away exactly what it is given, more than a thousand at once", async () => {
      const { storage } = subject();
      await storage.put("rm/keep", picture, "image/jpeg");
      await storage.put("rm/first", picture, "image/jpeg");
      await storage.put("rm/last", picture, "image/jpeg");
      await storage.remove(["rm/first", ...Array.from({ length: 1100 }, (_, at) => `rm/none${at}`), "rm/last"]);
      expect(await storage.head("rm/first")).toBeNull();
      expect(await storage.head("rm/last")).toBeNull();
      expect(await storage.head("rm/keep")).not.toBeNull();
    });

    test.each(["", "/etc/passwd", "a/../b", "a//b", "a/.hidden", "../a", "a\\b", "a~body", "a/", "a b", "ä", "a?b", "%2e"])(
      "the key %j is refused",
      async (key) => {
        const { storage } = subject();
        await expect(storage.put(key, picture, "image/jpeg")).rejects.toThrow("not a storage key");
        await expect(storage.get(key)).rejects.toThrow("not a storage key");
        await expect(storage.url(key, 60)).rejects.toThrow("not a storage key");
        await expect(storage.remove([key])).rejects.toThrow("not a storage key");
        await expect(storage.uploadForm({ ...upload, key })).rejects.toThrow("not a storage key");
      },
    );

    test("a form takes a file of the right size and type", async () => {
      const { storage, post } = subject();
      const form = await storage.uploadForm({ ...upload, key: "uploads/u1" });
      expect(await post(form, picture)).toBeLessThan(300);
      expect(await storage.head("uploads/u1")).toEqual({ bytes: 3000, contentType: "image/jpeg" });
    });

    testForms(subject);
    testAddresses(subject);

    test("ping answers", async () => {
      await subject().storage.ping();
    });
  });
}

function testForms(subject: () => StorageSubject): void {
  test("a form refuses a larger file, an empty one, another type and another key (or, on an emulator that does not look, says so)", async () => {
    const { storage, post, policy } = subject();
    const form = await storage.uploadForm({ ...upload, key: "uploads/u2" });
    if (policy !== "enforced") {
      expect(policy(form)).toEqual({ types: "image/jpeg", bytes: [1, 3000], key: "uploads/u2" });
      return;
    }
    const statuses = [
      await post(form, new Uint8Array(3001)),
      await post(form, new Uint8Array(0)),
      await post({ ...form, fields: { ...form.fields, "Content-Type": "text/html" } }, picture),
      await post({ ...form, fields: { ...form.fields, key: "uploads/u3" } }, picture),
      await post({ ...form, fields: { ...form.fields, signature: "x" } }, picture),
    ];
    expect(statuses).toEqual([413, 400, 403, 403, 403]);
    expect(await storage.head("uploads/u2")).toBeNull();
    expect(await storage.head("uploads/u3")).toBeNull();
  });
}

function testAddresses(subject: () => StorageSubject): void {
  test("an address can be read, and stops working within its time", async () => {
    const { storage, open, advance, expiry } = subject();
    await storage.put("photos/b1", picture, "image/jpeg");
    const url = await storage.url("photos/b1", 300);
    const found = await open(url);
    expect([found.status, found.contentType]).toEqual([200, "image/jpeg"]);
    expect(Buffer.from(found.body).equals(picture)).toBe(true);
    if (expiry === "enforced") {
      advance(300_000);
      expect((await open(url)).status).toBe(403);
    } else {
      const leftSec = (expiry(url).getTime() - Date.now()) / 1000;
      expect(leftSec).toBeGreaterThan(148);
      expect(leftSec).toBeLessThanOrEqual(300);
    }
  });

  test("an address stays the same for a while, then changes", async () => {
    const { storage, advance } = subject();
    const [one, other] = [await storage.url("photos/b2", 300), await storage.url("photos/b3", 300)];
    const seen = new Set<string>();
    for (let sec = 0; sec < 600; sec += 10) {
      seen.add(await storage.url("photos/b2", 300));
      advance(10_000);
    }
    expect(one).not.toBe(other);
    expect(seen.has(one)).toBe(true);
    expect(seen.size).toBeGreaterThanOrEqual(4);
    expect(seen.size).toBeLessThanOrEqual(5);
  });
}
