import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { entryOf } from "@pendo/functions/lambda/entries";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eagerOf, esbuildOptions, sizeOf } from "./evaluate/bundle.ts";
import { keptBundle } from "./evaluate/keptBundle.ts";
import { root } from "./evaluate/places.ts";
import { bundling, type Entry, entries, startBudgets } from "./startBudgets.ts";

// Inside the repository, where the entries planted below find packages.
mkdirSync(path.join(root, ".cache"), { recursive: true });
const out = mkdtempSync(path.join(root, ".cache/budgets-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const all = entries();
let together = new Map<string, number>();

beforeAll(async () => {
  together = await sizesTogether(all);
}, 120_000);

/** All entries in one go, which takes a twentieth of the time. They share files, so that each is found as large as it is alone, or larger. */
async function sizesTogether(of: readonly Entry[]): Promise<Map<string, number>> {
  const { metafile } = await build({ ...esbuildOptions(bundling), entryPoints: of.map(({ file }) => file), outdir: out, write: false });
  const outputs = Object.entries(metafile.outputs);
  return new Map(
    of.map(({ name, file }) => {
      const [output = ""] = outputs.find(([, { entryPoint }]) => entryPoint !== undefined && path.resolve(root, entryPoint) === file) ?? [];
      return [name, eagerOf(metafile.outputs, output).reduce((sum, [, { bytes }]) => sum + bytes, 0)];
    }),
  );
}

async function sizeAlone(file: string): Promise<number> {
  const bundled = await keptBundle({ ...bundling, file });
  if ("refusal" in bundled) throw new Error(bundled.refusal);
  return sizeOf(bundled, []).eagerBytes;
}

test.each(all)(
  "$name is read at once within its budget",
  async ({ name, kind, file }) => {
    const { eagerBytes: budget } = startBudgets[kind];
    const shared = together.get(name) ?? 0;
    // Or nothing was measured.
    expect(shared).toBeGreaterThan(2_000);
    expect(shared <= budget ? shared : await sizeAlone(file)).toBeLessThanOrEqual(budget);
  },
  60_000,
);

test.each(["@opensearch-project/opensearch", "@aws-sdk/client-s3"])(
  "an entry that imports %s statically is over the budget",
  async (heavy) => {
    const planted = path.join(out, `${path.basename(heavy)}.ts`);
    const { source } = entryOf("http", "swipes");
    writeFileSync(planted, `import * as heavy from "${heavy}";\n${source}\nexport const planted = heavy;\n`);
    expect(await sizeAlone(planted)).toBeGreaterThan(startBudgets.http.eagerBytes);
  },
  60_000,
);
