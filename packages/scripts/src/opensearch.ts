// Starts a real OpenSearch for tests and development, by Docker or else from Maven Central.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { type Origin, startNode } from "./openSearch/node.ts";
import { ArgumentError, commandLine } from "../../../scripts/commandLine.mjs";

const opensearch = {
  name: "opensearch",
  about: "Starts a real OpenSearch, prints its OPENSEARCH_URL, and runs until Ctrl-C. It takes Docker, or else Java 17 and Maven.",
  options: {
    command: { type: "string", value: "COMMAND", says: "runs this command with OPENSEARCH_URL set, and ends as it ended" },
    from: { type: "string", value: "ORIGIN", says: "docker or maven, whichever else is there" },
  },
  examples: ['npm run opensearch -- --command "npm test"'],
} as const;
const { command, from } = commandLine(opensearch, (values) => {
  const place = values.from;
  if (place !== undefined && place !== "docker" && place !== "maven") throw new ArgumentError(`--from is docker or maven, not "${place}".`);
  return { command: values.command, from: place as Origin | undefined };
});

// A signal ends the wait, and with it the node; nothing is left running. While it starts, a signal simply ends this process: the
// node notices that its input is closed.
const since = performance.now();
const node = await startNode(from);
const signalled = new Promise<NodeJS.Signals>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve(signal));
});
console.error(`OpenSearch answers after ${((performance.now() - since) / 1000).toFixed(1)} s (${node.origin})`);
console.log(`OPENSEARCH_URL=${node.url}`);

process.exitCode = command === undefined ? await untilStopped() : await runCommand(command);
await node.stop();
process.exit();

async function untilStopped(): Promise<number> {
  return Promise.race([signalled.then(() => 0), node.ended.then(() => 1)]);
}

async function runCommand(command: string): Promise<number> {
  const child = spawn(command, { shell: true, stdio: "inherit", env: { ...process.env, OPENSEARCH_URL: node.url } });
  void signalled.then((signal) => child.kill(signal));
  return new Promise((resolve) => {
    child.once("error", () => resolve(127));
    child.once("exit", (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)));
  });
}
