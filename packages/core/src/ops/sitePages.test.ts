import { createHash } from "node:crypto";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { sitePages } from "./sitePages.ts";

const pages = sitePages({ domain: "pendo.test", contact: "security@pendo.test" });
const page = (key: string) => pages.find((one) => one.key === key)?.body ?? "";

test("every page runs and styles itself by what its policy names, and by nothing else", () => {
  // The page of the reference loads its script; a test of its own holds its policy.
  for (const { body } of pages.filter(({ key, contentType }) => key !== "docs" && contentType.startsWith("text/html"))) {
    const [, policy = ""] = /content-security-policy" content="([^"]+)"/.exec(body) ?? [];
    const inline = [...body.matchAll(/<(script|style)>([\s\S]*?)<\/\1>/g)].map(([, , content = ""]) => content);
    for (const content of inline) expect(policy).toContain(`'sha256-${createHash("sha256").update(content).digest("base64")}'`);
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(body).not.toMatch(/ (src|on[a-z]+)=/);
  }
});

test("the documentation names the API of the stage, and links to what is there", () => {
  expect(JSON.parse(page("openapi.json"))).toMatchObject({ openapi: "3.1.0", servers: [{ url: "https://api.pendo.test" }] });
  const links = pages.flatMap(({ body }) => [...body.matchAll(/href="\/([^"#]*)"/g)].map(([, path = ""]) => path || "index.html"));
  expect(links.length).toBeGreaterThan(3);
  for (const link of links) expect(pages.map(({ key }) => key)).toContain(link);
});

test("security.txt says whom to write to, and until when that holds", () => {
  expect(page(".well-known/security.txt")).toMatch(/^Contact: mailto:security@pendo\.test\n/);
  const [, until = ""] = /Expires: (\S+)/.exec(page(".well-known/security.txt")) ?? [];
  expect(new Date(until).getTime()).toBeGreaterThan(Date.now());
});

/** Runs the page's script against an answer of the API; answers what the page then says. */
async function shown(answer: () => Promise<object>) {
  const [, script = ""] = /<script>([\s\S]*)<\/script>/.exec(page("status")) ?? [];
  const element = () => ({ textContent: "", hidden: true, className: "", rows: [] as unknown[], appendChild: (child: object) => child });
  const [said, table] = [element(), element()];
  const cells: { textContent: string }[] = [];
  const body = { replaceChildren: (...rows: unknown[]) => void (table.rows = rows) };
  const asked: string[] = [];
  runInNewContext(script, {
    document: {
      getElementById: () => said,
      querySelector: (name: string) => (name === "table" ? table : body),
      createElement: () => {
        const made = element();
        cells.push(made);
        return made;
      },
    },
    fetch: (url: string) => (asked.push(url), answer()),
    AbortSignal,
    setInterval: () => 0,
  });
  await new Promise((resolve) => setImmediate(resolve));
  return {
    said: said.textContent,
    hidden: table.hidden,
    rows: table.rows.length,
    asked,
    words: cells.map(({ textContent }) => textContent).filter(Boolean),
  };
}

test("the status page shows each part of a ready API, and how fast it answered", async () => {
  const checks = { db: { ok: true, ms: 3 }, cache: { ok: true, ms: 1 } };
  const page = await shown(async () => ({ ok: true, json: async () => ({ status: "ready", checks }) }));
  expect(page).toMatchObject({ said: "Everything answers.", hidden: false, rows: 2, asked: ["https://api.pendo.test/readyz"] });
  expect(page.words).toEqual(["db", "3 ms", "cache", "1 ms"]);
});

test("the status page names the parts that don't answer", async () => {
  const problem = { status: 503, code: "ops.notReady", errors: [{ pointer: "/search", detail: "failed" }] };
  const page = await shown(async () => ({ ok: false, json: async () => problem }));
  expect(page).toMatchObject({ said: "Something does not answer.", rows: 1 });
  expect(page.words).toEqual(["search", "failed"]);
});

test("the status page says when the API is out of reach", async () => {
  expect(await shown(async () => Promise.reject(new Error("offline")))).toMatchObject({
    said: "The API can't be reached from here.",
    hidden: true,
  });
});
