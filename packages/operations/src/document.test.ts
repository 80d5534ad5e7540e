import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { dashboardPicture, documented } from "./document.ts";
import { everyMetric } from "./metrics.ts";
import { slos } from "./slos.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const document = readFileSync(path.join(root, "docs/observability.md"), "utf8");

test("docs/observability.md says what the tables say; `npm run docs:observability` brings it up to date", () => {
  expect(document).toBe(documented(document));
  for (const { title } of everyMetric) expect(document).toContain(title);
  for (const { title, goodPercent } of slos) expect(document).toContain(`| ${title} | ${goodPercent} % |`);
});

test("a document that was changed by hand is brought back, and one without a place for a table is refused", () => {
  expect(documented(document.replace("99.95 %", "12 %"))).toBe(document);
  expect(() => documented(document.replace("<!-- /slos -->", ""))).toThrow('no place for "slos"');
});

test("the picture shows every panel of the dashboard as it is laid out", () => {
  expect(readFileSync(path.join(root, "docs/dashboard.svg"), "utf8")).toBe(dashboardPicture());
  expect(dashboardPicture()).toContain("Message delivery (99.95 % &lt; 2 s)");
});
