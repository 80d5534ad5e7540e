import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { root } from "../faults/faults.ts";
import { bringJars, fileOf, generator, type Jar, kotlinCompiler, kotlinLibraries, kotlinPlugin } from "./jars.ts";
import type { LanguageName } from "./languages.ts";

const MS_MAX = 300_000;
const run = promisify(execFile);

/** What a generated Python client needs, within the bounds of its `requirements.txt`, and what checks its types. */
const pythonPackages = ["mypy==2.4.1", "pydantic==2.14.3", "python-dateutil==2.9.0.post0", "typing-extensions==4.16.0", "urllib3==2.8.0"];

/** The programs and files that generate, compile and run the clients. */
export interface Tools {
  readonly generator: string;
  readonly python: string;
  readonly kotlinCompiler: readonly string[];
  readonly kotlinPlugin: string;
  readonly kotlinLibraries: readonly string[];
}

/** Installs what these languages need below `.cache/`, once. Throws where that is impossible. */
export async function install(languages: readonly LanguageName[]): Promise<Tools> {
  const cache = path.join(root, ".cache", "generated-clients");
  const jars = path.join(cache, "jars");
  await run("java", ["-version"], { timeout: MS_MAX });
  const kotlin = languages.includes("kotlin") ? [...kotlinCompiler, kotlinPlugin, ...kotlinLibraries] : [];
  await bringJars(jars, [...new Set([generator, ...kotlin])]);
  const at = (jar: Jar): string => fileOf(jars, jar);
  return {
    generator: at(generator),
    python: languages.includes("python") ? await pythonEnvironment(cache) : "python3",
    kotlinCompiler: kotlinCompiler.map(at),
    kotlinPlugin: at(kotlinPlugin),
    kotlinLibraries: kotlinLibraries.map(at),
  };
}

async function pythonEnvironment(cache: string): Promise<string> {
  const versions = createHash("sha256").update(pythonPackages.join(" ")).digest("hex").slice(0, 12);
  const environment = path.join(cache, `python-${versions}`);
  const python = path.join(environment, "bin", "python");
  // Written last, so that an installation that failed halfway begins again.
  const done = path.join(environment, "installed");
  if (existsSync(done)) return python;
  await run("python3", ["-m", "venv", "--clear", environment], { timeout: MS_MAX });
  await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...pythonPackages], { timeout: MS_MAX });
  await writeFile(done, "");
  return python;
}
