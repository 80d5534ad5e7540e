import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { root } from "../faults/faults.ts";

const REDOCLY = "2.77.0";
const ASYNCAPI_PARSER = "3.6.6";
const MS_MAX = 300_000;
const run = promisify(execFile);

export interface Judges {
  readonly redocly: string;
  readonly asyncApiParser: string;
}

/** Installs the judges below `.cache/`, once. They are not among the dependencies, because only this command needs their 60 MB. */
export async function install(): Promise<Judges> {
  const directory = path.join(root, ".cache", `api-lint-${REDOCLY}-${ASYNCAPI_PARSER}`);
  const at = (name: string): string => path.join(directory, "node_modules", name);
  const judges = { redocly: at("@redocly/cli/bin/cli.js"), asyncApiParser: at("@asyncapi/parser") };
  if (existsSync(judges.redocly) && existsSync(judges.asyncApiParser)) return judges;
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, "package.json"), "{}");
  const packages = [`@redocly/cli@${REDOCLY}`, `@asyncapi/parser@${ASYNCAPI_PARSER}`];
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", "--loglevel=error"];
  await run("npm", ["install", ...options, ...packages], { cwd: directory, timeout: MS_MAX });
  return judges;
}

interface RedoclyReport {
  readonly problems: readonly { readonly severity: string; readonly ruleId: string; readonly message: string }[];
}

/** The errors that Redocly finds with its recommended rules. */
export async function openApiFindings({ redocly }: Judges, file: string): Promise<string[]> {
  const environment = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const options = { env: environment, timeout: MS_MAX, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run(process.execPath, [redocly, "lint", file, "--format=json"], options).catch((error: unknown) => {
    // It ends with 1 where it found errors, and prints them all the same.
    if (typeof error === "object" && error !== null && "stdout" in error && error.stdout !== "") return { stdout: String(error.stdout) };
    throw error;
  });
  const { problems } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as RedoclyReport;
  return problems.filter(({ severity }) => severity === "error").map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

interface Parser {
  parse(text: string): Promise<{
    readonly diagnostics: readonly { readonly severity: number; readonly code: string | number; readonly message: string }[];
  }>;
}

/** The errors that the parser of the AsyncAPI Initiative finds. */
export async function asyncApiFindings({ asyncApiParser }: Judges, file: string): Promise<string[]> {
  const { Parser } = createRequire(import.meta.url)(asyncApiParser) as { readonly Parser: new () => Parser };
  const { diagnostics } = await new Parser().parse(readFileSync(file, "utf8"));
  return diagnostics.filter(({ severity }) => severity === 0).map(({ code, message }) => `${code}: ${message}`);
}
