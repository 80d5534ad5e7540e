import { setTimeout as after } from "node:timers/promises";
import type { UserId } from "@pendo/contract/ids";
import { movableClock } from "@pendo/core/ports/clock/clock";
import { type PgBossBus, pgBossBus } from "@pendo/core/ports/bus/pgBoss";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";
import { testIds as ids } from "@pendo/core/ports/ids/testIds.fixture";
import { outboxMail } from "@pendo/local/mail/outbox";
import { outboxPush } from "@pendo/local/push/outbox";
import { newUser } from "@pendo/core/profiles/person.fixture";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exchange, type Gateway, gateway } from "../gateway/gateway.fixture.ts";
import { hostObserver } from "../meters.ts";
import { startWorker, type Worker } from "../worker.ts";
import { askConsole } from "./askConsole.ts";
import { type ConsoleOptions, serveConsole } from "./console.ts";
import { consolePage } from "./page.ts";

const db = testDb();
const clock = movableClock();
const observer = hostObserver({ level: "off", write: () => {} });
const secret = "test-secret-of-thirty-two-characters";
const opened = { authorization: `Bearer ${secret}` };
let bus: PgBossBus;
let worker: Worker;
let host: Gateway;
let options: ConsoleOptions;
const handled: string[] = [];
let poisoned = true;

beforeAll(async () => {
  bus = await pgBossBus({ db, connectionString: testDbUrl(testDbName(db)), clock, ids, retryDelaySec: 0 });
  const serve = async (event: { Records: { messageId: string }[] }) => {
    handled.push(...event.Records.map(({ messageId }) => messageId));
    return { batchItemFailures: poisoned ? event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })) : [] };
  };
  worker = startWorker({ consumer: bus, functions: new Map([["matching", serve]]), onError: () => {} });
  options = { db, bus, clock, worker, observer, url: "http://127.0.0.1:4000", secret };
  host = await gateway([], async () => ({ statusCode: 200 }), { other: [serveConsole(options)] });
});
afterAll(async () => {
  await worker.stop();
  await bus.stop();
});

const ask = async (path: string, body?: unknown) => {
  const answer = await askConsole({ url: host.url, consoleSecret: secret }, `${body === undefined ? "GET" : "POST"} ${path}`, body);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const raw = (headers: string, line = "GET /_local/mail"): Promise<string> =>
  exchange(host.port, `${line} HTTP/1.1\r\n${headers}connection: close\r\n\r\n`);

test("the page is one file that runs its own script only, and that nobody frames", async () => {
  const page = await fetch(`${host.url}/_local`, { headers: opened });
  expect(page.status).toBe(200);
  const text = await page.text();
  expect(text).toBe(consolePage);
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toMatch(/script-src 'sha256-[\w+/]{43}='/);
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  expect(page.headers.get("x-frame-options")).toBe("DENY");
  // What the policy would stop is not there: scripts and styles from elsewhere, handlers in attributes.
  expect(text).not.toMatch(/\b(src|href)\s*=\s*["']?(https?:)?\/\//i);
  expect(text).not.toMatch(/<[a-z][^>]*\son\w+\s*=/i);
  expect(text).not.toMatch(/@import|url\(/i);
});

const requests = [
  "GET /_local",
  ...["mail", "push", "queues", "dead-letters?queue=matching", "metrics", "clock"].map((name) => `GET /_local/${name}`),
  ...["redrive", "clock", "idle", "staff"].map((name) => `POST /_local/${name}`),
];
/** What tells nothing about who asks: a proxy rewrites the name, and sends these headers or none of them. */
const disguises = [
  ...["127.0.0.1", "localhost", "[::1]:4000", "pendo.example"].map((name) => `host: ${name}\r\n`),
  ...["x-forwarded-for: 127.0.0.1", "forwarded: for=127.0.0.1", "x-real-ip: 127.0.0.1", "via: 1.1 proxy", "origin: http://127.0.0.1"].map(
    (header) => `host: 127.0.0.1\r\n${header}\r\n`,
  ),
];

test("without the secret nothing of the console answers, whatever the host name and the headers of a proxy say", async () => {
  const wrong = ["", "authorization: Bearer \r\n", `authorization: Bearer ${secret.slice(1)}\r\n`, "cookie: pendo-console=1\r\n"];
  for (const line of requests) {
    for (const headers of disguises.flatMap((disguise) => wrong.map((one) => disguise + one))) {
      const answer = await raw(headers, line);
      expect(`${line} ${headers} ${answer}`).toContain("HTTP/1.1 401 ");
      expect(answer.toLowerCase()).not.toContain("access-control");
      expect(answer.toLowerCase()).not.toContain("set-cookie");
    }
  }
  expect(await raw("host: 127.0.0.1\r\n", `GET /_local?secret=${secret.slice(1)}`)).toContain("HTTP/1.1 401 ");
});

test("with the secret the console answers wherever the client is, behind a proxy and under a public address as well", async () => {
  for (const headers of disguises) expect(await raw(`${headers}authorization: Bearer ${secret}\r\n`)).toContain("HTTP/1.1 200 ");

  for (const url of ["https://pendo.example", "http://192.168.1.7:4000", "http://0.0.0.0:4000"]) {
    const other = await gateway([], async () => ({ statusCode: 200 }), { other: [serveConsole({ ...options, url })] });
    expect([url, (await fetch(`${other.url}/_local/clock`, { headers: opened })).status]).toEqual([url, 200]);
  }
});

const enter = (url: string): Promise<Response> => fetch(`${url}/_local?secret=${secret}`, { redirect: "manual" });

test("the printed address becomes a cookie that no script reads and no other site sends; the address is left", async () => {
  const entered = await enter(host.url);
  expect([entered.status, entered.headers.get("location")]).toEqual([303, "/_local"]);
  const [cookie = "", ...attributes] = (entered.headers.get("set-cookie") ?? "").split("; ");
  expect(attributes).toEqual(["Path=/_local", "HttpOnly", "SameSite=Strict"]);
  expect(cookie).not.toContain(secret);

  const page = await fetch(`${host.url}/_local`, { headers: { cookie } });
  expect([page.status, await page.text()]).toEqual([200, consolePage]);
  const secure = await gateway([], async () => ({ statusCode: 200 }), {
    other: [serveConsole({ ...options, url: "https://pendo.example" })],
  });
  expect((await enter(secure.url)).headers.get("set-cookie")).toContain("; Secure");
});

test("the cookie opens nothing without the header that only the console's own page can send", async () => {
  const cookie = (await enter(host.url)).headers.get("set-cookie")?.split(";")[0] ?? "";
  for (const line of requests.slice(1)) {
    const [method = "", path = ""] = line.split(" ");
    const [forged, own] = await Promise.all(
      [{ cookie }, { cookie, "x-pendo-console": "1" }].map((headers) => fetch(`${host.url}${path}`, { method, headers })),
    );
    expect([line, forged?.status, own?.status]).toEqual([line, 401, expect.not.toBeOneOf([401])]);
  }
  // What a browser asks first on behalf of another site's page.
  const asked = await fetch(`${host.url}/_local/staff`, { method: "OPTIONS", headers: { origin: "https://evil.example" } });
  expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([401, null]);
});

test("sent mail and pushes are listed newest first, and by recipient", async () => {
  const mail = outboxMail({ db, clock, ids });
  for (const to of ["a@example.com", "b@example.com", "a@example.com"]) {
    await mail.send({ id: ids.next(), to, subject: `to ${to}`, text: "t", html: "<p>t</p>" });
    await after(2);
  }
  const { body } = await ask("/mail?to=a@example.com&limit=1");
  expect(body["items"]).toMatchObject([{ recipient: "a@example.com" }]);
  expect((await ask("/mail")).body["items"]).toHaveLength(3);
  expect((await ask("/push")).body).toEqual({ items: [] });
  await outboxPush({ db, clock, ids }).send({
    platform: "ios",
    token: "device-1",
    title: "Hi",
    body: "b",
    collapseKey: "k",
    badge: 0,
    threadId: "k",
    data: {},
  });
  expect((await ask("/push")).body["items"]).toMatchObject([{ recipient: "device-1", content: { title: "Hi" } }]);
  // What was asked for is never written into the statement.
  expect((await ask("/mail?to=%27%3B%20drop%20table%20users%3B--")).body).toEqual({ items: [] });
});

test("a fact is worked on by the time that idle answers; dead letters are shown, and brought back", async () => {
  await db.begin(async (tx) => void (await bus.emit(tx, "deck.low", { userId: ids.next<UserId>() })));
  expect((await ask("/queues")).body["outbox"]).toBe(1);
  const { body } = await ask("/idle", {});
  expect(body["items"]).toEqual(expect.arrayContaining([expect.objectContaining({ queue: "matching", waiting: 0, dead: 1 })]));
  expect((await ask("/dead-letters?queue=matching")).body["items"]).toMatchObject([{ type: "deck.low" }]);
  poisoned = false;
  expect((await ask("/redrive", { queue: "matching" })).body).toEqual({ moved: 1 });
  await ask("/idle", {});
  expect((await ask("/dead-letters?queue=matching")).body["items"]).toEqual([]);
  expect(new Set(handled).size).toBeGreaterThanOrEqual(1);
});

test("the clock is moved ahead, never back", async () => {
  const before = clock.now().getTime();
  const { body } = await ask("/clock", { advanceSec: 3600 });
  expect(new Date(String(body["now"])).getTime() - before).toBeGreaterThanOrEqual(3_600_000);
  expect((await ask("/clock", { advanceSec: -1 })).status).toBe(400);
});

test("a role is given to a user that exists, twice without harm, and to nobody else", async () => {
  const userId = await newUser({ db, ids, clock } as never);
  for (let n = 0; n < 2; n++) expect((await ask("/staff", { userId, role: "admin" })).body).toEqual({ userId, role: "admin" });
  expect(await db`select role from staff_roles where user_id = ${userId}`).toEqual([{ role: "admin" }]);
  expect(await ask("/staff", { userId: ids.next(), role: "admin" })).toMatchObject({ status: 404, body: { code: "user.notFound" } });
});

test("measurements are those of the observer", async () => {
  observer.measure({ route: "a.b" }, { requests: 1, latencyMs: 2 });
  expect((await ask("/metrics")).body["items"]).toMatchObject([{ of: "a.b", counts: { requests: 1 } }]);
});

test("wrong input is a problem that names its field", async () => {
  for (const [path, body, status, text] of [
    ["/mail?limit=0", undefined, 400, "/limit"],
    ["/mail?limit=x", undefined, 400, "/limit"],
    ["/dead-letters", undefined, 400, "/queue"],
    ["/dead-letters?queue=toString", undefined, 400, "/queue"],
    ["/redrive", { queue: "no" }, 400, "/queue"],
    ["/clock", { advanceSec: "1" }, 400, "/advanceSec"],
    ["/clock", { advanceSec: 1, more: 1 }, 400, "/more"],
    ["/clock", [], 400, "input.invalid"],
    ["/staff", { userId: "x", role: "god" }, 400, "/role"],
    ["/no", undefined, 404, "route.notFound"],
    ["/mail", {}, 404, "route.notFound"],
    ["/", undefined, 404, "route.notFound"],
  ] as const) {
    const answer = await ask(path, body);
    expect([path, answer.status]).toEqual([path, status]);
    expect(JSON.stringify(answer.body)).toContain(text);
  }
  const post = (body: string) => fetch(`${host.url}/_local/clock`, { method: "POST", body, headers: opened });
  expect(await (await post("{")).json()).toMatchObject({ code: "input.notJson" });
  expect((await post(`"${"x".repeat(70_000)}"`)).status).toBe(413);
  expect(host.errors).toEqual([]);
});
