import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { findChromium, withoutChromium } from "./chromium.ts";

export interface Visit {
  readonly page: Page;
  /** What went wrong in the pages: errors, refusals by a policy, and requests to another origin than that of the first page. */
  readonly troubles: string[];
}

export interface Visitors {
  /** Whether there is a browser. Without one, a run says that the tests of this file did not run. */
  readonly isHere: boolean;
  /** The browser, for the name of a group of tests. */
  readonly name: string;
  /** Opens an address in a fresh profile, which ends with the test. */
  open(url: string, options?: BrowserContextOptions): Promise<Visit>;
}

export const desktop = { viewport: { width: 1440, height: 900 } } as const satisfies BrowserContextOptions;
export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const satisfies BrowserContextOptions;

/** A busy machine takes ten times as long as a quiet one: only what never comes fails. */
const PATIENCE_MS = 120_000;

/** One Chromium for a test file. `tests` names the tests that need it. */
export function visitors(tests: string): Visitors {
  const program = findChromium();
  if (program === undefined) process.stderr.write(withoutChromium(tests));
  let running: Browser | undefined;
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    if (program !== undefined) running = await chromium.launch({ executablePath: program, timeout: PATIENCE_MS });
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });
  afterAll(async () => {
    await running?.close();
  });
  return {
    isHere: program !== undefined,
    name: program === undefined ? "Chromium, which is NOT here" : "Chromium",
    open: async (url, options = {}) => {
      if (!running) throw new Error("The browser starts with beforeAll.");
      const context = await running.newContext({ ...desktop, reducedMotion: "reduce", ...options });
      contexts.push(context);
      context.setDefaultTimeout(PATIENCE_MS);
      const troubles = watch(context, new URL(url).origin);
      const page = await context.newPage();
      await page.goto(url);
      return { page, troubles };
    },
  };
}

function watch(context: BrowserContext, origin: string): string[] {
  const troubles: string[] = [];
  context.on("weberror", (error) => void troubles.push(`error: ${String(error.error())}`));
  context.on("console", (message) => void (message.type() === "error" && troubles.push(`console: ${message.text()}`)));
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) troubles.push(`request: ${request.url()}`);
  });
  return troubles;
}

/** Waits until the page neither grows nor moves. Wait for something of the page first: an empty page is quiet, too. */
export async function settled(page: Page): Promise<void> {
  let [size, quiet] = [-1, 0];
  const look = async (): Promise<number> => {
    const now = Number(await page.evaluate(sizeOrMoving));
    quiet = now === size && now !== -1 ? quiet + 1 : 0;
    size = now;
    return quiet;
  };
  await expect.poll(look, { interval: 200 }).toBeGreaterThanOrEqual(3);
}

const sizeOrMoving = `document.getAnimations().some(({ playState }) => playState === "running") ? -1 : document.querySelectorAll("*").length`;

/** Scrolls to the end of the page, almost a screen at a time. The page itself scrolls: a wheel may turn a list below the pointer instead. */
export async function scrollThrough(page: Page, afterEach: () => Promise<void> = async () => {}): Promise<void> {
  const restPx = async (): Promise<number> =>
    Number(await page.evaluate("Math.floor(document.documentElement.scrollHeight - innerHeight - scrollY)"));
  for (let rest = await restPx(); rest > 1; rest = await restPx()) {
    await page.evaluate(`scrollBy({ top: innerHeight * 0.8, behavior: "instant" })`);
    await afterEach();
  }
}
