import { createECDH, createHash } from "node:crypto";

// Every sst.Secret has a value here, as if `sst secret set` had been run for it. Nothing of it is secret, and all of it is of the form that the
// stacks and the functions ask for, so that the functions start.

const noise = (of: string): Buffer => createHash("sha256").update(of).digest();

/** A key pair on the curve P-256, the same each time. */
function keyPair(of: string): { readonly d: Buffer; readonly x: Buffer; readonly y: Buffer; readonly point: Buffer } {
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(noise(of));
  const point = curve.getPublicKey();
  return { d: curve.getPrivateKey(), x: point.subarray(1, 33), y: point.subarray(33), point };
}

function signingKeys(): string {
  const { d, x, y } = keyPair("SigningKeys");
  const [privatePart, ...publicParts] = [d, x, y].map((part) => part.toString("base64url"));
  return JSON.stringify({
    keys: [{ kty: "EC", crv: "P-256", alg: "ES256", kid: "offline", x: publicParts[0], y: publicParts[1], d: privatePart }],
  });
}

function vapid(): string {
  const { d, point } = keyPair("Vapid");
  return JSON.stringify({
    subject: "mailto:push@pendo.example",
    publicKey: point.toString("base64url"),
    privateKey: d.toString("base64url"),
  });
}

const values: Readonly<Record<string, () => string>> = {
  MasterSecret: () => noise("MasterSecret").toString("base64"),
  SigningKeys: signingKeys,
  Vapid: vapid,
  SentryDsn: () => "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/1",
  AlarmAddress: () => "alarms@pendo.example",
  AppleCredentials: () => JSON.stringify({ privateKey: "offline", keyId: "ABCDE12345", teamId: "ABCDE12345", bundleId: "example.pendo" }),
  GoogleCredentials: () => JSON.stringify({ project_id: "pendo-offline", private_key: "offline", client_email: "push@pendo.example" }),
};

/** The value of a secret. */
export function secretValue(name: string): string {
  return values[name]?.() ?? `secret:${name}`;
}
