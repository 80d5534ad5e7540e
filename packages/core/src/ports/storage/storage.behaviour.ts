import { describe, expect, test } from "vitest";
import type { Storage, UploadForm } from "./storage.ts";

/** An adapter under test, and what a client of it sees. */
export interface StorageSubject {
  readonly storage: Storage;
  /** Posts the form as a browser would; answers the status, below 300 where the file was taken. */
  readonly post: (form: UploadForm, file: Uint8Array) => Promise<number>;
  /** Opens a signed address as a browser would. */
  readonly open: (url: string) => Promise<{ status: number; contentType: string | null; body: Uint8Array }>;
  readonly advance: (ms: number) => void;
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

    testAddresses(subject);

    test("ping answers", async () => {
      await expect(subject().storage.ping()).resolves.toBeUndefined();
    });
  });
}

function testAddresses(subject: () => StorageSubject): void {
  test("an address can be read by anybody who has it", async () => {
    const { storage, open } = subject();
    await storage.put("photos/b1", picture, "image/jpeg");
    const found = await open(await storage.url("photos/b1", 300));
    expect([found.status, found.contentType]).toEqual([200, "image/jpeg"]);
    expect(Buffer.from(found.body).equals(picture)).toBe(true);
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
