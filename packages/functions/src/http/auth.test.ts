import { openApi } from "@pendo/contract/openapi";
import * as nouns from "@pendo/contract/routes/index";
import { codeOf } from "@pendo/core/auth/code";
import type { ChallengeId } from "@pendo/contract/ids";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { expect, test } from "vitest";
import { httpFunction } from "../middleware/http.ts";
import { call, keepingObserver } from "../middleware/testEvents.ts";
import { handlers as auth } from "./auth.ts";
import { handlers as docs } from "./docs.ts";
import { handlers as me } from "./me.ts";
import { handlers as ops } from "./ops.ts";
import { handlers as sessions } from "./sessions.ts";
import { handlers as wellKnown } from "./wellKnown.ts";

const ports = testPorts(testDb());
const observer = keepingObserver();
const runtime = { ports, clock: ports.clock, ids: ports.ids, observer };
const serve = {
  auth: httpFunction("auth", nouns.auth, auth, runtime),
  docs: httpFunction("docs", nouns.docs, docs, runtime),
  me: httpFunction("me", nouns.me, me, runtime),
  ops: httpFunction("ops", nouns.ops, ops, runtime),
  sessions: httpFunction("sessions", nouns.sessions, sessions, runtime),
  wellKnown: httpFunction("wellKnown", nouns.wellKnown, wellKnown, runtime),
};
let people = 0;

async function signIn() {
  const email = `person${++people}@example.com`;
  const requested = await call(serve.auth, nouns.auth.requestOtp.at, { body: { email: ` ${email.toUpperCase()} ` } });
  expect(requested.status).toBe(202);
  const challengeId = requested.json()["challengeId"] as ChallengeId;
  const code = codeOf(ports.secrets, { challengeId, email });
  const verified = await call(serve.auth, nouns.auth.verifyOtp.at, { body: { challengeId, code, deviceName: "phone" } });
  expect(verified.status).toBe(200);
  const { accessToken, refreshToken, userId } = verified.json() as Record<string, string>;
  return { email, userId, refreshToken, headers: { authorization: `Bearer ${accessToken}` } };
}

test("a code leads to an account, and the end of the session ends its tokens at once", async () => {
  const { email, userId, headers } = await signIn();
  expect((await call(serve.me, nouns.me.get.at, { headers })).json()).toMatchObject({ id: userId, email, profileComplete: false });
  expect((await call(serve.me, nouns.me.update.at, { headers, body: { timeZone: "Mars/Base" } })).json()).toMatchObject({
    code: "input.invalid",
    errors: [{ pointer: "/timeZone" }],
  });
  expect((await call(serve.sessions, nouns.sessions.list.at, { headers })).json()).toMatchObject({
    items: [{ deviceName: "phone", current: true }],
  });
  expect((await call(serve.auth, nouns.auth.logout.at, { headers })).status).toBe(204);
  expect((await call(serve.me, nouns.me.get.at, { headers })).json()).toMatchObject({ status: 401, code: "auth.tokenInvalid" });
});

test("a refresh token works once, and its second use ends the session", async () => {
  const { refreshToken } = await signIn();
  const refreshed = await call(serve.auth, nouns.auth.refresh.at, { body: { refreshToken } });
  expect(refreshed.status).toBe(200);
  const headers = { authorization: `Bearer ${String(refreshed.json()["accessToken"])}` };
  expect((await call(serve.me, nouns.me.get.at, { headers })).status).toBe(200);
  expect((await call(serve.auth, nouns.auth.refresh.at, { body: { refreshToken } })).json()).toMatchObject({
    status: 401,
    code: "auth.refreshInvalid",
  });
  expect((await call(serve.me, nouns.me.get.at, { headers })).status).toBe(401);
});

test("DELETE /v1/me/sessions/{sessionId} signs out another device of the caller, and no device of other users", async () => {
  const [mine, theirs] = [await signIn(), await signIn()];
  const { items } = (await call(serve.sessions, nouns.sessions.list.at, theirs)).json() as { items: { id: string }[] };
  const path = { sessionId: items[0]?.id ?? "" };
  expect((await call(serve.sessions, nouns.sessions.revoke.at, { ...mine, path })).json()).toMatchObject({
    status: 404,
    code: "session.notFound",
  });
  expect((await call(serve.sessions, nouns.sessions.revoke.at, { ...theirs, path })).status).toBe(204);
  expect((await call(serve.me, nouns.me.get.at, theirs)).status).toBe(401);
});

test("keys, documents and health answer without a token", async () => {
  const keys = await call(serve.wellKnown, nouns.wellKnown.getJwks.at);
  expect(keys.json()["keys"]).toHaveLength(ports.secrets.signingKeys.length);
  const again = await call(serve.wellKnown, nouns.wellKnown.getJwks.at, { headers: { "if-none-match": keys.headers["etag"] ?? "" } });
  expect(again.status).toBe(304);
  expect((await call(serve.wellKnown, nouns.wellKnown.getOpenidConfiguration.at)).status).toBe(200);
  expect((await call(serve.docs, nouns.docs.getOpenApi.at)).json()).toEqual(JSON.parse(JSON.stringify(openApi())));
  for (const { at } of [nouns.docs.getPage, nouns.docs.getErrorGuide]) {
    const page = await call(serve.docs, at);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.text).toMatch(/^<!doctype html>/);
  }
  expect((await call(serve.ops, nouns.ops.getHealth.at)).json()).toEqual({ status: "ok" });
  expect((await call(serve.ops, nouns.ops.getReadiness.at)).json()).toMatchObject({ status: "ready", checks: { db: { ok: true } } });
  expect(observer.bugs).toEqual([]);
});
