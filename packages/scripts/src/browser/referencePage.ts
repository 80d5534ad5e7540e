import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { settled } from "./visit.ts";

/** Resolves when the reference shows its first page and is at rest. */
export async function referenceReady(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.locator("[data-sidebar-id]").first().waitFor({ state: "attached" });
  await settled(page);
}

/** The part of the page at an anchor, such as `tag/sync/GET/v1/sync`. Scalar puts the number of the document in front of each anchor. */
export function partOf(page: Page, anchor: string): Locator {
  return page.locator(`[id="api-1/${anchor}"]`).first();
}

/** Goes to an anchor as a link from elsewhere does, and waits until its part of the page is in view and at rest. */
export async function goTo(page: Page, anchor: string): Promise<Locator> {
  await page.evaluate(`location.hash = ${JSON.stringify(anchor)}`);
  const part = partOf(page, anchor);
  await expectAtTop(part);
  await settled(page);
  return part;
}

/** Waits until the upper edge of an element is in the upper half of the screen. */
export async function expectAtTop(element: Locator): Promise<void> {
  const height = element.page().viewportSize()?.height ?? 0;
  await expect.poll(async () => Math.abs(((await element.boundingBox())?.y ?? Infinity) / height - 0.2)).toBeLessThan(0.3);
}

/** The address of the entry that the sidebar marks, as a reader of the page sees it; otherwise what is wrong with the mark. */
export async function currentEntry(page: Page): Promise<string> {
  return await page.evaluate(`(() => {
    const isOnScreen = (element) => {
      const { top, bottom } = element?.getBoundingClientRect() ?? { top: Infinity, bottom: -Infinity };
      return bottom > 0 && top < innerHeight;
    };
    const anchor = decodeURI(location.hash);
    const marked = [...document.querySelectorAll("aside a[aria-current]")].filter(({ offsetParent }) => offsetParent !== null);
    const own = document.querySelector("aside a[href='" + anchor + "']");
    const [address] = marked.map((link) => link.getAttribute("href"));
    if (marked.length !== 1) return marked.length + " entries are marked";
    if (!isOnScreen(marked[0])) return address + " is marked out of sight";
    if (!isOnScreen(document.getElementById("api-1/" + anchor.slice(1)))) return anchor + " is not on the screen";
    return own && own !== marked[0] ? address + " is marked at " + anchor : address;
  })()`);
}

/** Opens every group of the sidebar, and returns the addresses of all entries in their order. */
export async function allEntries(page: Page): Promise<string[]> {
  const closed = page.locator("aside li > div > button[aria-expanded=false]");
  await expect
    .poll(async () => {
      await closed.evaluateAll((buttons) => buttons.forEach((button) => button.click()));
      return await closed.count();
    })
    .toBe(0);
  await settled(page);
  const entries = page.locator("aside a[href^='#']");
  return await entries.evaluateAll((elements) => elements.map((element) => String(element.getAttribute("href"))));
}
