import { spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the commands, by its file's name, as npm does, and waits for its end. */
export async function runScript(name: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const file = path.resolve(import.meta.dirname, `../${name}.ts`);
  const { OPENSEARCH_URL: _search, DATABASE_URL: _database, PENDO_DATA: _data, ...inherited } = process.env;
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...inherited, ...environment } });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, stdout, stderr };
}
