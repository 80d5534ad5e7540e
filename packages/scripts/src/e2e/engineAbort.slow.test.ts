import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { type ChildHost, startHost } from "./childHost.ts";
import { jsonCall } from "./rawCall.ts";

const dataDir = mkdtempSync(path.join(tmpdir(), "pendo-abort-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
const patience = { timeout: 30_000, interval: 100 };

/** The engine's process of a host; undefined where there is none. */
async function engineOf({ child }: ChildHost): Promise<number | undefined> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,args="]);
  const processes = stdout.split("\n").map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line));
  const engine = processes.find((one) => one?.[2] === String(child.pid) && one[3]?.includes("engineProcess"));
  return engine ? Number(engine[1]) : undefined;
}

/** The engine's process, once it is another one than the last. */
async function nextEngineOf(host: ChildHost, last: number): Promise<number> {
  let engine: number | undefined;
  await expect.poll(async () => (engine = await engineOf(host)) ?? last, patience).not.toBe(last);
  return engine ?? last;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("an engine that aborts, faults or is killed ends alone: the host answers and starts another", async () => {
  const host = await startHost({ PENDO_DATA: dataDir, PORT: "0" });
  try {
    let engine = 0;
    for (const signal of ["SIGABRT", "SIGSEGV", "SIGKILL"] as const) {
      engine = await nextEngineOf(host, engine);
      process.kill(engine, signal);
      await expect.poll(() => lives(engine), patience).toBe(false);

      const { status } = await jsonCall(host.url, "GET /healthz");
      expect([signal, status, host.child.exitCode, host.child.signalCode]).toEqual([signal, 200, null, null]);
    }
    await nextEngineOf(host, engine);
  } finally {
    await host.kill("SIGKILL");
  }
});

test("a killed host leaves no engine behind", async () => {
  const host = await startHost({ PENDO_DATA: dataDir, PORT: "0" });
  const engine = await nextEngineOf(host, 0);

  expect(await host.kill("SIGKILL")).toMatchObject({ signal: "SIGKILL" });

  await expect.poll(() => lives(engine), patience).toBe(false);
});

test("a killed host leaves no engine behind that computes without a pause", async () => {
  const spins = `import { isMainThread } from "node:worker_threads";
    if (isMainThread && process.argv[1].includes("engineProcess")) setInterval(() => {
      if (process.listenerCount("disconnect") === 0) return;
      process.stderr.write("the engine spins\\n");
      for (;;);
    }, 10);`;
  const options = `--import=data:text/javascript;base64,${Buffer.from(spins).toString("base64")}`;
  const host = await startHost({ PENDO_DATA: dataDir, PORT: "0", NODE_OPTIONS: options });
  let said = "";
  host.child.stderr?.on("data", (text: string) => void (said += text));
  const engine = await nextEngineOf(host, 0);
  await expect.poll(() => said, patience).toContain("the engine spins");

  try {
    await host.kill("SIGKILL");

    await expect.poll(() => lives(engine), { timeout: 10_000, interval: 100 }).toBe(false);
  } finally {
    if (lives(engine)) process.kill(engine, "SIGKILL");
  }
});
