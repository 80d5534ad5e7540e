import path from "node:path";
import type { Built, FunctionBuild, Resource } from "../evaluated.ts";
import { type Bundle, namedIn, sizeOf } from "./bundle.ts";
import { start } from "./start.ts";
import type { Turns } from "./turns.ts";

interface Starting {
  readonly functions: readonly FunctionBuild[];
  /** Bundles by the function's component. */
  readonly bundles: ReadonlyMap<string, Bundle>;
  readonly resources: readonly Resource[];
  /** Where a function stands that has no resource. */
  readonly region: string;
  readonly turns: Turns;
  /** Hears of those that do not start. */
  fail(error: Error): void;
}

/** Starts every bundle with its links and its environment, and adds what was found out to the functions. */
export function startAll(starting: Starting): Promise<FunctionBuild[]> {
  const { functions, bundles, turns } = starting;
  return Promise.all(
    functions.map(async (asked) => {
      const bundled = bundles.get(asked.functionID);
      return bundled ? { ...asked, built: await turns(() => startOne(asked, bundled, starting)) } : asked;
    }),
  );
}

async function startOne({ functionID, handler, links }: FunctionBuild, bundled: Bundle, starting: Starting): Promise<Built> {
  const lambda = starting.resources.find(({ type, name }) => type === "aws:lambda/function:Function" && name === `${functionID}Function`);
  const environment = environmentOf(lambda);
  const { refusal, loaded, uses } = await start({
    entry: path.join(bundled.out, "bundle.mjs"),
    exported: handler.slice(handler.lastIndexOf(".") + 1),
    links,
    environment,
    region: lambda?.region ?? starting.region,
  });
  if (refusal !== undefined) starting.fail(new Error(`Function ${functionID} does not start: ${refusal}`));
  const unread = Object.keys(links).filter((name) => !uses.includes(name));
  const names = namedIn(bundled, unread, environment["PENDO_LINK_PREFIX"] ?? "");
  return { ...sizeOf(bundled, loaded), uses, names, warnings: bundled.warnings };
}

/** What the function finds in its environment, but for the file of links that only a deployment has. */
function environmentOf(lambda: Resource | undefined): Record<string, string> {
  const { variables = {} } = (lambda?.inputs["environment"] ?? {}) as { variables?: Record<string, string> };
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith("SST_KEY")));
}
