import type { KeyObject } from "node:crypto";
import type { JWK } from "jose";

/** What only this deployment knows, and what it is called outside. Read once, at the composition root. */
export interface Secrets {
  /** ES256 private keys; the first signs, all verify. Each has a `kid`. */
  readonly signingKeys: readonly JWK[];
  /** A 32-byte key for one purpose, derived (HKDF) from the deployment's master secret. */
  key(purpose: KeyPurpose): KeyObject;
  /** Where clients reach the API, without a slash at the end. It is the issuer of tokens. */
  readonly publicUrl: string;
  /** Where clients open sockets. */
  readonly socketUrl: string;
  /** The public half of the key that signs web pushes: 65 bytes in base64url. */
  readonly vapidPublicKey: string;
}

export type KeyPurpose = "otp" | "refresh" | "cursor" | "unsubscribe" | "grid" | "upload" | "email" | "ticket" | "vapid";
