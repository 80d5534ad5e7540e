// Holds the running host against its OpenAPI document, with the requests that schemathesis makes up (https://schemathesis.readthedocs.io).
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startOneMachine } from "@pendo/host/oneMachine";
import { plantPeople } from "./e2e/planted.ts";
import { install } from "./schemathesis/install.ts";
import { manyCallers } from "./schemathesis/manyCallers.ts";
import { commandLine } from "../../../scripts/commandLine.mjs";

const MAX_SEC = 200;
const USERS = 60;
const EXAMPLES_PER_ROUTE = 12;
/** Stands for the token of one of the users. */
const TOKEN = "token-of-any-user";

// Not `positive_data_acceptance`: that a profile exists, or that a second day is after the first, is not said by a schema.
const checks = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "negative_data_rejection",
  "unsupported_method",
  "allow_header_conformance",
  "ignored_auth",
].join(",");

const agreement = {
  name: "schemathesis",
  about: `Compares a running host with its OpenAPI document, with generated requests, for at most ${MAX_SEC} s. It needs Python 3 with venv and pip, and ends with 3 where schemathesis cannot be installed.`,
  options: { seed: { type: "string", value: "N", says: "the seed of the requests; without it, a random one, which it prints" } },
} as const;
const seed = commandLine(agreement, (values) => values.seed ?? String(Math.floor(Math.random() * 2 ** 31)));
const command = await install().catch((error: unknown) => {
  process.stderr.write(`schemathesis cannot be installed: ${String(error)}\n`);
  process.exit(3);
});

const dataDir = await mkdtemp(path.join(tmpdir(), "pendo-schemathesis-"));
const said: string[] = [];
const write = (line: string): void => void said.push(line);
const host = await startOneMachine({ dataDir, port: 0, host: "127.0.0.1", logLevel: "errors", mode: "test", write });
const { url, socketUrl, db, clock } = host;
const place = { dataDir, url, socketUrl, db, clock };
const users = await plantPeople(place, USERS);
const callers = await manyCallers({ place, users, standsFor: TOKEN });

const status = await hold(callers.url);
await callers.stop();
await host.stop();
await rm(dataDir, { recursive: true, force: true });
// A bug is a failure also where the answer to it is documented.
for (const line of said) process.stderr.write(`${line}\n`);
process.exit(status === 0 && said.length > 0 ? 1 : status);

async function hold(at: string): Promise<number> {
  const bounds = ["--phases", "coverage,fuzzing", "--max-examples", String(EXAMPLES_PER_ROUTE), "--max-time", String(MAX_SEC)];
  const output = ["--no-shrink", "--continue-on-failure", "--no-color", "--warnings", "off"];
  const args = ["run", `${at}/openapi.json`, "--url", at, "--header", `Authorization: Bearer ${TOKEN}`, "--seed", seed, "--checks", checks];
  const child = spawn(command, [...args, ...bounds, ...output], { stdio: "inherit", cwd: dataDir });
  return await new Promise((resolve) => {
    child.on("error", () => resolve(127));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
