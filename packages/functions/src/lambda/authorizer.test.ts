import { createHmac, createSecretKey } from "node:crypto";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { SessionId, UserId } from "@pendo/contract/ids";
import { AUDIENCE, issue, verify } from "@pendo/core/auth/accessTokens";
import { ACCESS_TOKEN_SEC } from "@pendo/core/rules/sessionGoesOn";
import { movableClock } from "@pendo/core/ports/clock/clock";
import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import type { Secrets } from "@pendo/core/ports/secrets/secrets";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ping } from "../middleware/ping.ts";
import { genuineTokens } from "./gatewayToken.ts";

const issuer = "https://api.pendo.test";
const [current, previous, next] = ["the-origin-secret-of-today", "the-origin-secret-of-yesterday", "the-origin-secret-of-tomorrow"];
const clock = movableClock();
let ours: JWK;
let older: JWK;
let theirs: JWK;
let secrets: Secrets;
let env: NodeJS.ProcessEnv;
let lines: string[] = [];

async function newKey(kid: string): Promise<JWK> {
  return { ...(await exportJWK((await generateKeyPair("ES256", { extractable: true })).privateKey)), kid, alg: "ES256", use: "sig" };
}

beforeAll(async () => {
  [ours, older, theirs] = [await newKey("key-2"), await newKey("key-1"), await newKey("key-2")];
  secrets = {
    signingKeys: [ours, older],
    key: () => createSecretKey(new Uint8Array(32)),
    publicUrl: issuer,
    socketUrl: "wss://s.pendo.test",
    vapidPublicKey: "",
  };
});
beforeEach(() => {
  env = { ...process.env };
  lines = [];
  vi.resetModules();
  vi.spyOn(process.stdout, "write").mockImplementation((line) => (lines.push(String(line)), true));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.env = env;
});

/** The module as a fresh instance of the function has it. */
async function authorizer(links: Record<string, unknown> = {}) {
  const all = {
    OriginSecret: { current, previous, next },
    SigningKeys: { value: JSON.stringify({ keys: [ours, older] }) },
    Addresses: { publicUrl: `${issuer}/`, socketUrl: secrets.socketUrl },
    ...links,
  };
  process.env = { ...env, PENDO_RELEASE: "abc1234" };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) process.env[`SST_RESOURCE_${name}`] = JSON.stringify(value);
  const { session, origin, connect } = await import("./authorizer.ts");
  const http = (serve: typeof session) => async (headers: Record<string, string> | undefined) =>
    ((await serve({ version: "2.0", type: "REQUEST", headers } as never)) as { isAuthorized: boolean }).isAuthorized;
  return {
    session: http(session),
    origin: http(origin),
    connect: async (headers: Record<string, string> | null) =>
      (await connect({ type: "REQUEST", methodArn: "arn:aws:execute-api:eu-west-1:1:a/live/$connect", headers } as never)) as unknown as {
        policyDocument: { Statement: { Effect: string; Resource: string }[] };
      },
    answers: [session, origin].map(
      (serve) => (headers: Record<string, string>) => serve({ version: "2.0", type: "REQUEST", headers } as never),
    ),
    pings: [session, origin, connect].map((serve) => () => serve(ping as never)),
  };
}

const identity = { userId: testIds.next<UserId>(), sessionId: testIds.next<SessionId>(), roles: [] };
const token = async () => (await issue({ secrets, clock }, identity)).accessToken;
const nowSec = () => Math.floor(clock.now().getTime() / 1000);
const claims = () => ({
  iss: issuer,
  aud: AUDIENCE,
  sub: identity.userId,
  sid: identity.sessionId,
  roles: [],
  iat: nowSec(),
  exp: nowSec() + 600,
});
const header = { alg: "ES256", typ: "at+jwt", kid: "key-2" };
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
async function forge(change: { header?: object; claims?: object; key?: JWK } = {}): Promise<string> {
  const key = await importJWK(change.key ?? ours, "ES256");
  return new SignJWT({ ...claims(), ...change.claims }).setProtectedHeader({ ...header, ...change.header } as never).sign(key);
}

describe("a token that core issues", () => {
  test("is genuine to the gateway, with the older key too, and however old it is", async () => {
    const genuine = genuineTokens(JSON.stringify({ keys: [ours, older] }), issuer);
    const mine = await token();
    expect(genuine(`Bearer ${mine}`)).toBe(true);
    expect(genuine(`bearer  ${mine}`)).toBe(true);
    expect(genuine(`Bearer ${await forge({ header: { kid: "key-1" }, key: older })}`)).toBe(true);
    clock.advance((ACCESS_TOKEN_SEC + 3600) * 1000);
    expect(genuine(`Bearer ${mine}`)).toBe(true);
    await expect(verify({ secrets, clock }, mine)).rejects.toMatchObject({ code: "auth.tokenExpired" });
  });

  test("passes on from the gateway, so that the function answers auth.tokenExpired", async () => {
    const { session } = await authorizer();
    const old = await forge({ claims: { iat: nowSec() - 700, exp: nowSec() - 100 } });
    expect(await session({ "x-pendo-origin": current, authorization: `Bearer ${old}` })).toBe(true);
  });
});

const attacks: Record<string, () => string | Promise<string>> = {
  "no header": () => "",
  "another scheme": async () => `Basic ${await forge()}`,
  "two tokens": async () => `Bearer ${await forge()},Bearer ${await forge()}`,
  "no token": () => "Bearer ",
  "alg none": () => `Bearer ${encode({ ...header, alg: "none" })}.${encode(claims())}.`,
  "alg none with our signature": async () =>
    `Bearer ${encode({ ...header, alg: "none" })}.${(await forge()).split(".").slice(1).join(".")}`,
  "HS256 with our public key as its secret": () => {
    const signed = `${encode({ ...header, alg: "HS256" })}.${encode(claims())}`;
    return `Bearer ${signed}.${createHmac("sha256", JSON.stringify({ kty: ours.kty, x: ours.x, y: ours.y }))
      .update(signed)
      .digest("base64url")}`;
  },
  "a foreign key under our key id": async () => `Bearer ${await forge({ key: theirs })}`,
  "our other key's id": async () => `Bearer ${await forge({ header: { kid: "key-1" } })}`,
  "an unknown key id": async () => `Bearer ${await forge({ header: { kid: "key-9" } })}`,
  "a key id of every object": async () => `Bearer ${await forge({ header: { kid: "__proto__" } })}`,
  "an embedded foreign key": async () => `Bearer ${await forge({ key: theirs, header: { jwk: theirs } })}`,
  "the address of foreign keys beside our signature": async () => `Bearer ${await forge({ header: { jku: "https://evil.example" } })}`,
  "typ JWT": async () => `Bearer ${await forge({ header: { typ: "JWT" } })}`,
  "a foreign issuer": async () => `Bearer ${await forge({ claims: { iss: "https://evil.example" } })}`,
  "a foreign audience": async () => `Bearer ${await forge({ claims: { aud: "another-api" } })}`,
  "several audiences": async () => `Bearer ${await forge({ claims: { aud: [AUDIENCE, "b"] } })}`,
  "another user under our signature": async () => {
    const [head, , signature] = (await forge()).split(".");
    return `Bearer ${head}.${encode({ ...claims(), sub: testIds.next() })}.${signature}`;
  },
  "a signature of zeros": async () => `Bearer ${(await forge()).replace(/[^.]*$/, Buffer.alloc(64).toString("base64url"))}`,
  "a signature in DER": async () => `Bearer ${(await forge()).replace(/[^.]*$/, Buffer.from("3044", "hex").toString("base64url"))}`,
  "without a signature": async () => `Bearer ${(await forge()).replace(/[^.]*$/, "")}`,
  "with one bit of its signature set": async () => {
    const mine = await forge();
    const last = mine.at(-1)!;
    // 64 bytes leave bits of the last character unused: another character may stand for the same bytes.
    const same = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return `Bearer ${mine.slice(0, -1)}${same[(same.indexOf(last) & ~15) | ((same.indexOf(last) & 15) ^ 1)]}`;
  },
  "text that is no JSON": () => "Bearer AAAA.BBBB.CCCC",
  "JSON that is no object": () => `Bearer ${encode(null)}.${encode([])}.AAAA`,
  "an immense one": () => `Bearer ${"A".repeat(3000)}.A.A`,
};

test.each(Object.keys(attacks))("session refuses: %s", async (name) => {
  const { session } = await authorizer();
  expect(await session({ "x-pendo-origin": current, authorization: await attacks[name]!() })).toBe(false);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ kind: "authorizer", authorizer: "session", refused: "token" });
});

describe("who did not come by the edge", () => {
  const wrong = [undefined, "", "x", `${current} `, current.slice(1), current.toUpperCase(), `${current},${current}`];

  test.each(wrong)("with the origin header %j is refused everywhere, whatever else they bring", async (value) => {
    const { session, origin, connect } = await authorizer();
    const sent: Record<string, string> = value === undefined ? {} : { "x-pendo-origin": value };
    expect(await session({ ...sent, authorization: `Bearer ${await token()}` })).toBe(false);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ refused: "origin" });
    expect(await origin(sent)).toBe(false);
    expect((await connect(sent)).policyDocument.Statement).toMatchObject([{ Effect: "Deny" }]);
    expect(lines.join("")).not.toContain(current);
  });

  test("no headers at all are refused", async () => {
    const { session, origin, connect } = await authorizer();
    expect(await session(undefined)).toBe(false);
    expect(await origin(undefined)).toBe(false);
    expect((await connect(null)).policyDocument.Statement).toMatchObject([{ Effect: "Deny" }]);
  });
});

test.each([current, previous, next])("who came by the edge passes, with the current secret as with its neighbours (%s)", async (secret) => {
  const { session, origin, connect } = await authorizer();
  expect(await session({ "x-pendo-origin": secret, authorization: `Bearer ${await token()}` })).toBe(true);
  expect(await origin({ "x-pendo-origin": secret })).toBe(true);
  const { Statement } = (await connect({ Host: "x", "X-Pendo-Origin": secret })).policyDocument;
  expect(Statement).toEqual([
    { Action: "execute-api:Invoke", Effect: "Allow", Resource: "arn:aws:execute-api:eu-west-1:1:a/live/$connect" },
  ]);
  expect(lines).toEqual([]);
});

test("a previous secret that is empty opens nothing", async () => {
  const { origin } = await authorizer({ OriginSecret: { current, previous: "" } });
  expect(await origin({ "x-pendo-origin": "" })).toBe(false);
  expect(await origin({})).toBe(false);
  expect(await origin({ "x-pendo-origin": current })).toBe(true);
});

test("the function behind is told that a request came by the edge, where there is one, and never that it did not", async () => {
  const { answers } = await authorizer();
  const headers = { "x-pendo-origin": current, authorization: `Bearer ${await token()}` };
  for (const answer of answers) {
    expect(await answer(headers)).toEqual({ isAuthorized: true, context: { edge: true } });
    expect(await answer({ ...headers, "x-pendo-origin": "x" })).toEqual({ isAuthorized: false });
  }
  vi.resetModules();
  const open = await authorizer({ OriginSecret: undefined });
  for (const answer of open.answers) expect(await answer(headers)).toEqual({ isAuthorized: true });
});

test("a stage without an edge checks tokens alone", async () => {
  const { session, origin, connect } = await authorizer({ OriginSecret: undefined });
  expect(await origin({})).toBe(true);
  expect((await connect({})).policyDocument.Statement).toMatchObject([{ Effect: "Allow" }]);
  expect(await session({ authorization: `Bearer ${await token()}` })).toBe(true);
  expect(await session({ authorization: `Bearer ${await forge({ key: theirs })}` })).toBe(false);
});

test.each([
  [{ OriginSecret: { current: "short" } }, "OriginSecret.current is no text of 16 characters or more"],
  [{ OriginSecret: {} }, "OriginSecret.current"],
  [{ SigningKeys: undefined }, "not linked to the resource SigningKeys"],
  [{ SigningKeys: { value: "not JSON, very secret" } }, "SigningKeys is not a JSON Web Key Set"],
  [{ SigningKeys: { value: '{"keys":[]}' } }, "SigningKeys is not a JSON Web Key Set"],
  [{ SigningKeys: { value: '{"keys":[{"kid":"a","crv":"P-256","x":"secret","y":"secret"}]}' } }, "SigningKeys is not a JSON Web Key Set"],
  [{ Addresses: {} }, "Addresses.publicUrl is missing"],
])("%j fails, and lets nobody in; the message quotes nothing", async (links, message) => {
  const { session } = await authorizer(links);
  const asked = session({ "x-pendo-origin": current, authorization: `Bearer ${await token()}` });
  await expect(asked).rejects.toThrow(message);
  await expect(asked).rejects.not.toThrow(/very secret|"secret"/);
});

test("who needs no keys is not asked for them", async () => {
  const { origin, connect } = await authorizer({ SigningKeys: undefined, Addresses: undefined });
  expect(await origin({ "x-pendo-origin": current })).toBe(true);
  expect((await connect({ "x-pendo-origin": current })).policyDocument.Statement).toMatchObject([{ Effect: "Allow" }]);
});

test("a ping is answered by each of them, once their links are found good", async () => {
  for (const asked of (await authorizer()).pings) expect(await asked()).toEqual({ pendo: "pong", release: "abc1234", ok: true, ports: {} });
  vi.resetModules();
  const [session] = (await authorizer({ SigningKeys: { value: "{}" } })).pings;
  await expect(session!()).rejects.toThrow("SigningKeys");
});

test("it loads nothing but itself: no schemas, no libraries, no stores", () => {
  const probe = `import { registerHooks } from "node:module"; const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    await import(process.argv[1]); process.stdout.write(JSON.stringify(loaded));`;
  const file = fileURLToPath(new URL("authorizer.ts", import.meta.url));
  vi.restoreAllMocks();
  const loaded = JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", probe, file], { encoding: "utf8" })) as string[];
  const files = loaded.filter((url) => url.startsWith("file:")).map((url) => url.replace(/.*\/src\//, ""));
  expect(files).toEqual([
    "lambda/authorizer.ts",
    "middleware/callerIp.ts",
    "middleware/ping.ts",
    "ports/db/ping.ts",
    "lambda/gatewayToken.ts",
    "lambda/linkedTo.ts",
  ]);
});
