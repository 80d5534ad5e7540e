import * as z from "zod";
import { complain, masterBytes, secretsFrom, SecretsError, SigningKey } from "./derive.ts";
import type { Secrets } from "./secrets.ts";

/** As the composition root read them: plain strings, from wherever the deployment keeps them. */
export interface AwsSecretsInput {
  /** 32 random bytes in base64 (`openssl rand -base64 32`). */
  readonly masterSecret: string;
  /** A JSON Web Key Set of ES256 private keys, the signing one first. */
  readonly signingKeys: string;
  readonly publicUrl: string;
  readonly socketUrl: string;
  /** Of web push: 65 bytes in base64url. */
  readonly vapidPublicKey: string;
}

const Input = z.object({
  masterSecret: z
    .string({ error: "is missing" })
    .trim()
    .regex(/^[A-Za-z0-9+/_-]+={0,2}$/, { error: "is not base64" })
    .transform((text) => Buffer.from(text, "base64"))
    .refine((bytes) => bytes.length === masterBytes, { error: "is not 32 bytes in base64" })
    .refine((bytes) => new Set(bytes).size > 4, { error: "is not random" }),
  signingKeys: z
    .string({ error: "is missing" })
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "is not JSON" });
        return z.NEVER;
      }
    })
    .pipe(
      z.object(
        { keys: z.array(SigningKey, { error: "is missing" }).min(1, { error: "is empty" }) },
        { error: "is not a JSON Web Key Set" },
      ),
    )
    .transform(({ keys }) => keys)
    .refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length, { error: "has two keys with the same kid" }),
  publicUrl: z.url({ protocol: /^https$/, error: "is not an https:// address" }),
  socketUrl: z.url({ protocol: /^wss$/, error: "is not a wss:// address" }),
  vapidPublicKey: z.string({ error: "is missing" }).regex(/^B[\w-]{86}$/, { error: "is not 65 bytes in base64url" }),
});

/** The secrets of a deployment. Throws `SecretsError`, naming what is wrong with which of them, and never quoting one. */
export function awsSecrets(input: AwsSecretsInput): Secrets {
  // Read once in the life of a process: not worth compiling.
  const parsed = Input.safeParse(input, { jitless: true });
  if (!parsed.success) throw new SecretsError(`The deployment's secrets are unusable: ${complain(parsed.error)}.`);
  const { masterSecret, ...rest } = parsed.data;
  return secretsFrom({ master: masterSecret, ...rest });
}
