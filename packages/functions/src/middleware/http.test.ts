import { createHash } from "node:crypto";
import { faults } from "@pendo/contract/faults";
import { limits } from "@pendo/contract/limits";
import { wholeNumberText } from "@pendo/contract/number";
import { route } from "@pendo/contract/route";
import { Fault } from "@pendo/core/fault";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { httpFunction } from "./http.ts";
import { call, keepingObserver, signedIn } from "./testEvents.ts";

const db = testDb();
const ports = testPorts(db);
const observer = keepingObserver();

const base = { summary: "A test", fails: [], limit: "write", needs: ["db", "bus"], output: z.object({ n: z.int() }) } as const;
const specs = {
  read: route({
    ...base,
    at: "GET /v1/things/{id}",
    auth: "user",
    input: z.strictObject({ id: z.string(), size: wholeNumberText(0, 9).default(1) }),
    cache: { maxAgeSec: 5, scope: "private" },
  }),
  make: route({
    ...base,
    at: "POST /v1/things",
    auth: "user",
    input: z.strictObject({ name: z.string().max(5), deep: z.object({ n: z.int() }).optional() }),
    status: 201,
    idempotent: true,
  }),
  copy: route({ ...base, at: "POST /v1/copies", auth: "user", input: z.strictObject({ name: z.string() }), idempotent: true }),
  staff: route({ ...base, at: "GET /v1/admin/things", auth: "analyst", input: z.strictObject({}) }),
  open: route({ ...base, at: "GET /v1/open", auth: "public", input: z.strictObject({}), limit: "search" }),
};

let made = 0;
let behave: () => Promise<{ n: number }>;
const runtime = { ports, clock: ports.clock, ids: ports.ids, observer };
const serve = httpFunction(
  "things",
  specs,
  { read: () => behave(), make: () => behave(), copy: () => behave(), staff: () => behave(), open: () => behave() },
  runtime,
);

beforeEach(() => {
  behave = async () => ({ n: ++made, secret: "a column nobody declared" }) as { n: number };
});

describe("what comes in", () => {
  test("a route that the noun does not have answers 404 as a problem", async () => {
    const answer = await call(serve, "$default");
    expect(answer.status).toBe(404);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.json()).toMatchObject({
      type: "/docs/errors#route.notFound",
      code: "route.notFound",
      status: 404,
      detail: faults["route.notFound"].text,
    });
  });

  test("broken JSON, another media type, and a body that is too large are each named", async () => {
    const { headers } = await signedIn(ports);
    expect((await call(serve, specs.make.at, { headers, body: '{"name":' })).json()).toMatchObject({ code: "input.notJson" });
    expect(
      (await call(serve, specs.make.at, { headers: { ...headers, "content-type": "text/plain" }, body: { name: "a" } })).json(),
    ).toMatchObject({ code: "input.mediaType" });
    expect((await call(serve, specs.make.at, { headers, body: { name: "x".repeat(70_000) } })).json()).toMatchObject({
      code: "input.tooLarge",
    });
    expect((await call(serve, specs.make.at, { headers, body: "[]" })).json()).toMatchObject({ code: "input.invalid" });
  });

  test("a body that is not UTF-8 answers 400, and a byte-order mark before it is ignored", async () => {
    const { headers } = await signedIn(ports);
    const latin1 = Buffer.from('{"name":"Zoë"}', "latin1").toString("base64");
    expect((await call(serve, specs.make.at, { headers, body: latin1, isBase64: true })).json()).toMatchObject({
      status: 400,
      code: "input.notText",
    });
    const marked = Buffer.from('\ufeff{"name":"Zoë"}').toString("base64");
    expect((await call(serve, specs.make.at, { headers, body: marked, isBase64: true })).status).toBe(201);
    expect((await call(serve, specs.make.at, { headers, body: '\ufeff{"name":"Zoë"}' })).status).toBe(201);
  });

  test.each(["gzip", "br", "GZIP", "identity, gzip"])("a body with the content encoding %s answers 415", async (encoding) => {
    const { headers } = await signedIn(ports);
    const answer = await call(serve, specs.make.at, { headers: { ...headers, "content-encoding": encoding }, body: { name: "a" } });
    expect(answer.json()).toMatchObject({ status: 415, code: "input.mediaType", errors: [{ pointer: "/content-encoding" }] });
  });

  test("a problem names every wrong field: unknown, too long, deep, and in the query", async () => {
    const { headers } = await signedIn(ports);
    const wrong = await call(serve, specs.make.at, { headers, body: { name: "too long", deep: { n: 1.5 }, other: 1, __proto__: null } });
    expect(wrong.status).toBe(400);
    expect((wrong.json()["errors"] as { pointer: string }[]).map((error) => error.pointer).sort()).toEqual(["/deep/n", "/name", "/other"]);
    const query = await call(serve, specs.read.at, { headers, path: { id: "a" }, query: { size: "10", color: "red" } });
    expect((query.json()["errors"] as { pointer: string }[]).map((error) => error.pointer).sort()).toEqual(["/color", "/size"]);
    const twice = await call(serve, specs.read.at, { headers, path: { id: "a" }, query: { id: "b" } });
    expect(twice.json()).toMatchObject({ code: "input.invalid", errors: [{ pointer: "/id" }] });
  });
});

describe("who calls", () => {
  test("a user's route demands a token, a staff route its role or admin", async () => {
    expect((await call(serve, specs.read.at, { path: { id: "a" } })).headers["www-authenticate"]).toBe("Bearer");
    const expectations = [
      [[], 403],
      [["support"], 403],
      [["analyst"], 200],
      [["admin"], 200],
    ] as const;
    for (const [roles, status] of expectations) {
      const { headers } = await signedIn(ports, roles);
      expect((await call(serve, specs.staff.at, { headers })).status).toBe(status);
    }
  });

  test("of many calls at once exactly the limit passes, and the answer says when to come back", async () => {
    const { max } = limits.search;
    const answers = await Promise.all(Array.from({ length: max + 50 }, () => call(serve, specs.open.at, { ip: "192.0.2.77" })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(max);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers["ratelimit-limit"]).toBe(String(max));
    expect(Number(refused?.headers["retry-after"])).toBeGreaterThan(0);
    expect((await call(serve, specs.open.at, { ip: "192.0.2.78" })).status).toBe(200);
  });
});

test("whoever guesses tokens is soon refused for that alone, by address; whoever holds a good one is not", async () => {
  const guesses = await Promise.all(
    Array.from({ length: limits.denied.max + 20 }, () =>
      call(serve, specs.staff.at, { headers: { authorization: "Bearer a.b.c" }, ip: "192.0.2.99" }),
    ),
  );
  expect(guesses.filter(({ status }) => status === 401)).toHaveLength(limits.denied.max);
  expect(guesses.find(({ status }) => status === 429)?.headers["retry-after"]).toBeDefined();
  const { headers } = await signedIn(ports, ["analyst"]);
  expect((await call(serve, specs.staff.at, { headers, ip: "192.0.2.99" })).status).toBe(200);
});

test("knocking at a staff route counts against the limit", async () => {
  const { headers } = await signedIn(ports);
  expect(await call(serve, specs.staff.at, { headers })).toMatchObject({
    status: 403,
    headers: { "ratelimit-remaining": String(limits.write.max - 1) },
  });
});

describe("what goes out", () => {
  test("an answer holds what the contract declares and nothing else", async () => {
    const { headers } = await signedIn(ports);
    const answer = await call(serve, specs.make.at, { headers, body: { name: "a" } });
    expect(answer.status).toBe(201);
    expect(Object.keys(answer.json())).toEqual(["n"]);
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  test("a read can be asked again for free, and only by who has the same", async () => {
    behave = async () => ({ n: 7 });
    const { headers } = await signedIn(ports);
    const first = await call(serve, specs.read.at, { headers, path: { id: "a" } });
    expect(first.headers).toMatchObject({ "cache-control": "private, max-age=5", vary: "authorization, accept-encoding" });
    const etag = first.headers["etag"] ?? "";
    expect(
      await call(serve, specs.read.at, { headers: { ...headers, "if-none-match": `"x", ${etag.replace("W/", "")}` }, path: { id: "a" } }),
    ).toMatchObject({ status: 304, text: "" });
    behave = async () => ({ n: 8 });
    expect((await call(serve, specs.read.at, { headers: { ...headers, "if-none-match": etag }, path: { id: "a" } })).status).toBe(200);
  });

  test("a bug answers 500 without its words, and reaches the observer with them", async () => {
    behave = async () => {
      throw new Error("password=hunter2");
    };
    const { headers } = await signedIn(ports);
    const answer = await call(serve, specs.make.at, { headers, body: { name: "a" } });
    expect(answer).toMatchObject({ status: 500 });
    expect(answer.text).not.toContain("hunter2");
    expect(String(observer.bugs.at(-1))).toContain("hunter2");
    expect(observer.lines.at(-1)).toMatchObject({ route: "things.make", status: 500, fault: "server.failed" });
  });

  test("a store that is away, full or slow answers 503, and is no bug", async () => {
    const { headers } = await signedIn(ports);
    const bugs = observer.bugs.length;
    for (const [code, fault] of [
      ["CONNECTION_CLOSED", "store.unavailable"],
      ["ECONNREFUSED", "store.unavailable"],
      ["53100", "store.full"],
      ["ENOSPC", "store.full"],
      ["57014", "server.busy"],
    ]) {
      behave = async () => {
        throw Object.assign(new Error("inside"), { code });
      };
      expect((await call(serve, specs.make.at, { headers, body: { name: "a" } })).json()).toMatchObject({ status: 503, code: fault });
    }
    expect(observer.bugs).toHaveLength(bugs);
  });
});

describe("Idempotency-Key", () => {
  const post = (headers: Record<string, string>, key: string, name = "a") =>
    call(serve, specs.make.at, { headers: { ...headers, "idempotency-key": key }, body: { name } });

  test("of twenty at once one is carried out, and later ones get its answer", async () => {
    const { headers } = await signedIn(ports);
    const before = made;
    // Long enough for all of them to have come.
    behave = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { n: ++made };
    };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(headers, "the-same-key")));
    expect(made - before).toBe(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    const replayed = await post(headers, "the-same-key");
    expect(replayed).toMatchObject({ status: 201, headers: { "idempotency-replayed": "true" } });
    expect(replayed.json()).toEqual({ n: made });
  });

  test("the same key with another body is refused; another user's key is another key", async () => {
    const [ann, bob] = [await signedIn(ports), await signedIn(ports)];
    await post(ann.headers, "annas-own-key");
    expect((await post(ann.headers, "annas-own-key", "b")).json()).toMatchObject({ status: 409, code: "idempotency.keyReused" });
    expect((await post(bob.headers, "annas-own-key")).headers["idempotency-replayed"]).toBeUndefined();
  });

  test("the same key and the same body on another route is refused, and carries nothing out", async () => {
    const { headers } = await signedIn(ports);
    await post(headers, "key-of-one-route");
    const before = made;

    const other = await call(serve, specs.copy.at, { headers: { ...headers, "idempotency-key": "key-of-one-route" }, body: { name: "a" } });

    expect(other.json()).toMatchObject({ status: 409, code: "idempotency.keyReused" });
    expect(made).toBe(before);
  });

  test("a refusal is replayed, but a failure that may pass is tried again", async () => {
    const { headers } = await signedIn(ports);
    behave = async () => {
      throw new Fault("swipe.nothingToRewind");
    };
    const first = await post(headers, "refused-key");
    behave = async () => ({ n: 1 });
    expect(await post(headers, "refused-key")).toMatchObject({ status: 409, text: first.text.replace(/,"instance":"[^"]*"/, "") });

    behave = async () => {
      throw new Fault("store.unavailable");
    };
    expect((await post(headers, "passing-key")).status).toBe(503);
    behave = async () => ({ n: 1 });
    expect((await post(headers, "passing-key")).status).toBe(201);
  });

  test("while the first request runs, the same key is refused; once it is over, its answer is replayed", async () => {
    const { headers } = await signedIn(ports);
    let finish: ((value: { n: number }) => void) | undefined;
    behave = () => new Promise((resolve) => (finish = resolve));
    const first = post(headers, "running-key");
    await expect.poll(() => finish).toBeDefined();

    expect((await post(headers, "running-key")).json()).toMatchObject({ status: 409, code: "idempotency.inProgress" });

    finish?.({ n: 3 });
    expect((await first).json()).toEqual({ n: 3 });
    expect((await post(headers, "running-key")).json()).toEqual({ n: 3 });
  });

  test("a row without an answer, as the previous release left it after a crash, is taken over after a minute", async () => {
    const { headers, userId } = await signedIn(ports);
    const requestHash = createHash("sha256").update(`${specs.make.at}\n{"name":"a"}`).digest();
    await db`insert into idempotency_keys (user_id, key, request_hash, created_at) values (${userId}, 'cut-off-key', ${requestHash}, ${ports.clock.now()})`;
    behave = async () => ({ n: 2 });

    expect((await post(headers, "cut-off-key")).status).toBe(409);
    ports.clock.advance(61_000);

    expect((await post(headers, "cut-off-key")).json()).toEqual({ n: 2 });
  });
});

test("a route without a handler, and a handler that needs a port the host lacks, stop the start", () => {
  expect(() => httpFunction("things", specs, {}, runtime)).toThrow("things.read has no handler");
  const { bus: _bus, ...rest } = ports;
  expect(() => httpFunction("things", specs, { read: behave }, { ...runtime, ports: rest })).toThrow('no port "bus"');
});
