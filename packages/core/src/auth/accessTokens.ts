import { SessionId, UserId } from "@pendo/contract/ids";
import { staffRoles, type StaffRole } from "@pendo/contract/route";
import { errors, importJWK, jwtVerify, SignJWT, type CryptoKey, type JWK } from "jose";
import { LRUCache } from "lru-cache";
import * as z from "zod";
import { Fault } from "../fault.ts";
import type { Ambient, Ports } from "../ports/ports.ts";
import type { Secrets } from "../ports/secrets/secrets.ts";
import { ACCESS_TOKEN_SEC } from "../rules/sessionGoesOn.ts";

/** How far the clocks of two machines may be apart. */
export const CLOCK_SKEW_SEC = 5;
export const AUDIENCE = "pendo-api";
export const TOKEN_TYPE = "at+jwt";
const TOKEN_CHARS_MAX = 2048;
const VERIFIED_MAX = 8192;

/** Whom a token speaks for. */
export interface Identity {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly roles: readonly StaffRole[];
}

type TokenPorts = Pick<Ports, "secrets"> & Pick<Ambient, "clock">;

/** What our tokens say, and nothing besides: a token of ours with other claims was made for another purpose. */
const Claims = z.strictObject({
  iss: z.string(),
  aud: z.literal(AUDIENCE),
  sub: UserId,
  sid: SessionId,
  roles: z.array(z.enum(staffRoles)),
  iat: z.int(),
  exp: z.int(),
});
type Claims = z.infer<typeof Claims>;

interface Keyring {
  readonly signingKid: string;
  readonly signingKey: Promise<CryptoKey>;
  readonly verifyingKeys: ReadonlyMap<string, Promise<CryptoKey>>;
  /** Tokens whose signature was found good. Their times are checked at every use. */
  readonly verified: LRUCache<string, Claims>;
}

// Importing a key and checking a signature cost far more than the rest of a small request, so both are done once.
const keyrings = new WeakMap<Secrets, Keyring>();

/** Makes an access token: a JWT (RFC 9068), signed with the first key, good for 10 minutes. */
export async function issue({ secrets, clock }: TokenPorts, identity: Identity): Promise<{ accessToken: string; expiresInSec: number }> {
  const { signingKid, signingKey } = keyringOf(secrets);
  const iat = toSec(clock.now());
  const accessToken = await new SignJWT({ sid: identity.sessionId, roles: identity.roles })
    .setProtectedHeader({ alg: "ES256", typ: TOKEN_TYPE, kid: signingKid })
    .setIssuer(secrets.publicUrl)
    .setAudience(AUDIENCE)
    .setSubject(identity.userId)
    .setIssuedAt(iat)
    .setExpirationTime(iat + ACCESS_TOKEN_SEC)
    .sign(await signingKey);
  return { accessToken, expiresInSec: ACCESS_TOKEN_SEC };
}

/**
 * Reads an access token of ours. It asks no store: whether the session was revoked since is for `authenticate` to say.
 * @throws {Fault} `auth.tokenExpired`: the token is one of ours and over
 * @throws {Fault} `auth.tokenInvalid`: it is anything else
 */
export async function verify({ secrets, clock }: TokenPorts, token: string): Promise<Identity> {
  const now = clock.now();
  const keyring = keyringOf(secrets);
  let claims = keyring.verified.get(token);
  if (!claims) {
    claims = await check(keyring, secrets.publicUrl, token, now);
    keyring.verified.set(token, claims);
  }
  requireInTime(claims, toSec(now));
  return { userId: claims.sub, sessionId: claims.sid, roles: claims.roles };
}

async function check(keyring: Keyring, issuer: string, token: string, now: Date): Promise<Claims> {
  if (token.length > TOKEN_CHARS_MAX) throw new Fault("auth.tokenInvalid");
  try {
    const { payload } = await jwtVerify(token, (header) => verifyingKey(keyring, header), {
      algorithms: ["ES256"],
      typ: TOKEN_TYPE,
      issuer,
      audience: AUDIENCE,
      requiredClaims: ["exp", "iat"],
      maxTokenAge: ACCESS_TOKEN_SEC,
      clockTolerance: CLOCK_SKEW_SEC,
      currentDate: now,
    });
    return Claims.parse(payload);
  } catch (cause) {
    throw new Fault(cause instanceof errors.JWTExpired ? "auth.tokenExpired" : "auth.tokenInvalid", { cause });
  }
}

/** Only our own header passes: what names or carries a key of the sender's choice (`jwk`, `jku`, `x5c` …) never gets as far as a signature. */
function verifyingKey(keyring: Keyring, header: object): Promise<CryptoKey> {
  const { kid, alg: _alg, typ: _typ, ...others } = header as Record<string, unknown>;
  const key = typeof kid === "string" ? keyring.verifyingKeys.get(kid) : undefined;
  if (!key || Object.keys(others).length > 0) throw new Fault("auth.tokenInvalid");
  return key;
}

function requireInTime({ iat, exp }: Claims, nowSec: number): void {
  if (nowSec >= exp + CLOCK_SKEW_SEC) throw new Fault("auth.tokenExpired");
  if (nowSec < iat - CLOCK_SKEW_SEC) throw new Fault("auth.tokenInvalid");
}

function keyringOf(secrets: Secrets): Keyring {
  let keyring = keyrings.get(secrets);
  if (!keyring) keyrings.set(secrets, (keyring = makeKeyring(secrets.signingKeys)));
  return keyring;
}

function makeKeyring(keys: readonly JWK[]): Keyring {
  const [first] = keys;
  if (!first) throw new Error("This deployment has no signing key.");
  return {
    signingKid: kidOf(first),
    signingKey: importKey(first),
    verifyingKeys: new Map(keys.map((key) => [kidOf(key), importKey(publicPart(key))])),
    verified: new LRUCache({ max: VERIFIED_MAX }),
  };
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  return (await importJWK({ ...jwk, alg: "ES256" }, "ES256")) as CryptoKey;
}

function kidOf({ kid }: JWK): string {
  if (!kid) throw new Error("A signing key has no kid.");
  return kid;
}

function publicPart({ kty, crv, x, y }: JWK): JWK {
  return { kty, crv, x, y } as JWK;
}

function toSec(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
