import { describe, expect, test } from "vitest";
import { code } from "./code.ts";
import { decision } from "./decision.ts";
import type { Rendered } from "./layout.ts";
import { match } from "./match.ts";
import { security } from "./security.ts";
import { welcome } from "./welcome.ts";

const evil = `<script>alert("x")</script>&'\u0022\r\nBcc: everybody@example.com`;
const unsubscribeUrl = "https://pendo.example/v1/unsubscribe/AbC-_9";
const at = new Date("2026-03-04T05:06:00Z");
const reasons = {
  subjectKind: "media",
  restriction: "removed",
  ground: "nudity",
  facts: "It appears to show: something.",
  automatedDetection: true,
  automatedDecision: true,
  decidedAt: at,
  decisionId: "01890000-0000-7000-8000-000000000001",
  locale: "en",
} as const;

const letters: Record<string, { letter: Rendered; says: string[] }> = {
  code: { letter: code({ digits: "042117", goodForMin: 10, locale: "en" }), says: ["042117", "10 minutes"] },
  welcome: { letter: welcome({ locale: "pt-BR" }), says: ["photo", "block or report"] },
  match: { letter: match({ name: "Ada Lovelace", locale: "en", unsubscribeUrl }), says: ["Ada likes you too", "Unsubscribe"] },
  "match without a name": { letter: match({ name: null, locale: "en", unsubscribeUrl }), says: ["Somebody you like likes you too"] },
  security: { letter: security({ deviceName: "Ada's phone", at, locale: "en" }), says: ["Ada's phone", "March 4, 2026", "5:06 AM UTC"] },
  "security without a name": { letter: security({ deviceName: null, at, locale: "en" }), says: ["a device without a name"] },
  decision: {
    letter: decision(reasons),
    says: [
      "Your photo has been removed",
      "No nudity",
      "It appears to show: something.",
      "decided automatically",
      "March 4, 2026",
      reasons.decisionId,
      "court",
    ],
  },
  "decision by people": {
    letter: decision({
      ...reasons,
      subjectKind: "account",
      restriction: "suspended",
      ground: "aRuleToCome",
      automatedDetection: false,
      automatedDecision: false,
    }),
    says: ["Your profile is suspended", "aRuleToCome", "found by a person, and decided by a person"],
  },
};

describe.each(Object.entries(letters))("the letter: %s", (_name, { letter, says }) => {
  test("says the same in plain text and in HTML, all of it", () => {
    for (const words of says) {
      expect(letter.text).toContain(words);
      expect(textOf(letter.html)).toContain(words);
    }
    // Every line of the text is also on the page, an address as a link.
    const page = textOf(letter.html) + [...letter.html.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, url]) => url).join(" ");
    for (const line of letter.text.split("\n").filter((one) => one.trim() !== "" && one !== "-- ")) {
      if (page.includes(line)) continue;
      // Names and values stand in cells of their own.
      for (const part of line.split(": ")) expect(page).toContain(part);
    }
  });

  test("has a subject on one line, nothing unresolved, and nothing that is loaded from elsewhere", () => {
    expect(letter.subject).toMatch(/^[^\r\n]{3,80}$/);
    for (const version of [letter.subject, letter.text, letter.html])
      expect(version).not.toMatch(/undefined|null|NaN|\[object|\$\{|\{\{|Invalid Date/);
    const unlinked = letter.html.replaceAll(`href="${unsubscribeUrl}"`, "");
    expect(unlinked).not.toMatch(/<img|<script|<link|src=|url\(|https?:/);
    expect(letter.html).toContain("prefers-color-scheme: dark");
    expect(letter.html).toContain('<html lang="en">');
  });

  test("has tags that close in order", () => {
    const open: string[] = [];
    for (const [, end, name = ""] of letter.html.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
      if (["meta", "br"].includes(name)) continue;
      if (end) expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });
});

test("what comes from outside is escaped in HTML, and adds no line to a subject", () => {
  const outside = [decision({ ...reasons, facts: evil, ground: evil })];
  for (const { html, subject } of outside) {
    expect(html).not.toContain("<script>");
    expect(html).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;&quot;");
    expect(subject).not.toMatch(/[\r\n<]/);
  }
});

test("a name in an email is escaped, and never one that a mail program would turn into a link", () => {
  const emails = (name: string) => [match({ name, locale: "en", unsubscribeUrl }), security({ deviceName: name, at, locale: "en" })];
  for (const { html } of emails(`<b>"x"&'`)) expect(html).toContain("&lt;b&gt;&quot;x&quot;&amp;&#39;");

  for (const link of [
    "evil.example",
    "https://evil",
    "ｅｖｉｌ．example",
    "evil\u200b.example",
    "evil。example",
    "a@evil",
    "www.evil.example now",
  ])
    for (const { text, html } of emails(link)) expect(`${text}${html}`).not.toMatch(/evil/);

  for (const name of ["Ada", "J. R.", "Zoë", "Ana-María", "O'Neil", "李雷"]) expect(emails(name)[1]?.text).toContain(name);
});

test("the subject of a code does not tell it, nor that of a match whom it is with", () => {
  expect(letters["code"]?.letter.subject).not.toMatch(/\d/);
  expect(letters["match"]?.letter.subject).not.toContain("Ada");
});

/** What a reader sees of a page. */
function textOf(html: string): string {
  const seen = html.replace(/<style>[^]*?<\/style>/g, "").replace(/<[^>]+>/g, " ");
  const characters: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&" };
  return seen.replace(/&(lt|gt|quot|#39|amp);/g, (entity) => characters[entity] ?? entity).replace(/[ \n]+/g, " ");
}
