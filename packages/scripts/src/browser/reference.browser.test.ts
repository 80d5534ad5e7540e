import { describe, expect, test } from "vitest";
import { world } from "../e2e/world.ts";
import { findings } from "./accessibility.ts";
import { expectAtTop, goTo, referenceReady, partOf } from "./referencePage.ts";
import { desktop, phone, scrollThrough, settled, visitors } from "./visit.ts";

const browser = visitors("the tests of /docs");
const here = world();

const operations = [
  "tag/auth/POST/v1/auth/otp/request",
  "tag/swipes/PUT/v1/swipes/{targetId}",
  "tag/messages/PUT/v1/conversations/{conversationId}/messages/{messageId}",
  "tag/sync/GET/v1/sync",
];
const readers = [
  ["in light", { ...desktop, colorScheme: "light" }],
  ["in dark", { ...desktop, colorScheme: "dark" }],
  ["on a phone", phone],
] as const;

/** The texts and boxes that are wider than the screen, apart from what is inside of a table that scrolls. */
const cutOff = (widthPx: number): string => `[...document.querySelectorAll("main :is(h1, h2, h3, h4, p, ul, table, .scalar-card)")]
  .filter((element) => element.getBoundingClientRect().right > ${widthPx} + 1 && !element.parentElement.closest("table"))
  .map((element) => element.outerHTML.slice(0, 200))`;

/** The words at the heads of tables that are on more than one line. */
const brokenHeads = `[...document.querySelectorAll(".markdown th")].map((head) => {
  const range = document.createRange();
  range.selectNodeContents(head);
  return { word: head.textContent.trim(), lines: new Set([...range.getClientRects()].map(({ top }) => top)).size };
}).filter(({ word, lines }) => !/\\s/.test(word) && lines > 1)`;

describe.skipIf(!browser.isHere)(`/docs in ${browser.name}`, () => {
  test.for(readers)(
    "%s it loads from its own origin alone, without an error, and is accessible, at first and in use",
    async ([, options]) => {
      const { page, troubles } = await browser.open(`${here.host.url}/docs`, options);
      await referenceReady(page);
      expect(await findings(page)).toEqual([]);

      await scrollThrough(page);
      for (const anchor of operations) {
        const operation = await goTo(page, anchor);
        // On a phone, the content type covers the middle of the button.
        await operation.getByRole("button", { name: /^400/ }).click({ position: { x: 8, y: 8 } });
      }
      await settled(page);

      expect(await findings(page)).toEqual([]);
      expect(await page.evaluate(cutOff(options.viewport.width))).toEqual([]);
      expect(await page.evaluate(brokenHeads)).toEqual([]);
      expect(troubles).toEqual([]);
    },
  );

  test("its dialogs are accessible: the search, the choice of a language, and a request", async () => {
    const { page, troubles } = await browser.open(`${here.host.url}/docs#tag/me/GET/v1/me`);
    const operation = partOf(page, "tag/me/GET/v1/me");
    await expectAtTop(operation);

    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill("login");
    await page.getByRole("option").first().waitFor();
    await settled(page);
    const inSearch = await findings(page);
    await page.keyboard.press("Escape");

    await operation.getByTestId("client-picker").click();
    await page.getByRole("option").first().waitFor();
    await settled(page);
    const inChoice = await findings(page, {
      "aria-hidden-focus: #headlessui-focus-sentinel": "A guard that keeps the focus in the list: it passes the focus on at once.",
    });
    await page.keyboard.press("Escape");

    await operation.getByRole("button", { name: "Test Request" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Send", exact: false }).first().click();
    await dialog.getByText("401 Unauthorized").waitFor();
    await settled(page);
    const inRequest = await findings(page, {
      "landmark-no-duplicate-main: ":
        "The dialog of Scalar has a main element of its own, which may have no other role. The dialog holds the focus.",
    });

    expect({ inSearch, inChoice, inRequest }).toEqual({ inSearch: [], inChoice: [], inRequest: [] });
    // The browser reports each response that is an error.
    expect(troubles).toEqual(["console: Failed to load resource: the server responded with a status of 401 (Unauthorized)"]);
  });
});
