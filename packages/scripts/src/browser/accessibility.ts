import axe from "axe-core";
import type { Page } from "playwright-core";

/** WCAG 2.2 up to level AA, and what axe calls good practice. Its experimental rules are not among them. */
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface Result {
  readonly passes: number;
  readonly findings: string[];
}

/**
 * What axe finds in the page as it is now, as `rule: element: reason`. The documents of frames are not checked. `accepted` has the beginnings of
 * findings that stay, each with its reason.
 */
export async function findings(page: Page, accepted: Readonly<Record<string, string>> = {}): Promise<string[]> {
  await page.evaluate(axe.source);
  const { passes, findings: found } = (await page.evaluate(`axe
    .run(document, { runOnly: { type: "tag", values: ${JSON.stringify(tags)} }, resultTypes: ["violations", "passes"], iframes: false })
    .then(({ passes, violations }) => ({
      passes: passes.length,
      findings: violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, html, failureSummary }) => id + ": " + target.join(" ") + ": " + failureSummary + " " + html.slice(0, 200)),
      ),
    }))`)) as Result;
  // An empty page has no findings either.
  if (passes < 5) throw new Error(`axe checked almost nothing of ${page.url()}: ${passes} rules passed.`);
  return found.filter((finding) => !Object.keys(accepted).some((beginning) => finding.startsWith(beginning)));
}
