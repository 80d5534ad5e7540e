import { openApi } from "@pendo/contract/openapi";
import { tagGroups } from "@pendo/contract/reference/tags";
import type { Locator } from "playwright-core";
import { describe, expect, test } from "vitest";
import { world } from "../e2e/world.ts";
import { findings } from "./accessibility.ts";
import { allEntries, currentEntry, expectAtTop, goTo, partOf, referenceReady } from "./referencePage.ts";
import { phone, scrollThrough, settled, visitors } from "./visit.ts";

const browser = visitors("the tests of what a reader does with /docs");
const here = world();
const isFocused = async (element: Locator): Promise<boolean> => (await element.and(element.page().locator(":focus")).count()) === 1;

const swipe = { anchor: "tag/swipes/PUT/v1/swipes/{targetId}", name: /^Record a like, superlike or pass/ };

/** A word, one of its results, and the part of the page to which the result leads, where that is another. */
const searches: readonly (readonly [word: string, result: string, part?: string])[] = [
  ["login", "tag/auth"],
  ["login", "description/sign-in-login"],
  ["chat", "tag-group/matches-and-chat", "tag/matches"],
  ["websocket", "description/sockets-websocket"],
  ["websocket", "tag/realtime"],
  ["pagination", "description/pages-pagination"],
  ["unmatch", "tag/matches/DELETE/v1/matches/{matchId}"],
  ["upload", "tag/media/POST/v1/media/uploads"],
];

/** What a reader chooses, and what the sample then contains. */
const samples = [
  ["TypeScript", "pendo.swipes.record({"],
  ["NSURLSession", "/v1/swipes/"],
  ["OkHttp", "/v1/swipes/"],
  ["Curl", "/v1/swipes/"],
] as const;

describe.skipIf(!browser.isHere)(`/docs in ${browser.name}`, () => {
  test("the search finds what a developer calls it, among its first four results, and leads there", async () => {
    const { page, troubles } = await browser.open(`${here.host.url}/docs`);
    await referenceReady(page);
    const search = page.getByRole("dialog", { name: "Search" });
    const options = search.getByRole("option");
    const found = async () => (await options.evaluateAll((all) => all.map(({ id }) => String(id)))).slice(0, 4);

    for (const [word, result, part = result] of searches) {
      await page.keyboard.press("Control+k");
      await search.getByRole("combobox").fill(word);
      await expect.poll(found, { message: word }).toContain(`search-result-api-1/${result}`);
      await search.locator(`[id="search-result-api-1/${result}"]`).click();

      await search.waitFor({ state: "hidden" });
      await expectAtTop(partOf(page, part));
    }
    expect(troubles).toEqual([]);
  });

  test("the guides stand first, then the operations in the order of a user's journey, and those of staff last", async () => {
    const { page } = await browser.open(`${here.host.url}/docs`);
    await referenceReady(page);

    const entries = await allEntries(page);

    const { paths } = openApi();
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { tags }]) => ({ tag: tags[0], address: `${method.toUpperCase()}${path}` })),
    );
    const tags = tagGroups.flatMap((group) => [...group.tags]);
    const expected = tags.flatMap((tag) => {
      const ofTag = operations.filter((operation) => operation.tag === tag).map(({ address }) => address);
      return [`#tag/${tag.toLowerCase()}`, ...ofTag.map((address) => `#tag/${tag.toLowerCase()}/${address}`)];
    });
    const guides = entries.filter((entry) => entry.startsWith("#description/"));
    expect(operations.length).toBeGreaterThan(80);
    expect(tags.at(-1)).toBe("admin");
    expect(guides[0]).toBe("#description/introduction");
    expect(guides.length).toBeGreaterThan(10);
    expect(entries).toEqual([...guides, ...expected]);
  });

  test("the guides are open at first, and closed for a reader who comes to an operation", async () => {
    const atStart = await browser.open(`${here.host.url}/docs`);
    await referenceReady(atStart.page);
    const atOperation = await browser.open(`${here.host.url}/docs#${swipe.anchor}`);
    await expectAtTop(partOf(atOperation.page, swipe.anchor));
    await atOperation.page.getByRole("link", { name: swipe.name }).waitFor();
    await settled(atOperation.page);

    const guide = { name: "Pages (pagination)" } as const;
    expect(await atStart.page.getByRole("link", guide).count()).toBe(1);
    expect(await atOperation.page.getByRole("link", guide).count()).toBe(0);
  });

  test("a reader who comes to an operation by a link sees its entry marked in the sidebar", async () => {
    const { page } = await browser.open(`${here.host.url}/docs`);
    await referenceReady(page);

    for (const anchor of ["tag/reports/POST/v1/reports", swipe.anchor]) {
      await goTo(page, anchor);
      await expect.poll(() => currentEntry(page)).toBe(`#${anchor}`);
    }
  });

  test("while a reader scrolls, the sidebar marks the part that is on the screen, and shows the mark", async () => {
    const { page } = await browser.open(`${here.host.url}/docs`);
    await referenceReady(page);

    const marked: string[] = [];
    await scrollThrough(page, async () => {
      const look = async () => {
        const entry = await currentEntry(page);
        // Between two parts the mark stays where it was. A reader goes on.
        if (entry.includes(" ")) await page.mouse.wheel(0, 40);
        else marked.push(entry);
        return entry;
      };
      await expect.poll(look, { interval: 100 }).not.toContain(" ");
    });

    const entries = await allEntries(page);
    const places = marked.map((entry) => entries.indexOf(entry));
    expect(marked[0]).toMatch(/^#description\//);
    expect(new Set(marked).size).toBeGreaterThan(8);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(marked.at(-1)).toBe("#tag/admin");
  });

  test("on a phone the menu is accessible; an operation chosen there closes the menu and comes into view", async () => {
    const { page, troubles } = await browser.open(`${here.host.url}/docs`, phone);
    await referenceReady(page);

    await page.getByRole("button", { name: "Open Menu" }).tap();
    await page.getByRole("button", { name: "Open Group - Swipes" }).tap();
    const entry = page.getByRole("link", { name: swipe.name });
    await entry.waitFor();
    expect(await findings(page)).toEqual([]);
    await entry.tap();

    await entry.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Open Menu" }).waitFor();
    await expectAtTop(partOf(page, swipe.anchor));
    expect(troubles).toEqual([]);
  });

  test("a keyboard opens a group, chooses an operation, and goes on inside the operation", async () => {
    const { page } = await browser.open(`${here.host.url}/docs`);
    await referenceReady(page);

    // From the search, over the guides, to the group of swipes.
    const group = page.getByRole("button", { name: "Open Group - Swipes" });
    for (let presses = 0; !(await isFocused(group)); presses++) {
      expect(presses).toBeLessThan(80);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: swipe.name }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");

    const operation = partOf(page, swipe.anchor);
    await expectAtTop(operation);
    await expect.poll(() => isFocused(operation)).toBe(true);
    await page.keyboard.press("Tab");
    expect(await operation.locator(":focus").count()).toBe(1);
  });

  test("a sample can be chosen in TypeScript, Swift, Kotlin and curl, and calls the operation", async () => {
    const { page } = await browser.open(`${here.host.url}/docs#${swipe.anchor}`);
    const operation = partOf(page, swipe.anchor);
    await expectAtTop(operation);
    const picker = operation.getByTestId("client-picker");

    for (const [language, code] of samples) {
      await picker.click();
      const option = page.getByRole("option", { name: language, exact: true });
      await option.click();

      await option.waitFor({ state: "hidden" });
      await expect.poll(() => picker.textContent()).toContain(language);
      await expect.poll(() => operation.locator(".code-snippet").first().textContent()).toContain(code);
    }
  });
});
