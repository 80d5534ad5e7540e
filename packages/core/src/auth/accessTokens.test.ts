import { createHmac, createPublicKey, type JsonWebKey, createSecretKey } from "node:crypto";
import type { SessionId, UserId } from "@pendo/contract/ids";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Fault } from "../fault.ts";
import { memoryCache } from "../ports/cache/memory.ts";
import { type MovableClock, movableClock } from "../ports/clock/clock.ts";
import { testIds } from "../ports/ids/testIds.fixture.ts";
import type { Secrets } from "../ports/secrets/secrets.ts";
import { markRevoked } from "../rules/revoked.ts";
import { AUDIENCE, CLOCK_SKEW_SEC, type Identity, issue, verify } from "./accessTokens.ts";
import { ACCESS_TOKEN_SEC } from "../rules/sessionGoesOn.ts";
import { authenticate } from "./authenticate.ts";

const me: Identity = { userId: testIds.next<UserId>(), sessionId: testIds.next<SessionId>(), roles: ["support"] };
let ours: JWK;
let older: JWK;
let theirs: JWK;
let secrets: Secrets;
let clock: MovableClock;

async function newKey(kid: string): Promise<JWK> {
  return { ...(await exportJWK((await generateKeyPair("ES256", { extractable: true })).privateKey)), kid, alg: "ES256" };
}
function secretsWith(signingKeys: JWK[]): Secrets {
  return {
    signingKeys,
    key: () => createSecretKey(new Uint8Array(32)),
    publicUrl: "https://api.pendo.test",
    socketUrl: "wss://socket.pendo.test",
    vapidPublicKey: "",
  };
}

beforeAll(async () => {
  [ours, older, theirs] = [await newKey("key-2"), await newKey("key-1"), await newKey("key-2")];
  secrets = secretsWith([ours, older]);
});
beforeEach(() => {
  clock = movableClock();
});

const encode = (part: unknown) => Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
const nowSec = () => Math.floor(clock.now().getTime() / 1000);
const claims = (): Record<string, unknown> => ({
  iss: secrets.publicUrl,
  aud: AUDIENCE,
  sub: me.userId,
  sid: me.sessionId,
  roles: ["support"],
  iat: nowSec(),
  exp: nowSec() + ACCESS_TOKEN_SEC,
});
const header = (): Record<string, unknown> => ({ alg: "ES256", typ: "at+jwt", kid: "key-2" });
async function forge(change: { header?: object; claims?: object; key?: JWK } = {}): Promise<string> {
  const key = await importJWK(change.key ?? ours, "ES256");
  const merged = Object.fromEntries(Object.entries({ ...claims(), ...change.claims }).filter(([, value]) => value !== undefined));
  return new SignJWT(merged).setProtectedHeader({ ...header(), ...change.header } as never).sign(key);
}
function macWith(secret: string | Buffer, change: object = {}): string {
  const signed = `${encode({ ...header(), alg: "HS256", ...change })}.${encode(claims())}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}
const outcome = (token: string): Promise<string> =>
  verify({ secrets, clock }, token).then(
    () => "accepted",
    (thrown: unknown) => (thrown instanceof Fault ? thrown.code : `a bug: ${String(thrown)}`),
  );
const publicPem = () => createPublicKey({ key: ours as JsonWebKey, format: "jwk" }).export({ type: "spki", format: "pem" });
const publicJwk = ({ kty, crv, x, y }: JWK) => ({ kty, crv, x, y });

test("a token says who, which session and which roles, for 10 minutes", async () => {
  const { accessToken, expiresInSec } = await issue({ secrets, clock }, me);
  expect(expiresInSec).toBe(600);
  expect(await verify({ secrets, clock }, accessToken)).toEqual(me);
  expect(await outcome(await forge())).toBe("accepted");
});

test("an older key still verifies, and the first one signs", async () => {
  expect(await outcome(await forge({ header: { kid: "key-1" }, key: older }))).toBe("accepted");
  const { accessToken } = await issue({ secrets, clock }, me);
  expect(JSON.parse(Buffer.from(accessToken.split(".")[0] ?? "", "base64url").toString())).toEqual(header());
});

test("a token that was verified before is refused once it is over, and before it began", async () => {
  const { accessToken } = await issue({ secrets, clock }, me);
  expect(await outcome(accessToken)).toBe("accepted");
  clock.advance((ACCESS_TOKEN_SEC - 1) * 1000);
  expect(await outcome(accessToken)).toBe("accepted");
  clock.advance((1 + CLOCK_SKEW_SEC) * 1000);
  expect(await outcome(accessToken)).toBe("auth.tokenExpired");
  clock.advance(-2 * ACCESS_TOKEN_SEC * 1000);
  expect(await outcome(accessToken)).toBe("auth.tokenInvalid");
});

test("what one deployment verified, another does not accept", async () => {
  const { accessToken } = await issue({ secrets, clock }, me);
  await verify({ secrets, clock }, accessToken);
  await expect(verify({ secrets: secretsWith([theirs]), clock }, accessToken)).rejects.toMatchObject({ code: "auth.tokenInvalid" });
});

test("a token is verified in a few microseconds the second time", async () => {
  const { accessToken } = await issue({ secrets, clock }, me);
  const startedMs = performance.now();
  await verify({ secrets, clock }, accessToken);
  const firstMs = performance.now() - startedMs;
  const againMs = performance.now();
  for (let round = 0; round < 1000; round++) await verify({ secrets, clock }, accessToken);
  expect((performance.now() - againMs) / 1000).toBeLessThan(firstMs / 2);
});

const attacks: Record<string, () => string | Promise<string>> = {
  "alg none": () => `${encode({ ...header(), alg: "none" })}.${encode(claims())}.`,
  "alg None, in another case": () => `${encode({ ...header(), alg: "NonE" })}.${encode(claims())}.`,
  "alg none with our signature": async () => `${encode({ ...header(), alg: "none" })}.${(await forge()).split(".").slice(1).join(".")}`,
  "no alg": () => `${encode({ typ: "at+jwt", kid: "key-2" })}.${encode(claims())}.AAAA`,
  "HS256 with our public key (PEM) as its secret": () => macWith(publicPem()),
  "HS256 with our public key (JWK) as its secret": () => macWith(JSON.stringify(publicJwk(ours))),
  "HS256 with an empty secret": () => macWith(""),
  "HS256 with the key id as its secret": () => macWith("key-2"),
  "a foreign key under our key id": () => forge({ key: theirs }),
  "an unknown key id": () => forge({ header: { kid: "key-9" } }),
  "no key id": () => forge({ header: { kid: undefined } }),
  "our other key's id": () => forge({ header: { kid: "key-1" } }),
  "a key id that is a path": () => forge({ header: { kid: "../../../../dev/null" } }),
  "a key id that is SQL": () => forge({ header: { kid: "key-2' or '1'='1" } }),
  "a key id of every object": () => forge({ header: { kid: "__proto__" } }),
  "a key id that is an inherited method": () => forge({ header: { kid: "constructor" } }),
  "a key id that is no string": () => forge({ header: { kid: ["key-2"] } }),
  "an embedded foreign key": () => forge({ key: theirs, header: { jwk: publicJwk(theirs) } }),
  "an embedded foreign key and no key id": () => forge({ key: theirs, header: { jwk: publicJwk(theirs), kid: undefined } }),
  "the address of foreign keys": () => forge({ key: theirs, header: { jku: "https://evil.example/jwks.json" } }),
  "the address of foreign keys beside our signature": () => forge({ header: { jku: "https://evil.example/jwks.json" } }),
  "a foreign certificate": () => forge({ key: theirs, header: { x5c: ["MIIB"], x5u: "https://evil.example/c.pem" } }),
  "an unknown critical header": () => `${encode({ ...header(), crit: ["exp2"], exp2: 1 })}.${encode(claims())}.AAAA`,
  "an unencoded payload (b64)": () => `${encode({ ...header(), crit: ["b64"], b64: false })}.${JSON.stringify(claims())}.AAAA`,
  "a foreign issuer": () => forge({ claims: { iss: "https://evil.example" } }),
  "our issuer with a slash": () => forge({ claims: { iss: "https://api.pendo.test/" } }),
  "no issuer": () => forge({ claims: { iss: undefined } }),
  "a foreign audience": () => forge({ claims: { aud: "another-api" } }),
  "several audiences": () => forge({ claims: { aud: [AUDIENCE, "another-api"] } }),
  "no audience": () => forge({ claims: { aud: undefined } }),
  "typ JWT, as an ID token has": () => forge({ header: { typ: "JWT" } }),
  "no typ": () => forge({ header: { typ: undefined } }),
  "issued in the future": () => forge({ claims: { iat: nowSec() + 60, exp: nowSec() + 600 } }),
  "not valid yet": () => forge({ claims: { nbf: nowSec() + 60 } }),
  "no end": () => forge({ claims: { exp: undefined } }),
  "no start": () => forge({ claims: { iat: undefined } }),
  "an end that is a text": () => forge({ claims: { exp: "never" } }),
  "no subject": () => forge({ claims: { sub: undefined } }),
  "a subject that is no user id": () => forge({ claims: { sub: "admin" } }),
  "no session": () => forge({ claims: { sid: undefined } }),
  "a role that does not exist": () => forge({ claims: { roles: ["root"] } }),
  "roles that are a text": () => forge({ claims: { roles: "admin" } }),
  "a claim of another purpose": () => forge({ claims: { scope: "reset-password" } }),
  "another user under our signature": async () => {
    const [head, , signature] = (await forge()).split(".");
    return `${head}.${encode({ ...claims(), sub: testIds.next() })}.${signature}`;
  },
  "more roles under our signature": async () => {
    const [head, , signature] = (await forge()).split(".");
    return `${head}.${encode({ ...claims(), roles: ["admin"] })}.${signature}`;
  },
  "truncated by a character": async () => (await forge()).slice(0, -1),
  "without a signature": async () => (await forge()).replace(/[^.]*$/, ""),
  "without its dots": async () => (await forge()).replaceAll(".", ""),
  "with a fourth part": async () => `${await forge()}.AAAA`,
  "with a flipped bit in the signature": async () => {
    const [head, body, signature = ""] = (await forge()).split(".");
    const bytes = Buffer.from(signature, "base64url");
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    return `${head}.${body}.${bytes.toString("base64url")}`;
  },
  "a signature of zeros": async () => `${(await forge()).replace(/[^.]*$/, "")}${Buffer.alloc(64).toString("base64url")}`,
  "a signature in DER": async () =>
    `${(await forge()).replace(/[^.]*$/, "")}${Buffer.from("3006020101020101", "hex").toString("base64url")}`,
  "an empty text": () => "",
  "dots alone": () => "..",
  "JSON instead of base64url": () => `${JSON.stringify(header())}.${JSON.stringify(claims())}.x`,
  "a megabyte": () => "a.".repeat(500_000),
};

describe("refused as auth.tokenInvalid:", () => {
  test.each(Object.entries(attacks))("%s", async (_name, attack) => {
    const token = await attack();
    expect(await outcome(token)).toBe("auth.tokenInvalid");
    // Nothing of a refusal is remembered as an acceptance.
    expect(await outcome(token)).toBe("auth.tokenInvalid");
  });
});

describe("refused as auth.tokenExpired:", () => {
  test("a token whose time is over", async () => {
    expect(await outcome(await forge({ claims: { iat: nowSec() - 700, exp: nowSec() - 100 } }))).toBe("auth.tokenExpired");
  });
  test("a token that claims more time than we give", async () => {
    expect(await outcome(await forge({ claims: { iat: nowSec() - 700, exp: nowSec() + 86_400 } }))).toBe("auth.tokenExpired");
  });
});

describe("authenticate", () => {
  const ports = () => ({ secrets, clock, cache: memoryCache({ clock }) });
  const asked = (header: string | undefined, on = ports()): Promise<string> =>
    authenticate(on, header).then(
      ({ me: userId }) => userId,
      (thrown: unknown) => (thrown instanceof Fault ? thrown.code : `a bug: ${String(thrown)}`),
    );

  test("says who calls", async () => {
    const { accessToken } = await issue({ secrets, clock }, me);
    expect(await authenticate(ports(), `Bearer ${accessToken}`)).toEqual({ me: me.userId, sessionId: me.sessionId, roles: ["support"] });
    expect(await asked(`bearer  ${accessToken}`)).toBe(me.userId);
  });

  test.each([undefined, ""])("asks for a sign-in where the header is %j", async (header) => {
    expect(await asked(header)).toBe("auth.required");
  });

  test.each([
    "Bearer",
    "Bearer ",
    "Basic cm9iaW46c2VjcmV0",
    "Bearer a b",
    "Bearer a,Bearer b",
    "Token x",
    "Bearer \u0000",
    "null",
    "Bearer null",
  ])("refuses the header %j", async (header) => {
    expect(await asked(header)).toBe("auth.tokenInvalid");
  });

  test("refuses the tokens of an ended session at once, and longer than they live", async () => {
    const on = ports();
    const { accessToken } = await issue({ secrets, clock }, me);
    expect(await asked(`Bearer ${accessToken}`, on)).toBe(me.userId);
    await markRevoked(on.cache, [me.sessionId], "logout");
    expect(await asked(`Bearer ${accessToken}`, on)).toBe("auth.tokenInvalid");
    for (let minute = 1; minute <= 10; minute++) {
      clock.advance(60_000);
      expect(await asked(`Bearer ${accessToken}`, on)).not.toBe(me.userId);
    }
    clock.advance((CLOCK_SKEW_SEC + 1) * 1000);
    expect(await asked(`Bearer ${accessToken}`, on)).toBe("auth.tokenExpired");
  });

  test("tells a suspended user why", async () => {
    const on = ports();
    const { accessToken } = await issue({ secrets, clock }, me);
    await markRevoked(on.cache, [me.sessionId], "suspended");
    expect(await asked(`Bearer ${accessToken}`, on)).toBe("account.suspended");
  });
});
