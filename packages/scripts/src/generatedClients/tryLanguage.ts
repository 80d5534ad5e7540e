import { execFile } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Command, commandsOf, placeOf, prepare } from "./commands.ts";
import type { Tools } from "./install.ts";
import { generatorArguments, type LanguageName, languageNames, quickJava, warningsOf } from "./languages.ts";
import type { Result, Step } from "./results.ts";
import { portrait } from "../people/portrait.ts";

const COMMAND_MS_MAX = 300_000;
const OUTPUT_CHARACTERS_MAX = 6000;

export interface Attempt {
  readonly language: LanguageName;
  readonly tools: Tools;
  /** The file of the OpenAPI document. */
  readonly document: string;
  /** A temporary directory. */
  readonly directory: string;
  /** The base URL of the host. */
  readonly url: string;
  /** Where a walk reads its sign-in codes. */
  readonly codesUrl: string;
}

/** Generates a client, compiles it and walks the main job with it. It ends at the first step that fails. */
export async function tryLanguage({ language, tools, document, directory, url, codesUrl }: Attempt): Promise<Result> {
  const place = placeOf(directory, language);
  await prepare(language, place);
  await writePhotos(language, place.work);
  const generate = [...quickJava, "-jar", tools.generator, ...generatorArguments(language, document, place.client)];
  const { output, ...generated } = await stepOf({ done: "generated", program: "java", args: generate }, place.work);
  const files = await countFiles(place.client);
  const warnings = warningsOf(output);
  const steps: Step[] = [generated.wrong === undefined && warnings.length > 0 ? { ...generated, wrong: warnings.join("\n") } : generated];
  for (const command of commandsOf(language, tools, place, [url, codesUrl, place.work])) {
    if (generated.wrong !== undefined || (steps.length > 1 && steps.at(-1)?.wrong !== undefined)) break;
    const { output: _output, ...step } = await stepOf(command, place.work);
    steps.push(step);
  }
  return { language, files, steps };
}

async function stepOf({ done, program, args, environment }: Command, cwd: string): Promise<Step & { readonly output: string }> {
  const began = performance.now();
  const options = { cwd, timeout: COMMAND_MS_MAX, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, ...environment } };
  const { failure, output } = await new Promise<{ failure: Error | null; output: string }>((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => resolve({ failure: error, output: `${stdout}${stderr}` }));
  });
  const sec = Math.round((performance.now() - began) / 1000);
  const wrong = output.slice(-OUTPUT_CHARACTERS_MAX) || String(failure?.message);
  return { done, sec, output, ...(failure !== null && { wrong }) };
}

/** A portrait for each of the two users of a walk. Each language has its own, because copies of a picture look suspicious. */
async function writePhotos(language: LanguageName, work: string): Promise<void> {
  const face = 1 + 2 * languageNames.indexOf(language);
  await writeFile(path.join(work, "ann.jpg"), await portrait({ face, gender: "woman", age: 30 }, 0));
  await writeFile(path.join(work, "bob.jpg"), await portrait({ face: face + 1, gender: "man", age: 31 }, 0));
}

async function countFiles(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).length;
}
