import { createECDH, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import type { JWK } from "jose";
import * as z from "zod";
import type { KeyPurpose, Secrets } from "./secrets.ts";

export const masterBytes = 32;

/** An ES256 private key as a JWK, with the name that tokens carry for it. Public keys, and keys for other algorithms, are refused. */
export const SigningKey = z.object({
  kty: z.literal("EC", { error: "must be EC" }),
  crv: z.literal("P-256", { error: "must be P-256" }),
  alg: z.literal("ES256", { error: "must be ES256" }).default("ES256"),
  use: z.literal("sig", { error: "must be sig" }).default("sig"),
  x: z.string({ error: "is missing" }).regex(/^[\w-]{43}$/, { error: "is not 32 bytes in base64url" }),
  y: z.string({ error: "is missing" }).regex(/^[\w-]{43}$/, { error: "is not 32 bytes in base64url" }),
  d: z.string({ error: "is missing: the private key is needed" }).regex(/^[\w-]{43}$/, { error: "is not 32 bytes in base64url" }),
  kid: z.string({ error: "is missing" }).min(1, { error: "is empty" }),
});

/** What `Secrets` is made of, wherever it is kept. */
export interface SecretSource {
  readonly master: Uint8Array;
  readonly signingKeys: readonly JWK[];
  readonly publicUrl: string;
  readonly socketUrl: string;
  /** Of the key pair of web push; derived where a deployment sends no web pushes itself. */
  readonly vapidPublicKey?: string;
}

/**
 * Each purpose gets a key of its own from the master secret, so that what is made for one is worthless for another.
 * HKDF with SHA-256, RFC 5869; the purpose is its info.
 */
export function secretsFrom({ master, signingKeys, publicUrl, socketUrl, vapidPublicKey }: SecretSource): Secrets {
  const derived = new Map<KeyPurpose, KeyObject>();
  const key = (purpose: KeyPurpose): KeyObject => {
    const known = derived.get(purpose) ?? createSecretKey(new Uint8Array(hkdfSync("sha256", master, "pendo", `pendo/${purpose}/1`, 32)));
    derived.set(purpose, known);
    // A key object: nobody can spoil it for the others, and a MAC with it costs a fifth of one with bare bytes.
    return known;
  };
  return {
    signingKeys,
    key,
    publicUrl: publicUrl.replace(/\/+$/, ""),
    socketUrl: socketUrl.replace(/\/+$/, ""),
    vapidPublicKey: vapidPublicKey ?? publicKeyOf(key("vapid")),
  };
}

/** The point of P-256 that belongs to a private key. */
function publicKeyOf(key: KeyObject): string {
  const pair = createECDH("prime256v1");
  pair.setPrivateKey(key.export());
  return pair.getPublicKey("base64url");
}

/** The secrets are missing or unusable. The message names what is wrong with them and never what they hold. */
export class SecretsError extends Error {
  override readonly name = "SecretsError";
}

/** Names what is wrong in a parsed document, without its values. */
export function complain(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".") || "the document"} ${message}`).join("; ");
}
