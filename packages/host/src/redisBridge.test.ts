import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBridgeConfiguration } from "./redisBridgeConfiguration.ts";

const program = fileURLToPath(new URL("redisBridge.ts", import.meta.url));
const token = "a-token-of-some-length";
const answerMs = 400;

// As much of Redis as the test asks for, and slow, so that something is under way when the signal comes.
const redis = net.createServer((socket) => {
  socket.on("error", () => {});
  socket.on(
    "data",
    (data) => void setTimeout(() => socket.write(String(data).includes("PING") ? "+PONG\r\n" : "$5\r\nvalue\r\n"), answerMs),
  );
});
let redisUrl = "";
beforeAll(async () => {
  redis.listen(0, "127.0.0.1");
  await once(redis, "listening");
  redisUrl = `redis://127.0.0.1:${(redis.address() as AddressInfo).port}`;
});
afterAll(() => void redis.close());

function run(env: Record<string, string>): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (text += String(data)));
  return { child, output: () => text, ended: once(child, "exit").then(([code]) => code as number | null) };
}

test("the bridge serves a Redis, and on SIGTERM answers what is under way, takes nothing new, and ends", async () => {
  const { child, output, ended } = run({ REDIS_URL: redisUrl, BRIDGE_TOKEN: token, BRIDGE_PORT: "0" });
  await expect.poll(output).toMatch(/listens on http/);
  const url = /http:\S+/.exec(output())![0];
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const get = () => fetch(url, { method: "POST", headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(["GET", "key"]) });

  const underWay = get();
  await new Promise((resolve) => setTimeout(resolve, answerMs / 4));
  child.kill("SIGTERM");
  const answer = await underWay;
  expect(await answer.json()).toEqual({ result: "value" });
  expect(await ended).toBe(0);
  await expect(get()).rejects.toThrow("fetch failed");
});

test("wrong settings end the bridge with one line that names each of them, and quotes none", async () => {
  const { output, ended } = run({ REDIS_URL: "http://user:hunter2@redis", BRIDGE_TOKEN: "short", BRIDGE_PORT: "many" });
  expect(await ended).toBe(1);
  const line = output().trim();
  expect(line.split("\n")).toHaveLength(1);
  for (const name of ["REDIS_URL", "BRIDGE_TOKEN", "BRIDGE_PORT"]) expect(line).toContain(name);
  expect(line).not.toMatch(/hunter2|short/);
});

test("a port that is taken is said in one line", async () => {
  const { port } = redis.address() as AddressInfo;
  const { output, ended } = run({ REDIS_URL: redisUrl, BRIDGE_TOKEN: token, BRIDGE_PORT: String(port) });
  expect(await ended).toBe(1);
  expect(output().trim()).toMatch(/^The Redis bridge could not start: .*EADDRINUSE.*$/);
});

test("the address of Redis may hold a password, or name a socket", () => {
  const read = (REDIS_URL: string) => readBridgeConfiguration({ REDIS_URL, BRIDGE_TOKEN: token }).redis;
  expect(read("redis://:p%40ss@redis.local:6380")).toEqual({ at: { host: "redis.local", port: 6380 }, password: "p@ss", timeoutMs: 2000 });
  expect(read("redis://[::1]")).toEqual({ at: { host: "::1", port: 6379 }, timeoutMs: 2000 });
  expect(read("unix:///run/redis.sock")).toEqual({ at: { path: "/run/redis.sock" }, timeoutMs: 2000 });
  expect(readBridgeConfiguration({ REDIS_URL: "redis://r", BRIDGE_TOKEN: token })).toMatchObject({ host: "127.0.0.1", port: 8079 });
});
