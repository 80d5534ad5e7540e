import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { respClient, type RespOptions } from "./respConnection.ts";

export interface TestRedis {
  readonly at: RespOptions["at"];
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a real Redis of this test's own, on a Unix socket and without a disk. Says so aloud, and answers null, where none is installed. */
export async function testRedis(...args: string[]): Promise<TestRedis | null> {
  const binary = onPath("redis-server") ?? onPath("valkey-server");
  if (!binary) {
    process.stderr.write("\n!!! redis-server not found: these tests did NOT run on a real Redis. Install redis-server. !!!\n\n");
    return null;
  }
  const directory = mkdtempSync(path.join(tmpdir(), "pendo-redis-"));
  const socket = path.join(directory, "redis.sock");
  const settings = ["--port", "0", "--unixsocket", socket, "--dir", directory, "--save", "", "--appendonly", "no"];
  const server = spawn(binary, [...settings, ...args], { stdio: "ignore" });
  const kill = (): void => void server.kill("SIGKILL");
  process.once("exit", kill);
  const at = { path: socket };
  const gone = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const client = respClient({ at });
  for (
    let attempt = 0;
    !(await client.send([["PING"]]).then(
      () => true,
      () => false,
    ));
    attempt += 1
  ) {
    if (attempt > 400 || server.exitCode !== null) throw new Error(`${binary} did not start.`);
    await sleep(25);
  }
  client.close();
  return {
    at,
    pid: server.pid ?? 0,
    stop: async () => {
      process.off("exit", kill);
      kill();
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function onPath(name: string): string | undefined {
  const candidates = (process.env["PATH"] ?? "").split(path.delimiter).map((directory) => path.join(directory, name));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
