import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startOneMachine } from "@pendo/host/oneMachine";
import { afterAll, expect, test } from "vitest";
import { signIn, uploadPhoto } from "../people/person.ts";
import { startHost } from "./childHost.ts";
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
      const form = await client.media.createUpload({ kind: "photo", contentType: "image/jpeg", bytes: 1000 });
      const mediaId = await uploadPhoto(client, await picture(1));
      await expect.poll(async () => (await client.media.get({ mediaId })).url).toBeTruthy();

      const given = [form.upload.url, (await client.media.get({ mediaId })).url, (await client.realtime.createTicket()).url];
      expect(given.map((url) => new URL(url ?? "").host)).toEqual(given.map(() => `${name}:${port}`));
      expect(JSON.stringify([form, await client.me.get()])).not.toContain("0.0.0.0");
    }
  } finally {
    await host.stop();
  }
});

test("the start with HOST=0.0.0.0 prints a line that asks for PENDO_URL and says with what links in emails begin", async () => {
  const host = await startHost({ PENDO_DATA: path.join(dataDir, "printed"), HOST: "0.0.0.0", PORT: "0" });

  const { stdout, code } = await host.kill("SIGTERM");

  expect(stdout).toMatch(/^HOST=0\.0\.0\.0 .*set PENDO_URL .*links in emails begin with http:\/\/localhost:\d+/m);
  expect(code).toBe(0);
});
