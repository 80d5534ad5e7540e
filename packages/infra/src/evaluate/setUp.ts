import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { platformModules, root, sstHome, work } from "./places.ts";

/** SST's platform could not be installed. The message says what to do. */
export class SetUpError extends Error {
  override readonly name = "SetUpError";
}

const timeoutSec = 600;
const keyFile = path.join(work, "platform.key");
const lockFile = path.join(work, "platform.lock");
/** Is there while an installation runs, and after one that was interrupted. */
const installing = "platform.installing";

/**
 * Installs SST's platform, about 330 MB of npm packages, unless it is there for this version of SST and these providers. Several processes may
 * ask at once: one installs. Throws `SetUpError`.
 */
export async function setUp(say: (line: string) => void): Promise<void> {
  const key = await platformKey();
  if (isInstalled(key)) return;
  mkdirSync(work, { recursive: true });
  await locked(say, async () => {
    if (isInstalled(key)) return;
    clearInterrupted(work, say);
    writeFileSync(path.join(work, installing), "");
    await install(say);
    writeFileSync(keyFile, key);
    rmSync(path.join(work, installing));
  });
}

/** Removes what an interrupted installation left: SST takes half a platform for a whole one. */
export function clearInterrupted(directory: string, say: (line: string) => void): void {
  if (!existsSync(path.join(directory, installing))) return;
  say("The last installation of SST's platform did not finish; it begins again.");
  for (const name of ["platform", "platform.key", "provider-lock.json"])
    rmSync(path.join(directory, name), { recursive: true, force: true });
}

/** What decides the platform: SST's version, and the providers that the configuration asks for. */
async function platformKey(): Promise<string> {
  const { version } = JSON.parse(readFileSync(path.join(root, "node_modules/sst/package.json"), "utf8")) as { version: string };
  return JSON.stringify([version, await providers()]);
}

/** The providers' packages and versions. What they are configured with (regions, tags) changes nothing of what is installed. */
async function providers(): Promise<unknown[]> {
  const globals = globalThis as { $config?: (config: unknown) => unknown };
  globals.$config = (config) => config;
  try {
    const { default: config } = (await import(pathToFileURL(path.join(root, "sst.config.ts")).href)) as { default: Configuration };
    const { providers = {} } = await config.app({ stage: "setup" });
    return Object.entries(providers).map(([name, of]) => (typeof of === "string" ? [name, of] : [name, of.package, of.version]));
  } catch {
    // The evaluation says what is wrong with the configuration, better than could be said here.
    return [];
  } finally {
    delete globals.$config;
  }
}

interface Configuration {
  app(input: { stage: string }): Promise<App> | App;
}

interface App {
  readonly providers?: Readonly<Record<string, string | { readonly package?: string; readonly version?: string }>>;
}

function isInstalled(key: string): boolean {
  const there = ["provider-lock.json", "platform/config.d.ts", "platform/node_modules/@pulumi/pulumi"];
  if (existsSync(path.join(work, installing))) return false;
  return there.every((name) => existsSync(path.join(work, name))) && existsSync(keyFile) && readFileSync(keyFile, "utf8") === key;
}

async function install(say: (line: string) => void): Promise<void> {
  say("Installing SST's platform into .sst/platform (330 MB from the npm registry, about half a minute, once) …");
  const startedMs = performance.now();
  const seconds = (): number => Math.round((performance.now() - startedMs) / 1000);
  const progress = setInterval(() => say(`  … ${seconds()} s`), 10_000);
  try {
    const { code, output } = await sst(["install", "--stage", "setup", "--print-logs"]);
    if (code !== 0 || !existsSync(platformModules)) throw new SetUpError(unusable(output));
    say(`SST's platform is there (${seconds()} s).`);
  } finally {
    clearInterval(progress);
  }
}

function unusable(output: string): string {
  // SST quotes npm's lines within one of its own.
  const lines = output
    .replaceAll("\\n", "\n")
    .split("\n")
    .map((line) => line.replace(/^npm error /, "").trim());
  const unreachable = lines.findLast(
    (line) =>
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|no such host|connection refused/.test(line) && !/^(code|errno)\b/.test(line),
  );
  if (unreachable !== undefined)
    return `SST's platform cannot be installed, because the npm registry does not answer (${unreachable}). Nothing of the AWS side is checked without it.`;
  const reason =
    lines.findLast((line) => /level=ERROR|error/i.test(line) && !line.includes("--print-logs")) ?? lines.findLast((line) => line !== "");
  return `SST's platform cannot be installed: ${reason ?? "SST ended without a word"}`;
}

function sst(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [path.join(root, "node_modules/sst/bin/sst.mjs"), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutSec * 1000,
    env: {
      ...process.env,
      NO_COLOR: "1",
      // Nothing outside the repository is written, no other package manager is looked for, and nobody is told.
      XDG_CONFIG_HOME: sstHome,
      SST_SKIP_DEPENDENCY_CHECK: "1",
      SST_NO_BUN: "1",
      SST_TELEMETRY_DISABLED: "1",
      // `npm run --silent` would silence this npm too, which then could not say what is wrong.
      npm_config_loglevel: "error",
      // A registry that does not answer is found out within a minute; npm would try for several.
      npm_config_fetch_retries: "1",
      npm_config_fetch_retry_mintimeout: "1000",
      npm_config_fetch_retry_maxtimeout: "3000",
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new SetUpError(`SST does not start: ${error.message}`)));
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** Runs `work` while no other process does. The owner touches the lock; one that nobody touched for a while was left by a process that died. */
async function locked(say: (line: string) => void, task: () => Promise<void>): Promise<void> {
  const staleMs = 15_000;
  for (let waited = false; ; waited = true) {
    try {
      closeSync(openSync(lockFile, "wx"));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (!waited) say("Another process installs SST's platform; waiting for it …");
    await sleep(500);
    const touchedMs = statSync(lockFile, { throwIfNoEntry: false })?.mtimeMs;
    if (touchedMs !== undefined && Date.now() - touchedMs > staleMs) rmSync(lockFile, { force: true });
  }
  const touch = setInterval(() => utimesSync(lockFile, new Date(), new Date()), 2_000);
  try {
    await task();
  } finally {
    clearInterval(touch);
    rmSync(lockFile, { force: true });
  }
}
