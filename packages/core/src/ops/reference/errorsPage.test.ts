import { createHash } from "node:crypto";
import { type FaultCode, faults } from "@pendo/contract/faults";
import { everyRoute } from "@pendo/contract/everyRoute";
import { faultGuide } from "@pendo/contract/reference/faultGuide";
import { commonFaults, userFaults } from "@pendo/contract/route";
import { framesIn } from "@pendo/contract/sockets";
import { expect, test } from "vitest";
import { errorsPage } from "./errorsPage.ts";

const page = errorsPage();
const codes = Object.keys(faults) as FaultCode[];
const sections = new Map([...page.matchAll(/<section id="([^"]+)">(.*?)<\/section>/gs)].map(([, id = "", body = ""]) => [id, body]));
const sectionOf = (code: FaultCode) => sections.get(code) ?? "";
const operationsIn = (code: FaultCode) =>
  [...sectionOf(code).matchAll(/<a href="\/docs#([^"]+)"/g)].map(([, anchor = ""]) => anchor).toSorted();

test("every code is exactly one id, and no other id looks like a code", () => {
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id = ""]) => id);

  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => id.includes(".")).toSorted()).toEqual(codes.toSorted());
  expect([...sections.keys()].toSorted()).toEqual(codes.toSorted());
});

test("the list in front links to every section, before the first of them", () => {
  const [, nav = ""] = /<nav [^>]*>(.*?)<\/nav>/s.exec(page) ?? [];

  expect([...nav.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id)).toEqual([...sections.keys()]);
  expect(page.indexOf("</nav>")).toBeLessThan(page.indexOf("<section"));
});

test.for(codes)("%s has its status, its text, its advice, and whether to retry", (code) => {
  const section = sectionOf(code);
  const { status, retry, text } = faults[code];

  expect(section).toMatch(new RegExp(`<strong>${status} [A-Z][A-Za-z ]+</strong>`));
  expect(plain(section)).toContain(text);
  expect(plain(section)).toContain(faultGuide[code].when.replaceAll("`", ""));
  expect(plain(section)).toContain(faultGuide[code].remedy.replaceAll("`", ""));
  expect(section.includes("<dd>Yes: ")).toBe(retry);
  expect(section.includes("<dd>No: ")).toBe(!retry);
});

test("a status comes with its phrase", () => {
  expect(sectionOf("auth.codeInvalid")).toContain("<strong>401 Unauthorized</strong>");
  expect(sectionOf("server.busy")).toContain("<strong>503 Service Unavailable</strong>");
});

test.for(codes)("%s is linked to the operations that return it, and to no other", (code) => {
  const returning = everyRoute().filter(({ spec }) => {
    const isStaffs = spec.auth !== "public" && spec.auth !== "user";
    if (code === "auth.forbidden") return isStaffs;
    if (code === "store.full") return false;
    if (code.startsWith("idempotency.")) return spec.idempotent === true;
    return (spec.fails as readonly FaultCode[]).includes(code);
  });

  const expected = returning.map(({ noun, spec }) => `tag/${noun.toLowerCase()}/${spec.at.replace(" ", "")}`);
  expect(operationsIn(code)).toEqual(expected.toSorted());
});

test("the links are the anchors of the reference", () => {
  expect(operationsIn("auth.codesSpent")).toEqual(["tag/auth/POST/v1/auth/otp/request", "tag/auth/POST/v1/auth/otp/verify"]);
  expect(operationsIn("swipe.self")).toEqual(["tag/swipes/PUT/v1/swipes/{targetId}"]);
});

test("a fault of every operation says so in words, and so does one of every signed-in user", () => {
  const inWords = (words: string) => codes.filter((code) => sectionOf(code).includes(words)).toSorted();

  expect(inWords("Every operation.")).toEqual([...commonFaults].toSorted());
  expect(inWords("Every operation for signed-in users.")).toEqual([...userFaults].toSorted());
});

test("a fault of a frame names the frame", () => {
  for (const [name, { fails }] of Object.entries(framesIn)) {
    const naming = codes.filter((code) =>
      sectionOf(code)
        .match(/Frames: .*/)?.[0]
        .includes(`<code>${name}</code>`),
    );
    expect(naming.toSorted()).toEqual([...fails].toSorted());
  }
});

test("no text of the guide becomes markup, and backticks become code", () => {
  const hostile = "<img src=x onerror=alert(1)> & \"'</section> `<b>`.";

  const harmed = errorsPage({ ...faultGuide, "swipe.self": { when: hostile, remedy: hostile } });

  expect(harmed).not.toMatch(/<img|<b>/);
  const shown = "&lt;img src=x onerror=alert(1)&gt; &amp; &quot;&#39;&lt;/section&gt; <code>&lt;b&gt;</code>.";
  expect(harmed.split(shown)).toHaveLength(3);
  expect(errorsPage()).toBe(page);
});

test("the policy allows the one style of the page, and nothing else", () => {
  const [, policy = ""] = /content-security-policy" content="([^"]+)"/.exec(page) ?? [];
  const styles = [...page.matchAll(/<style>(.*?)<\/style>/gs)].map(([, style = ""]) => style);

  const hashes = styles.map((style) => `'sha256-${createHash("sha256").update(style).digest("base64")}'`);
  expect(hashes).toHaveLength(1);
  expect(policy).toBe(`default-src 'none'; style-src ${hashes[0]}; base-uri 'none'; form-action 'none'`);
  expect(page).not.toMatch(/<script|<link|<img| (src|style|on[a-z]+)=/);
});

test("the page has a language, one h1, and no heading that skips a level", () => {
  const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));

  expect(page).toContain('<html lang="en">');
  expect(levels.filter((level) => level === 1)).toHaveLength(1);
  for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
});

test("the example of the introduction is a problem of the API", () => {
  const [, shown = ""] = /<pre><code>(.*?)<\/code><\/pre>/s.exec(page) ?? [];

  const [head = "", body = ""] = plain(shown).split("\n\n");
  expect(head).toBe("HTTP/1.1 400 Bad Request\ncontent-type: application/problem+json");
  expect(JSON.parse(body)).toMatchObject({ type: "/docs/errors#input.invalid", code: "input.invalid", errors: [{ pointer: "/ageMin" }] });
});

test("every text has a contrast of at least 4.5:1, in light and in dark", () => {
  const schemes = [...page.matchAll(/:root \{([^}]*)\}/g)].map(([, block = ""]) =>
    Object.fromEntries([...block.matchAll(/--(\w+): (#[0-9a-f]{6})/g)].map(([, name = "", colour = ""]) => [name, colour])),
  );

  expect(schemes).toHaveLength(2);
  for (const scheme of schemes)
    for (const background of ["paper", "code", "target"])
      for (const colour of ["ink", "soft", "mark"])
        expect(contrast(scheme[colour] ?? "", scheme[background] ?? ""), `${colour} on ${background}`).toBeGreaterThanOrEqual(4.5);
});

test("every advice is one or two short sentences", () => {
  for (const [code, { when, remedy }] of Object.entries(faultGuide))
    for (const text of [when, remedy]) {
      expect(text, code).toMatch(/^[A-Z`].*\.$/);
      expect(text.length, code).toBeLessThanOrEqual(240);
      expect(text.match(/\.( |$)/g)?.length, code).toBeLessThanOrEqual(2);
    }
});

/** The text of some HTML. */
function plain(html: string): string {
  const text = html
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
  return text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}

/** The contrast of two colours (WCAG 2.2, "contrast ratio"): from 1 to 21. */
function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = NaN, green = NaN, blue = NaN] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
