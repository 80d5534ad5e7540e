import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startOneMachine } from "@pendo/host/oneMachine";
import { afterAll, expect, test } from "vitest";
import { signIn, uploadPhoto } from "../people/person.ts";
import { picture } from "./world.ts";

const dataDir = mkdtempSync(path.join(tmpdir(), "pendo-every-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test("with HOST=0.0.0.0 every address that a client gets begins with the one that it used, and the start asks for PENDO_URL", async () => {
  const host = await startOneMachine({ dataDir, port: 0, host: "0.0.0.0", logLevel: "errors", mode: "test", write: () => {} });
  try {
    const { port } = new URL(host.url);
    expect(host.notes.join("\n")).toContain("PENDO_URL");
    for (const name of ["127.0.0.1", "localhost"]) {
      const { client } = await signIn({ url: `http://${name}:${port}`, consoleSecret: host.consoleSecret }, `${name.length}@example.test`);
      const form = await client.media.upload({ kind: "photo", contentType: "image/jpeg", bytes: 1000 });
      const id = await uploadPhoto(client, await picture(1));
      await expect.poll(async () => (await client.media.read({ id })).url, { timeout: 30_000 }).toBeTruthy();

      const given = [form.upload.url, (await client.media.read({ id })).url, (await client.realtime.ticket()).url];
      expect(given.map((url) => new URL(url ?? "").host)).toEqual(given.map(() => `${name}:${port}`));
      expect(JSON.stringify([form, await client.me.get()])).not.toContain("0.0.0.0");
    }
  } finally {
    await host.stop();
  }
}, 90_000);
