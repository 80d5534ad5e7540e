import { spawn } from "node:child_process";
import { once } from "node:events";
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
  // The shell waits on its input and ends Redis when that closes, so a test process that is killed leaves no server behind.
  const script = '"$@" >/dev/null & echo $!; cat; kill -9 $!; wait $! 2>/dev/null';
  const server = spawn("/bin/sh", ["-c", script, "sh", binary, ...settings, ...args], { stdio: ["pipe", "pipe", "ignore"] });
  const gone = once(server, "exit");
  const [pid] = (await once(server.stdout, "data")) as [Buffer];
  const stop = async (): Promise<void> => {
    server.stdin.end();
    await gone;
    rmSync(directory, { recursive: true, force: true });
  };
  const at = { path: socket };
  const client = respClient({ at });
  const answers = (): Promise<boolean> => client.send([["PING"]]).then(always(true), always(false));
  for (let attempt = 0; !(await answers()); attempt += 1) {
    if (attempt > 400) {
      await stop();
      throw new Error(`${binary} did not start.`);
    }
    await sleep(25);
  }
  client.close();
  return { at, pid: Number(pid.toString()), stop };
}

function always(answer: boolean): () => boolean {
  return () => answer;
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
