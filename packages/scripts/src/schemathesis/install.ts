import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { root } from "../faults/faults.ts";

const VERSION = "4.32.5";
const INSTALL_MS_MAX = 300_000;
const run = promisify(execFile);

/** Installs schemathesis into a Python environment of its own below `.cache/`, once, and returns its command. Throws where that is impossible. */
export async function install(): Promise<string> {
  const environment = path.join(root, ".cache", `schemathesis-${VERSION}`);
  const [pip, command] = ["pip", "schemathesis"].map((name) => path.join(environment, "bin", name)) as [string, string];
  if (existsSync(command)) return command;
  await run("python3", ["-m", "venv", environment], { timeout: INSTALL_MS_MAX });
  await run(pip, ["install", "--quiet", "--disable-pip-version-check", `schemathesis==${VERSION}`], { timeout: INSTALL_MS_MAX });
  return command;
}
