import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Fault } from "../../fault.ts";
import { systemClock } from "../clock/clock.ts";
import type { Cache } from "./cache.ts";
import { upstashCache } from "./upstash.ts";

const servers: http.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Handler = (request: http.IncomingMessage, response: http.ServerResponse, nth: number) => void;

async function against(handler: Handler, timeoutMs = 2000): Promise<{ cache: Cache; requests: () => number }> {
  let requests = 0;
  const server = http.createServer((request, response) => {
    request.resume().on("end", () => handler(request, response, (requests += 1)));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const cache = upstashCache({ url: `http://127.0.0.1:${port}`, token: "secret", clock: systemClock, timeoutMs });
  return { cache, requests: () => requests };
}

const calls: Record<keyof Cache, (cache: Cache) => Promise<unknown>> = {
  get: (cache) => cache.get("code:1"),
  set: (cache) => cache.set("code:1", "canary", 60),
  mark: (cache) => cache.mark("code:1", "canary", 60),
  keep: (cache) => cache.keep("code:1", "canary", 60),
  claim: (cache) => cache.claim("code:1", "canary", 60),
  take: (cache) => cache.take("code:1"),
  remove: (cache) => cache.remove("code:1"),
  getMany: (cache) => cache.getMany(["code:1"]),
  hit: (cache) => cache.hit("code:1", 1, 60),
  ping: (cache) => cache.ping(),
};

async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const thrown: unknown = await call.then(
    () => expect.unreachable("the call should have failed"),
    (reason: unknown) => reason,
  );
  expect(thrown).toBeInstanceOf(Fault);
  expect((thrown as Fault).code).toBe("store.unavailable");
  return thrown as Fault;
}

test("every call to a store that answers 500 throws store.unavailable, and quotes neither keys nor values", async () => {
  const { cache } = await against((_, response) => void response.writeHead(500).end('{"error":"ERR broken"}'));
  for (const call of Object.values(calls)) {
    const fault = await faultOf(call(cache));
    expect(String(fault.cause)).toContain("ERR broken");
    expect(String(fault.cause)).not.toMatch(/code:1|canary/);
  }
});

test("every call to a store that answers with no JSON, or one error per command, throws store.unavailable", async () => {
  const html = await against((_, response) => void response.writeHead(502).end("<html>code:1</html>"));
  const errors = await against((_, response) => void response.end('[{"error":"ERR max daily request limit exceeded"}]'));
  for (const call of Object.values(calls)) {
    expect(String((await faultOf(call(html.cache))).cause)).toBe("Error: Redis: the answer is not JSON");
    expect(String((await faultOf(call(errors.cache))).cause)).toContain("max daily request limit");
  }
});

test("every call to nobody throws store.unavailable", async () => {
  const cache = upstashCache({ url: "http://127.0.0.1:1", token: "secret", clock: systemClock });
  for (const call of Object.values(calls)) expect((await faultOf(call(cache))).code).toBe("store.unavailable");
});

test("a call ends at its time limit, asked once, when the store is silent or stops halfway", async () => {
  const silent = await against(() => undefined, 150);
  const halfway = await against((_, response) => void response.write('[{"result":'), 150);
  for (const { cache, requests } of [silent, halfway]) {
    // Without the limit they would never end.
    await Promise.all(Object.values(calls).map((call) => faultOf(call(cache))));
    expect(requests()).toBeLessThanOrEqual(2); // one pipeline of reads, one of writes
  }
});

test("a lost connection is tried again once for calls that may run twice, and never for the others", async () => {
  const repeatable = new Set<keyof Cache>(["get", "set", "mark", "keep", "remove", "getMany", "ping"]);
  for (const [name, call] of Object.entries(calls) as [keyof Cache, (cache: Cache) => Promise<unknown>][]) {
    const { cache, requests } = await against((request) => void request.socket.destroy());
    await faultOf(call(cache));
    expect([name, requests()]).toEqual([name, repeatable.has(name) ? 2 : 1]);
  }
});

test("a read survives one lost connection", async () => {
  const { cache } = await against((request, response, nth) => {
    if (nth === 1) request.socket.destroy();
    else response.end('[{"result":"here"}]');
  });
  expect(await cache.get("key")).toBe("here");
});

test("calls made together share one request for reads and one for writes", async () => {
  const { cache, requests } = await against((_, response) => {
    response.end(JSON.stringify(Array.from({ length: 50 }, () => ({ result: "x" }))));
  });
  await Promise.all(Array.from({ length: 50 }, (_, index) => cache.get(`key${index}`)));
  expect(requests()).toBe(1);
  await Promise.all(Array.from({ length: 50 }, (_, index) => cache.take(`key${index}`)));
  expect(requests()).toBe(2);
});
