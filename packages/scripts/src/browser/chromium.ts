import { accessSync, constants } from "node:fs";
import path from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** The browser that CHROMIUM names, or else the first Chromium of the PATH. Undefined where there is none. */
export function findChromium(environment: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const { CHROMIUM: named, PATH: searchPath = "" } = environment;
  if (named) return isProgram(named) ? named : undefined;
  const directories = searchPath.split(path.delimiter).filter((directory) => directory !== "");
  return names.flatMap((name) => directories.map((directory) => path.join(directory, name))).find(isProgram);
}

/** What a run says about tests that need Chromium, where there is none. */
export function withoutChromium(tests: string, { CHROMIUM: named }: Readonly<Record<string, string | undefined>> = process.env): string {
  const reason = named ? `CHROMIUM names no program: ${named}` : `${names.join(", ")} not found`;
  return `\n!!! ${reason}: ${tests} did NOT run in a browser. Install chromium, or set CHROMIUM to its path. !!!\n\n`;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
