import { createPublicKey, type KeyObject, verify } from "node:crypto";

/** Says whether an `Authorization` header bears a token that this deployment has signed. When it ends is not its business. */
export type Genuine = (authorization: string | undefined) => boolean;

const TOKEN_CHARS_MAX = 2048;
const BEARER = /^Bearer +([\w-]+)\.([\w-]+)\.([\w-]+)$/i;
const AUDIENCE = "pendo-api";
const TYPE = "at+jwt";
const SIGNATURE_BYTES = 64;

/**
 * Checks the signature (ES256, RFC 7518), issuer and audience of access tokens. The function behind checks everything, times and revocation
 * included: this only keeps out what was never ours, at a fraction of the start-up time, so it knows no more than it must.
 * Throws where a key is unusable, without quoting it.
 */
export function genuineTokens(signingKeys: string, issuer: string): Genuine {
  const keys = keysOf(signingKeys);
  return (authorization = "") => {
    if (authorization.length > TOKEN_CHARS_MAX) return false;
    const [, head, body, signature] = BEARER.exec(authorization) ?? [];
    if (head === undefined || body === undefined || signature === undefined) return false;
    const key = keyFor(keys, read(head));
    const bytes = Buffer.from(signature, "base64url");
    // The same bytes can be written in several ways; ours are written in one.
    if (!key || bytes.length !== SIGNATURE_BYTES || bytes.toString("base64url") !== signature) return false;
    if (!verify("sha256", Buffer.from(`${head}.${body}`), { key, dsaEncoding: "ieee-p1363" }, bytes)) return false;
    const claims = read(body);
    return claims?.["iss"] === issuer && claims["aud"] === AUDIENCE;
  };
}

/** Only our own header passes: one that names or carries a key of the sender's choice never gets as far as a signature. */
function keyFor(keys: ReadonlyMap<string, KeyObject>, header: Record<string, unknown> | null): KeyObject | undefined {
  const { alg, typ, kid, ...others } = header ?? {};
  if (alg !== "ES256" || typ !== TYPE || typeof kid !== "string" || Object.keys(others).length > 0) return undefined;
  return keys.get(kid);
}

function read(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function keysOf(signingKeys: string): Map<string, KeyObject> {
  try {
    const { keys } = JSON.parse(signingKeys) as { keys: { kid: string; crv: string; x: string; y: string }[] };
    const named = keys.map(({ kid, crv, x, y }) => [kid, createPublicKey({ key: { kty: "EC", crv, x, y }, format: "jwk" })] as const);
    if (named.length === 0 || named.some(([kid]) => typeof kid !== "string" || kid === "")) throw new Error("no kid");
    return new Map(named);
  } catch {
    throw new Error("This function's link is unusable: SigningKeys is not a JSON Web Key Set of P-256 keys with names.");
  }
}
