import { createSecretKey } from "node:crypto";
import type fs from "node:fs/promises";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { Fault } from "@pendo/core/fault";
import { systemClock } from "@pendo/core/ports/clock/clock";
import { diskStorage } from "./disk.ts";

// No test can fill a real disk on every machine, so the one call that finds it full is played.
const disk = vi.hoisted(() => ({ full: "" }));
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof fs>();
  const open: typeof real.open = async (...asked) => {
    const handle = await real.open(...asked);
    const code = disk.full;
    if (code && asked[1] === "wx") {
      handle.writeFile = async () => {
        throw Object.assign(new Error(`${code}: no space left on device, write`), { code });
      };
    }
    return handle;
  };
  return { ...real, open };
});

test.each(["ENOSPC", "EDQUOT"])("a full disk (%s) answers store.full, keeps the old object and leaves no draft", async (code) => {
  const root = await mkdtemp(path.join(tmpdir(), "pendo-full-"));
  const storage = diskStorage({ root, baseUrl: "http://localhost/files", secret: createSecretKey(new Uint8Array(32)), clock: systemClock });
  await storage.put("photos/a", Uint8Array.of(1), "image/jpeg");
  disk.full = code;
  await expect(storage.put("photos/a", Uint8Array.of(2, 3), "image/webp")).rejects.toThrow(new Fault("store.full"));
  disk.full = "";
  expect(await storage.head("photos/a")).toEqual({ bytes: 1, contentType: "image/jpeg" });
  expect(await readdir(path.join(root, ".unfinished"))).toEqual([]);
  await rm(root, { recursive: true });
});
