import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { check } from "./jars.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "pendo-jars-test-"));
  await writeFile(path.join(directory, "abc"), "abc");
});
afterAll(async () => await rm(directory, { recursive: true, force: true }));

test("a file with its checksum is accepted, and a changed file is refused", async () => {
  const file = path.join(directory, "abc");
  // FIPS 180-2 gives this hash of "abc".
  const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  await expect(check(file, { name: "abc", sha256 })).resolves.toBeUndefined();
  await expect(check(file, { name: "abc", sha256: sha256.replace("b", "c") })).rejects.toThrow(/abc has the SHA-256/);
});
