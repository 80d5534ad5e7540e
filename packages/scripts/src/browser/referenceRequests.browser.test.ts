import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { signIn } from "../people/person.ts";
import { world } from "../e2e/world.ts";
import { expectAtTop, goTo, partOf, referenceReady } from "./referencePage.ts";
import { visitors } from "./visit.ts";

const browser = visitors("the tests of what /docs requests");
const here = world();

/** Sends the request of an operation from the page, and returns the dialog that shows the response. */
async function sendRequest(page: Page, anchor: string) {
  await partOf(page, anchor).getByRole("button", { name: "Test Request" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("[data-addressbar-action=send]").filter({ visible: true }).click();
  return dialog;
}

interface Transfer {
  readonly path: string;
  /** What came over the network, headers included; 0 from the browser's own copy. */
  readonly bytes: number;
  readonly decodedBytes: number;
}

async function transfers(page: Page): Promise<Transfer[]> {
  return await page.evaluate(`[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .map(({ name, transferSize, decodedBodySize }) => ({ path: new URL(name).pathname, bytes: transferSize, decodedBytes: decodedBodySize }))`);
}

describe.skipIf(!browser.isHere)(`/docs in ${browser.name}`, () => {
  test("a reader sends a request from the page, and sees its response", async () => {
    const { page, troubles } = await browser.open(`${here.host.url}/docs#tag/ops/GET/healthz`);
    await expectAtTop(partOf(page, "tag/ops/GET/healthz"));

    const dialog = await sendRequest(page, "tag/ops/GET/healthz");

    await dialog.getByText("200 OK").waitFor();
    await expect.poll(() => dialog.locator(".cm-content").last().textContent()).toContain('"status": "ok"');
    expect(troubles).toEqual([]);
  });

  test("with the access token of a user, the page gets the user", async () => {
    const { client, email } = await signIn(here.host, "reader@example.test");
    const { page, troubles } = await browser.open(`${here.host.url}/docs`);
    await referenceReady(page);

    await page
      .getByLabel("Bearer Token")
      .first()
      .fill(client.session.tokens()?.accessToken ?? "");
    await goTo(page, "tag/me/GET/v1/me");
    const dialog = await sendRequest(page, "tag/me/GET/v1/me");

    await dialog.getByText("200 OK").waitFor();
    await expect.poll(() => dialog.locator(".cm-content").last().textContent()).toContain(`"email": "${email}"`);
    expect(troubles).toEqual([]);
  });

  test("the page comes compressed and with an ETag, and a second visit transfers almost nothing", async () => {
    const { page } = await browser.open("about:blank");
    const headers = new Map<string, Record<string, string>>();
    page.on("response", (response) => void headers.set(new URL(response.url()).pathname, response.headers()));
    await page.goto(`${here.host.url}/docs`);
    await referenceReady(page);
    const first = await transfers(page);

    await page.goto("about:blank");
    await page.goto(`${here.host.url}/docs`);
    await referenceReady(page);
    const second = await transfers(page);
    const statuses = await page.evaluate(`Promise.all(${JSON.stringify(parts)}.map(async (path) => {
      performance.clearResourceTimings();
      const { status } = await fetch(path, { cache: "no-cache" });
      return [path, status];
    }))`);
    const revalidated = await transfers(page);

    expect(first.map(({ path }) => path).toSorted()).toEqual([...parts].toSorted());
    for (const part of first.filter(({ decodedBytes }) => decodedBytes > 10_000)) expect(part.bytes).toBeLessThan(part.decodedBytes / 3);
    for (const path of parts)
      expect(headers.get(path)).toMatchObject({
        "content-encoding": expect.stringMatching(/^(br|gzip)$/) as string,
        etag: expect.stringMatching(/^W\/"/) as string,
      });
    expect(sum(first)).toBeLessThan(1_600_000);
    expect(sum(second)).toBeLessThan(2000);
    expect(statuses).toEqual(parts.map((path) => [path, 200]));
    expect(sum(revalidated)).toBeLessThan(2000);
  });
});

/** All that the page loads. */
const parts = ["/docs", "/docs/reference.js", "/openapi.json"];
const sum = (all: readonly Transfer[]): number => all.reduce((total, { bytes }) => total + bytes, 0);
