import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { client } from "./client.ts";
import { NetworkError, ProblemError } from "./problem.ts";
import type { Tokens } from "./session.ts";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Record<string, unknown>;
}
type Answer = { readonly status: number; readonly body?: unknown; readonly text?: string; readonly type?: string } | "reset" | "cut";

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

/** An API of the test's own; `asked` holds what came. */
async function api(answer: (asked: Asked) => Answer | Promise<Answer>) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let text = "";
      for await (const chunk of request) text += String(chunk);
      const one = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: (text ? JSON.parse(text) : {}) as Record<string, unknown>,
      };
      asked.push(one);
      write(response, await answer(one));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => server.close().closeAllConnections());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { baseUrl, asked, count: (path: string) => asked.filter((one) => one.path.startsWith(path)).length };
}

function write(response: ServerResponse, answer: Answer): void {
  if (answer === "reset") return void response.destroy();
  if (answer === "cut") {
    response.writeHead(200, { "content-type": "application/json", "content-length": 100 }).write('{"n":');
    return void setTimeout(() => response.destroy(), 10);
  }
  const { status, body, text, type = "application/json" } = answer;
  response.writeHead(status, status === 204 ? {} : { "content-type": type }).end(text ?? (body === undefined ? "" : JSON.stringify(body)));
}
const problem = (status: number, code: string, more: object = {}): Answer => ({
  status,
  type: "application/problem+json",
  body: { status, code, detail: `It is ${code}.`, ...more },
});
const tokens = (n: number): Tokens => ({ accessToken: `access${n}`, refreshToken: `refresh${n}` });
const thrownBy = async (call: Promise<unknown>): Promise<unknown> =>
  await call.then(
    () => "nothing",
    (error: unknown) => error,
  );

test("of fifty calls that find the token expired one refreshes, and all succeed with the new one", async () => {
  const { baseUrl, count } = await api(async ({ path, headers }) => {
    if (path.endsWith("/refresh")) return new Promise((resolve) => setTimeout(resolve, 50, { status: 200, body: tokens(2) }));
    return headers.authorization === "Bearer access2" ? { status: 200, body: { ok: true } } : problem(401, "auth.tokenExpired");
  });
  const kept: (Tokens | null)[] = [];
  const pendo = client({ baseUrl, tokens: tokens(1), onTokens: (next) => void kept.push(next) });
  const answers = await Promise.all(Array.from({ length: 50 }, () => pendo.me.get()));
  expect(answers).toEqual(Array.from({ length: 50 }, () => ({ ok: true })));
  expect(count("/v1/auth/token/refresh")).toBe(1);
  expect(kept).toEqual([tokens(2)]);
});

test("a refresh whose answers were lost is repeated as the same attempt, even by a later call", async () => {
  let answers = 0;
  const { baseUrl, asked } = await api(({ path, headers }) => {
    if (path.endsWith("/refresh"))
      return ++answers <= 5 ? (answers % 2 ? "reset" : problem(503, "store.unavailable")) : { status: 200, body: tokens(2) };
    return headers.authorization === "Bearer access2" ? { status: 200, body: {} } : problem(401, "auth.tokenExpired");
  });
  const pendo = client({ baseUrl, tokens: tokens(1), retriesMax: 0 });
  expect(await thrownBy(pendo.me.get())).toBeInstanceOf(ProblemError);
  expect(pendo.session.tokens()).toEqual(tokens(1));
  await pendo.me.get();
  const attempts = asked.filter(({ path }) => path.endsWith("/refresh")).map(({ body }) => body["attemptId"]);
  expect(attempts.length).toBe(6);
  expect(new Set(attempts).size).toBe(1);
});

test("a refresh token that is refused ends the session, once, and nothing more is asked", async () => {
  const { baseUrl, count } = await api(({ path }) =>
    path.endsWith("/refresh") ? problem(401, "auth.refreshInvalid") : problem(401, "auth.tokenExpired"),
  );
  const kept: (Tokens | null)[] = [];
  const pendo = client({ baseUrl, tokens: tokens(1), onTokens: (next) => void kept.push(next) });
  const results = await Promise.all(Array.from({ length: 10 }, () => thrownBy(pendo.me.get())));
  expect(results.every((error) => error instanceof ProblemError && error.status === 401)).toBe(true);
  expect(kept).toEqual([null]);
  expect(count("/v1/auth/token/refresh")).toBe(1);
  const before = count("/");
  expect(await thrownBy(pendo.me.get())).toMatchObject({ code: "auth.required" });
  expect(count("/")).toBe(before);
});

test("who signs in while the other's refresh is on its way stays signed in, and does not carry on the other's calls", async () => {
  let refreshed: (answer: Answer) => void = () => {};
  const { baseUrl, asked, count } = await api(({ path }) =>
    path.endsWith("/refresh") ? new Promise((resolve) => (refreshed = resolve)) : problem(401, "auth.tokenExpired"),
  );
  const pendo = client({ baseUrl, tokens: tokens(1) });
  const result = thrownBy(pendo.me.get());
  await expect.poll(() => count("/v1/auth/token/refresh")).toBe(1);
  pendo.session.adopt(tokens(7));
  refreshed({ status: 200, body: tokens(2) });
  expect(await result).toMatchObject({ code: "auth.tokenExpired" });
  expect(pendo.session.tokens()).toEqual(tokens(7));
  expect(asked.some(({ headers }) => headers.authorization === "Bearer access7")).toBe(false);
});

test.for([
  ["lost", "reset"],
  ["cut off", "cut"],
  ["a problem", problem(503, "server.busy")],
  ["a proxy's", { status: 503, text: "<html>", type: "text/html" }],
] as [string, Answer][])(
  "where the answer was %s, reads, PUT, DELETE and POST with a key are repeated; other POST and PATCH never are",
  async ([, failure]) => {
    let calls = 0;
    const { baseUrl, asked } = await api(() => (++calls < 3 ? failure : { status: 200, body: { n: 1 } }));
    const pendo = client({ baseUrl, tokens: tokens(1) });
    const id = "0198a000-0000-7000-8000-000000000000" as never;
    for (const repeated of [
      () => pendo.me.get(),
      () => pendo.swipes.record({ targetId: id, action: "like" }),
      () => pendo.blocks.remove({ userId: id }),
      () => pendo.swipes.rewind(),
    ]) {
      calls = 0;
      expect(await repeated()).toEqual({ n: 1 });
      expect(calls).toBe(3);
    }
    const keys = asked.filter(({ method }) => method === "POST").map(({ headers }) => headers["idempotency-key"]);
    expect(keys[0]).toMatch(/^[\x21-\x7e]{8,128}$/);
    expect(new Set(keys).size).toBe(1);
    for (const once of [() => pendo.me.update({} as never), () => pendo.realtime.createTicket()]) {
      calls = 0;
      expect(await thrownBy(once())).toBeInstanceOf(failure === "reset" || failure === "cut" ? NetworkError : ProblemError);
      expect(calls).toBe(1);
    }
    calls = -10;
    expect(await thrownBy(pendo.me.get())).toBeInstanceOf(Error);
    expect(calls).toBe(-6);
  },
);

test("a call whose lost first try is still running waits for its answer; each call has a key of its own", async () => {
  const answers: Answer[] = ["reset", problem(409, "idempotency.inProgress"), { status: 200, body: { n: 1 } }];
  const { baseUrl, asked } = await api(() => answers.shift() ?? { status: 200, body: { n: 2 } });
  const pendo = client({ baseUrl, tokens: tokens(1) });
  expect(await pendo.swipes.rewind()).toEqual({ n: 1 });
  expect(await pendo.swipes.rewind()).toEqual({ n: 2 });
  expect(new Set(asked.map(({ headers }) => headers["idempotency-key"])).size).toBe(2);
});

test("a refusal says what the API said: code, fields, and when to come back", async () => {
  const { baseUrl } = await api(() =>
    problem(403, "swipe.quotaSpent", { resetsAt: "2030-01-02T03:04:05.000Z", errors: [{ pointer: "/a", detail: "is wrong" }] }),
  );
  const error = await thrownBy(client({ baseUrl, tokens: tokens(1) }).me.get());
  expect(error).toMatchObject({
    name: "ProblemError",
    status: 403,
    code: "swipe.quotaSpent",
    errors: [{ pointer: "/a", detail: "is wrong" }],
    message: "It is swipe.quotaSpent. (/a is wrong)",
  });
  expect((error as ProblemError).resetsAt?.toISOString()).toBe("2030-01-02T03:04:05.000Z");
  const bare = await api(() => ({ status: 502, text: "<html>Bad Gateway</html>", type: "text/html" }));
  expect(await thrownBy(client({ baseUrl: bare.baseUrl, tokens: tokens(1) }).me.get())).toMatchObject({
    status: 502,
    code: "server.failed",
    retryAt: null,
    resetsAt: null,
    errors: [],
  });
});

test("input goes where the contract says: path, query or body; what is undefined is left out", async () => {
  const { baseUrl, asked } = await api(() => ({ status: 204 }));
  const pendo = client({ baseUrl, tokens: tokens(1), headers: { "x-client": "test" } });
  expect(await pendo.matches.list({ limit: 5, cursor: undefined } as never)).toBeUndefined();
  await pendo.blocks.create({ userId: "a/b?c" as never } as never);
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /v1/matches?limit=5", "PUT /v1/blocks/a%2Fb%3Fc"]);
  expect(asked[0]?.headers).toMatchObject({ authorization: "Bearer access1", "x-client": "test" });
});

test("a device's token is kept at a sign-in, and goes with later requests for codes", async () => {
  const kept: string[] = [];
  const { baseUrl, asked } = await api(({ path }) =>
    path.endsWith("/verify")
      ? { status: 200, body: { ...tokens(1), expiresInSec: 600, userId: "u", registered: false, deviceToken: "device-2" } }
      : { status: 202, body: { challengeId: "c", expiresAt: "", digits: 6 } },
  );
  const pendo = client({ baseUrl, deviceToken: "device-1", onDeviceToken: (token) => void kept.push(token) });

  await pendo.auth.requestOtp({ email: "a@example.com" });
  await pendo.auth.verifyOtp({ challengeId: "c" as never, code: "123456" });
  await pendo.auth.requestOtp({ email: "a@example.com" });
  await client({ baseUrl }).auth.requestOtp({ email: "a@example.com" });

  expect(asked.map(({ body }) => body["deviceToken"])).toEqual(["device-1", undefined, "device-2", undefined]);
  expect(kept).toEqual(["device-2"]);
});
