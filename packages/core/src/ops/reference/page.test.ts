import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { referencePage } from "./page.ts";
import { referenceScript, scriptOf } from "./scalar.ts";

test("the page loads from its own origin alone, and its policy names its one inline script", () => {
  const page = referencePage({ canTry: true });
  const [, policy = ""] = /content-security-policy" content="([^"]+)"/.exec(page) ?? [];
  const [, start = ""] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
  const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address);

  expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'sha256-[^']+'; /);
  expect(policy).toContain(createHash("sha256").update(start).digest("base64"));
  expect(addresses).toEqual(["data:,", "/openapi.json", "/docs/errors", "/docs/reference.js"]);
  expect(page).not.toMatch(/ on[a-z]+=/);
});

test("a reader can send requests from the page only where the API has the same origin", () => {
  expect(referencePage({ canTry: true })).toContain('"hideTestRequestButton":false');
  expect(referencePage({ canTry: false })).toContain('"hideTestRequestButton":true');
});

test("the script is that of Scalar", async () => {
  const script = await referenceScript();

  expect(script.length).toBeGreaterThan(1_000_000);
  expect(script).toContain("createApiReference");
});

test("a plugin without the script is an error, and no empty page", () => {
  const empty = (application: { route: (route: object) => void }) => application.route({ url: "/docs", handler: () => {} });

  expect(() => scriptOf(empty)).toThrow("no script at /docs/js/scalar.js");
});
