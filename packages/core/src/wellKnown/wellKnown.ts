import type { Ports } from "../ports/ports.ts";

export interface PublicKey {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: "ES256";
  readonly use: "sig";
}

/** The keys that verify access tokens. Each field is named, so that a private one can't come along. */
export function getJwks({ secrets }: Pick<Ports, "secrets">): { keys: PublicKey[] } {
  return {
    keys: secrets.signingKeys.map(({ kid = "", x = "", y = "" }) => ({ kty: "EC", crv: "P-256", x, y, kid, alg: "ES256", use: "sig" })),
  };
}

/** What verifiers of access tokens, such as API gateways, look up. Pendo is no OpenID provider: it signs people in to itself alone. */
export function getOpenidConfiguration({ secrets }: Pick<Ports, "secrets">) {
  return {
    issuer: secrets.publicUrl,
    jwks_uri: `${secrets.publicUrl}/.well-known/jwks.json`,
    token_endpoint: `${secrets.publicUrl}/v1/auth/token/refresh`,
    response_types_supported: ["none"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
  };
}
