import { describe, expect, test } from "vitest";
import { signIn } from "../people/person.ts";
import { world } from "../e2e/world.ts";
import { findings } from "./accessibility.ts";
import { allEntries, expectAtTop, goTo, partOf, referenceReady } from "./referencePage.ts";
import { visitors } from "./visit.ts";

const browser = visitors("the tests of the front page, the error guide and the console");
const here = world();
const schemes = ["light", "dark"] as const;

describe.skipIf(!browser.isHere)(`in ${browser.name}`, () => {
  test.for(schemes)("in %s the front page and the error guide are accessible and load nothing else", async (colorScheme) => {
    for (const path of ["/", "/docs/errors", "/docs/errors#swipe.quotaSpent"]) {
      const { page, troubles } = await browser.open(`${here.host.url}${path}`, { colorScheme });
      await page.getByRole("heading", { level: 1 }).waitFor();

      expect(await findings(page)).toEqual([]);
      expect(await page.evaluate(`performance.getEntriesByType("resource").length`)).toBe(0);
      expect(troubles).toEqual([]);
    }
  });

  test.for(schemes)("in %s the console's door and every view of the console are accessible", async (colorScheme) => {
    const { url, consoleSecret } = here.host;
    await signIn(here.host, `${colorScheme}@example.test`);
    const { page: door } = await browser.open(`${url}/_local`, { colorScheme });
    await door.getByRole("heading", { name: "The console is closed" }).waitFor();
    expect(await findings(door)).toEqual([]);

    const { page, troubles } = await browser.open(`${url}/_local?secret=${consoleSecret}`, { colorScheme });
    for (const view of ["Mail", "Pushes", "Queues", "Schedules", "Measurements"]) {
      await page.getByRole("tab", { name: view }).click();
      await page
        .locator(view === "Pushes" ? "#view p" : "#view table")
        .first()
        .waitFor();
      expect(await findings(page), view).toEqual([]);
    }
    await page.getByRole("tab", { name: "Mail" }).click();
    await page.locator("summary").first().click();
    await page.locator("details[open] iframe").waitFor();

    expect(await findings(page)).toEqual([]);
    expect(troubles).toEqual([]);
  });

  test("the type of a problem leads to the entry of its code", async () => {
    const { url } = here.host;
    const problem = (await (await fetch(`${url}/v1/me`)).json()) as { type: string; code: string };

    const { page } = await browser.open(new URL(problem.type, url).href);

    expect(problem.code).toBe("auth.required");
    const entry = page.locator(":target");
    expect(await entry.getAttribute("id")).toBe(problem.code);
    await expectAtTop(entry);
    expect(await entry.textContent()).toContain("401 Unauthorized");
  });

  test("every operation that the error guide links to is in the reference, and the link leads there", async () => {
    const { page, troubles } = await browser.open(`${here.host.url}/docs/errors`);
    const links = page.locator('a[href^="/docs#"]');
    const linked = await links.evaluateAll((all) => [
      ...new Set(all.map((link) => String(link.getAttribute("href")).replace("/docs#", ""))),
    ]);

    await links.first().click();
    await referenceReady(page);
    await expectAtTop(partOf(page, linked[0] ?? ""));
    for (const anchor of linked.filter((_, i) => i % 4 === 0)) {
      const operation = await goTo(page, anchor);
      const at = anchor.slice(anchor.indexOf("/v1/"));
      await expect.poll(() => operation.locator(".operation-path").first().textContent()).toBe(at);
    }
    const entries = await allEntries(page);

    expect(linked.length).toBeGreaterThan(40);
    expect(linked.filter((anchor) => !entries.includes(`#${anchor}`))).toEqual([]);
    expect(troubles).toEqual([]);
  });
});
