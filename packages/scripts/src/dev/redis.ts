import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { respClient, type RespOptions } from "@pendo/local/cache/respConnection";

export interface Redis {
  readonly at: RespOptions["at"];
  stop(): Promise<void>;
}

const ATTEMPTS_MAX = 200;
const ATTEMPT_EVERY_MS = 25;

/** Starts a Redis on a Unix socket of its own, without a disk: what is in the cache may vanish. Answers null where none is installed. */
export async function startRedis(searchPath = process.env["PATH"] ?? ""): Promise<Redis | null> {
  const program = ["redis-server", "valkey-server"].map((name) => onPath(name, searchPath)).find((found) => found !== undefined);
  if (program === undefined || process.platform === "win32") return null;
  const directory = mkdtempSync(path.join(tmpdir(), "pendo-redis-"));
  const socket = path.join(directory, "redis.sock");
  const settings = [
    "--port",
    "0",
    "--unixsocket",
    socket,
    "--unixsocketperm",
    "700",
    "--dir",
    directory,
    "--save",
    "",
    "--appendonly",
    "no",
  ];
  // The shell ends Redis when its input closes, so a developer's session that is killed leaves no server behind.
  const child = spawn("/bin/sh", ["-c", '"$@" >/dev/null & cat; kill $!; wait $!', "sh", program, ...settings, "--maxmemory", "128mb"], {
    stdio: ["pipe", "ignore", "ignore"],
    // A Ctrl-C in the terminal reaches us alone.
    detached: true,
  });
  const gone = once(child, "exit");
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await gone;
    rmSync(directory, { recursive: true, force: true });
  };
  const at = { path: socket };
  const client = respClient({ at });
  const isUp = (): Promise<boolean> =>
    client.send([["PING"]]).then(
      () => true,
      () => false,
    );
  for (let attempt = 1; !(await isUp()); attempt += 1) {
    if (attempt === ATTEMPTS_MAX) {
      client.close();
      await stop();
      throw new Error(`${program} did not start.`);
    }
    await sleep(ATTEMPT_EVERY_MS);
  }
  client.close();
  return { at, stop };
}

function onPath(name: string, searchPath: string): string | undefined {
  return searchPath
    .split(path.delimiter)
    .map((directory) => path.join(directory, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
