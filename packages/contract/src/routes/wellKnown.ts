import * as z from "zod";
import { route } from "../route.ts";

/** The public half of a signing key. Strict, so that a private part is never sent. */
const PublicKey = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal("ES256"),
  use: z.literal("sig"),
});

export const getJwks = route({
  at: "GET /.well-known/jwks.json",
  summary: "Get the public keys of access tokens (RFC 7517)",
  auth: "public",
  input: z.strictObject({}),
  output: z.strictObject({ keys: z.array(PublicKey) }),
  fails: [],
  limit: "public",
  cache: { maxAgeSec: 300, scope: "public" },
  needs: ["secrets"],
});

export const getOpenidConfiguration = route({
  at: "GET /.well-known/openid-configuration",
  summary: "Get the issuer of access tokens and the address of its keys",
  auth: "public",
  input: z.strictObject({}),
  output: z.object({
    issuer: z.string(),
    jwks_uri: z.string(),
    token_endpoint: z.string(),
    response_types_supported: z.array(z.string()),
    subject_types_supported: z.array(z.string()),
    id_token_signing_alg_values_supported: z.array(z.string()),
  }),
  fails: [],
  limit: "public",
  cache: { maxAgeSec: 300, scope: "public" },
  needs: ["secrets"],
});
