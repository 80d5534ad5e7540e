import { Agent, request as httpRequest } from "node:http";
import { setTimeout as after } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { corsRequestHeaders } from "@pendo/contract/cors";
import { expect, test } from "vitest";
import { dial, exchange, gateway } from "./gateway.fixture.ts";

const MB = 1024 * 1024;
const routes = ["GET /v1/things/{id}", "POST /v1/things", "DELETE /v1/things/{id}"];
const ok = async () => ({ statusCode: 200, headers: { "content-type": "application/json" }, body: '{"n":"ä"}' });
const shared = await gateway(routes, ok);
const { port, url } = shared;

test("what is no route answers 404, and another method 405 with those there are, both as problems that other origins may read", async () => {
  const unknown = await fetch(`${url}/v1/nothing`);
  expect(unknown.status).toBe(404);
  expect(unknown.headers.get("content-type")).toBe("application/problem+json");
  expect(unknown.headers.get("access-control-allow-origin")).toBe("*");
  expect(await unknown.json()).toMatchObject({ code: "route.notFound", instance: `urn:request:${unknown.headers.get("x-request-id")}` });
  const wrong = await fetch(`${url}/v1/things/7`, { method: "PATCH" });
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get("allow")?.split(", ").toSorted()).toEqual(["DELETE", "GET", "HEAD"]);
  expect(await wrong.json()).toMatchObject({ code: "route.methodNotAllowed" });
});

test("HEAD answers what GET would, without the body", async () => {
  const head = await fetch(`${url}/v1/things/7`, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(head.headers.get("content-length")).toBe(String(Buffer.byteLength('{"n":"ä"}')));
  expect(await head.text()).toBe("");
  expect(shared.events.at(-1)).toMatchObject({ routeKey: "GET /v1/things/{id}", pathParameters: { id: "7" } });
});

test("what a function hands over as base64 is sent as the bytes it stands for", async () => {
  const body = gzipSync("compressed").toString("base64");
  const { url: at } = await gateway(["GET /v1/x"], async () => ({
    statusCode: 200,
    headers: { "content-type": "text/plain", "content-encoding": "gzip" },
    body,
    isBase64Encoded: true,
  }));

  expect(await (await fetch(`${at}/v1/x`)).text()).toBe("compressed");
});

test("a preflight is allowed for every method and header that the API has", async () => {
  const answer = await fetch(`${url}/v1/things`, {
    method: "OPTIONS",
    headers: { origin: "https://app.example", "access-control-request-method": "POST" },
  });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("access-control-allow-methods")).toBe("GET, POST, PUT, PATCH, DELETE");
  const allowed = answer.headers.get("access-control-allow-headers")?.split(", ");
  expect(allowed).toEqual([...corsRequestHeaders]);
  for (const header of ["authorization", "content-type", "idempotency-key", "if-none-match"]) expect(allowed).toContain(header);
  for (const header of ["x-request-id", "traceparent", "baggage", "sentry-trace"]) expect(allowed).toContain(header);
});

test("204 and 304 come without a length and a body", async () => {
  for (const statusCode of [204, 304]) {
    const { port: at } = await gateway(["DELETE /v1/x"], async () => ({ statusCode, headers: { etag: '"a"' } }));
    const text = await exchange(at, "DELETE /v1/x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    expect(text).toContain(`HTTP/1.1 ${statusCode} `);
    expect(text.toLowerCase()).not.toContain("content-length");
    expect(text.toLowerCase()).not.toContain("transfer-encoding");
  }
});

test("the body arrives whole: in one piece, in chunks, cut through a letter, and empty", async () => {
  const post = "POST /v1/things HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
  await exchange(port, `${post}content-length: 4\r\n\r\nabcd`);
  expect(shared.events.at(-1)?.body).toBe("abcd");
  const { socket, closed } = await dial(port);
  const bytes = Buffer.from("äöü");
  socket.write(`${post}transfer-encoding: chunked\r\n\r\n3\r\n`);
  socket.write(bytes.subarray(0, 3));
  await after(30);
  socket.write(Buffer.concat([Buffer.from("\r\n3\r\n"), bytes.subarray(3), Buffer.from("\r\n0\r\n\r\n")]));
  await closed;
  expect(shared.events.at(-1)?.body).toBe("äöü");
  await exchange(port, `${post}content-length: 0\r\n\r\n`);
  expect(shared.events.at(-1)).not.toHaveProperty("body");
});

test("bytes that are not UTF-8 reach the function as they were sent, in base64", async () => {
  const bytes = Buffer.from('{"name":"Zoë"}', "latin1");

  await fetch(`${url}/v1/things`, { method: "POST", body: bytes });

  expect(shared.events.at(-1)).toMatchObject({ body: bytes.toString("base64"), isBase64Encoded: true });
});

test("a body that is too large answers 413 and ends the connection, told beforehand or found out on the way", async () => {
  const seen = shared.events.length;
  const body = Buffer.alloc(3 * MB, "a");
  for (const headers of [{ "content-length": String(body.length) }, { "transfer-encoding": "chunked" }]) {
    const answer = await new Promise<{ status: number | undefined; text: string; connection: string | undefined }>((resolve, reject) => {
      const sent = httpRequest({ port, host: "127.0.0.1", method: "POST", path: "/v1/things", headers }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += String(chunk)));
        response.on("end", () => resolve({ status: response.statusCode, text, connection: response.headers.connection }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
    expect(answer).toMatchObject({ status: 413, connection: "close" });
    expect(JSON.parse(answer.text)).toMatchObject({ code: "input.tooLarge" });
  }
  const hasty = await exchange(port, `POST /v1/things HTTP/1.1\r\nhost: x\r\ncontent-length: ${99 * MB}\r\n\r\n${"a".repeat(20 * MB)}`);
  expect(hasty).toContain("HTTP/1.1 413 ");
  expect(shared.events).toHaveLength(seen);
});

test("a refused client that is still sending gets its answer: nothing that it sends resets the connection before", async () => {
  const { socket, closed } = await dial(port);
  socket.pause();
  socket.write(`POST /v1/things HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n200000\r\n${"a".repeat(2 * MB)}\r\n`);
  for (let n = 0; n < 5; n++) {
    await after(50);
    socket.write(`1000\r\n${"a".repeat(4096)}\r\n`);
  }
  socket.write("0\r\n\r\n");
  socket.resume();
  expect(await closed).toContain('"code":"input.tooLarge"');
});

test("over its limit the gateway answers 503 at once, says when to come back, and recovers", async () => {
  let finish: () => void = () => {};
  const held = new Promise<void>((resolve) => (finish = resolve));
  const { url: at } = await gateway(["GET /v1/x"], async () => held.then(ok), { inFlightMax: 5 });
  const slow = Array.from({ length: 5 }, () => fetch(`${at}/v1/x`));
  await after(100);
  // The five are still held when these are answered.
  const refused = await Promise.all(Array.from({ length: 50 }, () => fetch(`${at}/v1/x`)));
  expect(refused.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 503));
  expect(refused[0]?.headers.get("retry-after")).toBe("1");
  finish();
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect((await fetch(`${at}/v1/x`)).status).toBe(200);
});

test("clients that send slowly keep nobody out, and count once they have sent all", async () => {
  let finish: () => void = () => {};
  let held = Promise.resolve();
  const { port: at, url: here } = await gateway(["POST /v1/x"], async () => held.then(ok), { inFlightMax: 5 });
  const slow = await Promise.all(Array.from({ length: 20 }, () => dial(at)));
  for (const { socket } of slow) socket.write("POST /v1/x HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\na");
  await after(50);
  expect((await fetch(`${here}/v1/x`, { method: "POST", body: "{}" })).status).toBe(200);
  held = new Promise<void>((resolve) => (finish = resolve));
  for (const { socket } of slow) socket.write("b");
  await after(100);
  finish();
  const statuses = (await Promise.all(slow.map(({ closed }) => closed))).map((text) => text.slice(9, 12));
  expect(statuses.filter((status) => status === "200")).toHaveLength(5);
  expect(statuses.filter((status) => status === "503")).toHaveLength(15);
});

test("clients that go away in the middle of a request, of their body or of the answer harm nobody", async () => {
  const {
    port: at,
    url: here,
    errors,
    events,
  } = await gateway(["POST /v1/x"], async () => after(20).then(() => ({ statusCode: 200, body: "x".repeat(MB) })));
  for (const start of [
    "POST /v1/x HT",
    "POST /v1/x HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc",
    "POST /v1/x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc",
  ]) {
    for (const end of ["destroy", "resetAndDestroy"] as const) {
      const { socket, closed } = await dial(at);
      socket.write(start);
      await after(20);
      socket[end]();
      await closed;
    }
  }
  await after(30);
  expect(events).toHaveLength(0);
  const { socket } = await dial(at);
  socket.write("POST /v1/x HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n");
  await after(10);
  socket.resetAndDestroy();
  await after(50);
  expect((await fetch(`${here}/v1/x`, { method: "POST" })).status).toBe(200);
  expect(errors).toEqual([]);
});

test("a connection is kept after a refusal", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const once = (path: string, body = "") =>
    new Promise<{ status: number | undefined; from: number | undefined }>((resolve, reject) => {
      const sent = httpRequest({ agent, port, host: "127.0.0.1", method: "POST", path }, (response) => {
        const from = response.socket.localPort;
        response.resume().on("end", () => resolve({ status: response.statusCode, from }));
      });
      sent.on("error", reject).end(body);
    });
  const answers = [await once("/v1/nothing", "a body that nobody reads"), await once("/v1/things/7", "{}"), await once("/v1/things", "{}")];
  expect(answers.map(({ status }) => status)).toEqual([404, 405, 200]);
  expect(new Set(answers.map(({ from }) => from)).size).toBe(1);
  agent.destroy();
});

test("headers over their bound answer 431, and what is no HTTP 400", async () => {
  expect(await exchange(port, `GET /v1/things/7 HTTP/1.1\r\nhost: x\r\nx-long: ${"a".repeat(20_000)}\r\n\r\n`)).toContain("HTTP/1.1 431 ");
  expect(await exchange(port, `GET /${"a".repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`)).toContain("HTTP/1.1 431 ");
  expect(await exchange(port, "hello\r\n\r\n")).toContain("HTTP/1.1 400 ");
  const both =
    "POST /v1/things HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/things/smuggled HTTP/1.1\r\nhost: x\r\n\r\n";
  const seen = shared.events.length;
  expect(await exchange(port, both)).toContain("HTTP/1.1 400 ");
  expect(shared.events.slice(seen)).toEqual([]);
});

test("what follows a broken request is never written into an answer that has begun", async () => {
  const { port: at } = await gateway(["GET /v1/x"], async () => ({ statusCode: 200, body: "x".repeat(8 * MB) }));
  const { socket, text } = await dial(at);
  socket.pause();
  socket.write("GET /v1/x HTTP/1.1\r\nhost: x\r\n\r\n");
  await after(100);
  socket.write("nonsense\r\n\r\n");
  await after(50);
  socket.resume();
  await expect.poll(() => socket.destroyed || text().length > 8 * MB).toBe(true);
  expect(text().indexOf("HTTP/1.1", 10)).toBe(-1);
});

test("an answer can't be split: a header with a line break is a bug that answers 500 as a problem", async () => {
  const { port: at, errors } = await gateway(["GET /v1/x"], async () => ({
    statusCode: 200,
    headers: { location: "/a\r\nset-cookie: evil=1" },
    body: "{}",
  }));
  const text = await exchange(at, "GET /v1/x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  expect(text).toContain("HTTP/1.1 500 ");
  expect(text).toContain('"code":"server.failed"');
  expect(text).not.toContain("evil");
  expect(errors).toHaveLength(1);
  const split = await exchange(port, "GET /v1/%0d%0aset-cookie:%20evil=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  expect(split).toContain("HTTP/1.1 404 ");
  expect(split).not.toContain("evil");
});

test("a function that throws answers 500 as a problem, without its words, and is told of", async () => {
  const { url: at, errors } = await gateway(["GET /v1/x"], async () => {
    throw new Error("password=hunter2");
  });
  const answer = await fetch(`${at}/v1/x`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("hunter2");
  expect(String(errors[0])).toContain("hunter2");
});

test("a client that offers another protocol is answered in this one, and a whole address is a path", async () => {
  shared.server.on("upgrade", (_request, socket) => void socket.destroy());
  const upgrade = "connection: upgrade, close\r\nupgrade: h2c\r\n";
  expect(await exchange(port, `GET /v1/things/7 HTTP/1.1\r\nhost: x\r\n${upgrade}\r\n`)).toContain("HTTP/1.1 200 ");
  expect(await exchange(port, "GET http://x/v1/things/7 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).toContain("HTTP/1.1 200 ");
  expect(await exchange(port, "OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).toContain("HTTP/1.1 204 ");
});

test.each(["host: pendo.example", "Host: x", "authorization: Bearer b", "Content-Type: text/plain"])(
  "a request with a second %j is refused",
  async (second) => {
    const first = "host: x\r\nauthorization: Bearer a\r\ncontent-type: application/json\r\nconnection: close\r\n";
    const once = await exchange(port, `GET /v1/things/7 HTTP/1.1\r\n${first}\r\n`);
    const twice = await exchange(port, `GET /v1/things/7 HTTP/1.1\r\n${first}${second}\r\n\r\n`);

    expect(once).toMatch(/^HTTP\/1\.1 200 /);
    expect(twice).toMatch(/^HTTP\/1\.1 400 /);
    expect(twice).toContain("is there twice");
  },
);
