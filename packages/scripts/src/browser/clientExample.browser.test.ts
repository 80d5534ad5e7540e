import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { askConsole } from "@pendo/host/console/askConsole";
import { freePort } from "@pendo/host/gateway/listen";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { world } from "../e2e/world.ts";
import { visitors } from "./visit.ts";

const root = path.resolve(import.meta.dirname, "../../../..");
const port = await freePort(0, "127.0.0.1");
const origin = `http://127.0.0.1:${port}`;
const browser = visitors("the test of the client's example page");
const here = world({ origins: [origin] });

describe.skipIf(!browser.isHere)(`in ${browser.name}`, () => {
  let serving: ReturnType<typeof spawn> | undefined;
  beforeAll(async () => {
    const command = ["packages/client/example/serve.ts", "--port", String(port)];
    const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    serving = child;
    // It says where the example is, once the example is there.
    await once(child.stdout, "data");
  });
  afterAll(async () => {
    if (serving?.exitCode !== null) return;
    serving.kill("SIGTERM");
    await once(serving, "exit");
  });

  test("the example page signs in, sends a message, and shows live what the other user writes", async () => {
    const { ann, bob, conversationId } = await here.match();
    const { page, troubles } = await browser.open(`${origin}/example/?api=${encodeURIComponent(here.host.url)}`);
    const log = page.getByRole("log");

    const earlier = await codesTo(ann.email);
    await page.getByLabel("Email").fill(ann.email);
    await page.getByRole("button", { name: "Send a code" }).click();
    await expect.poll(async () => (await codesTo(ann.email)).length).toBe(earlier.length + 1);
    const [code = ""] = await codesTo(ann.email);
    await page.getByLabel("Code").fill(code);
    await page.getByRole("button", { name: "Sign in" }).click();

    // The page says nothing about its socket: what it sends itself comes back once the socket is open.
    const send = page.getByRole("button", { name: "Send", exact: true });
    await page.getByLabel("Message", { exact: true }).fill("Hello from the page");
    await expect
      .poll(
        async () => {
          await send.click();
          return await log.textContent();
        },
        { interval: 1000 },
      )
      .toContain("Hello from the page");
    await bob.client.messages.send({ conversationId, messageId: testIds.next(), text: "Hello from Bob" });

    await log.getByText("Hello from Bob").waitFor();
    expect(await page.getByRole("alert").textContent()).toBe("");
    expect(troubles.filter((trouble) => !trouble.startsWith(`request: ${here.host.url}/`))).toEqual([]);
  });
});

/** The sign-in codes that came to an address, newest first. */
async function codesTo(email: string): Promise<string[]> {
  const response = await askConsole(here.host, `GET /mail?to=${encodeURIComponent(email)}`);
  const { items } = (await response.json()) as { items: { content: { text: string } }[] };
  return items.flatMap(({ content }) => /\b(\d{6}|\d{10})\b/.exec(content.text)?.[1] ?? []);
}
