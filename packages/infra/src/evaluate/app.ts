import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { buildProgram } from "./build.ts";
import { platform, work } from "./places.ts";

export interface Provider {
  readonly version?: string;
  readonly package?: string;
  readonly region?: string;
  readonly [option: string]: unknown;
}

/** What app() answers, completed as SST completes it. */
export interface App {
  readonly name: string;
  readonly stage: string;
  readonly home: string;
  readonly removal: string;
  readonly protect: boolean;
  readonly providers: Readonly<Record<string, Provider>>;
}

type Given = Partial<Omit<App, "providers">> & { readonly name: string; readonly providers?: Record<string, string | Provider | boolean> };

/** A package of a provider, and the global that it is known by. */
export interface InstalledProvider {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  readonly alias: string;
}

/** Asks the configuration what it is: its name, its providers, and what is kept when it goes (pkg/project/project.go). */
export async function loadApp(config: string, stage: string): Promise<App> {
  const outfile = path.join(platform, `sst.config.app.${process.pid}.mjs`);
  try {
    await buildProgram({
      code: `export { default } from ${JSON.stringify(config)};`,
      config,
      outfile,
      banner: "function $config(input) { return input; }",
    });
    const { default: loaded } = (await import(pathToFileURL(outfile).href)) as { default: { app(input: object): Promise<Given> | Given } };
    return completed(await loaded.app({ stage }), stage);
  } finally {
    for (const file of [outfile, `${outfile}.map`]) rmSync(file, { force: true });
  }
}

function completed(given: Given, stage: string): App {
  const home = given.home ?? "aws";
  const providers: Record<string, Provider> = {};
  for (const [name, provider] of Object.entries(given.providers ?? {}))
    providers[name] = typeof provider === "string" ? { version: provider } : typeof provider === "boolean" ? {} : provider;
  if (home !== "local") providers[home] ??= {};
  if (providers["aws"]) {
    const { defaultTags, region = "us-east-1" } = providers["aws"] as { defaultTags?: { tags?: object }; region?: string };
    const tags = { ...defaultTags?.tags, "sst:app": given.name, "sst:stage": stage };
    providers["aws"] = { ...providers["aws"], region, defaultTags: { ...defaultTags, tags } };
  }
  return { ...given, home, stage, removal: given.removal ?? "retain", protect: given.protect ?? false, providers };
}

/** The installed packages of the providers. Throws when the configuration asks for one that is not there. */
export function installedProviders({ providers }: App): InstalledProvider[] {
  const installed = JSON.parse(readFileSync(path.join(work, "provider-lock.json"), "utf8")) as InstalledProvider[];
  for (const [name, { version }] of Object.entries(providers)) {
    const found = installed.find((provider) => provider.name === name);
    if (!found || (version !== undefined && version !== found.version))
      throw new Error(`The provider ${name}${version === undefined ? "" : `@${version}`} is not installed; sst.config.ts must list it.`);
  }
  return installed;
}
