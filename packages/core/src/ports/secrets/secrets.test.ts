import { createECDH, type KeyObject } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";
import { awsSecrets, type AwsSecretsInput } from "./aws.ts";
import { secretsFrom } from "./derive.ts";
import { localSecrets } from "@pendo/local/secrets/localSecrets";
import type { Secrets } from "./secrets.ts";

const urls = { publicUrl: "http://localhost:3000/", socketUrl: "ws://localhost:3000/socket" };
let dir: string;
beforeEach(() => void (dir = path.join(mkdtempSync(path.join(os.tmpdir(), "pendo-secrets-")), "data")));
afterEach(() => rmSync(path.dirname(dir), { recursive: true, force: true }));
const file = () => path.join(dir, "secrets.json");

async function expectToSign(secrets: Secrets): Promise<void> {
  const [jwk] = secrets.signingKeys;
  if (!jwk?.kid) throw new Error("no signing key with a kid");
  const token = await new SignJWT({ sub: "someone" })
    .setProtectedHeader({ alg: "ES256", kid: jwk.kid })
    .sign(await importJWK(jwk, "ES256"));
  const { d: _private, ...open } = jwk;
  expect((await jwtVerify(token, await importJWK(open, "ES256"))).payload.sub).toBe("someone");
}

const hex = (key: KeyObject): string => key.export().toString("hex");

test("the first start makes secrets that sign, for the owner alone, and later starts read the same", async () => {
  const first = await localSecrets(dir, urls);
  await expectToSign(first);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir)).toEqual(["secrets.json"]);
  const second = await localSecrets(dir, urls);
  expect(second.signingKeys).toEqual(first.signingKeys);
  expect(hex(second.key("otp"))).toBe(hex(first.key("otp")));
  expect(second.publicUrl).toBe("http://localhost:3000");
});

test("starts at the same moment agree on one set of secrets", async () => {
  const all = await Promise.all([1, 2, 3, 4, 5].map(() => localSecrets(dir, urls)));
  expect(new Set(all.map((secrets) => hex(secrets.key("refresh")))).size).toBe(1);
  expect(new Set(all.map(({ signingKeys }) => signingKeys[0]?.kid)).size).toBe(1);
});

test("every purpose has a key of its own, of 32 bytes, that depends on the master secret", () => {
  const purposes = ["otp", "refresh", "cursor", "unsubscribe", "grid", "upload", "email", "ticket"] as const;
  const one = secretsFrom({ master: Buffer.alloc(32, 1), signingKeys: [], ...urls });
  const other = secretsFrom({ master: Buffer.alloc(32, 2), signingKeys: [], ...urls });
  const keys = purposes.flatMap((purpose) => [one.key(purpose), other.key(purpose)]);
  expect(keys.every((key) => key.symmetricKeySize === 32)).toBe(true);
  expect(new Set(keys.map((key) => hex(key))).size).toBe(purposes.length * 2);
});

test("the derivation never changes: what was hashed yesterday is found today", () => {
  const secrets = secretsFrom({ master: Buffer.alloc(32, 7), signingKeys: [], ...urls });
  expect(hex(secrets.key("email"))).toBe("2900fb9cfbb2a889f0ad9cf28117de2c38f65898f3fd884bfc1042691216cfd7");
});

test("a file that others could read is closed to them", async () => {
  await localSecrets(dir, urls);
  chmodSync(file(), 0o644);
  await localSecrets(dir, urls);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test.each([
  ["cut short", (text: string) => text.slice(0, 60), "not JSON"],
  ["empty", () => "", "not JSON"],
  ["without its master secret", (text: string) => text.replace('"master"', '"other"'), "master"],
  ["with a short master secret", (text: string) => text.replace(/"master": "[^"]*"/, '"master": "AAAA"'), "master is not 32 bytes"],
  ["without a private key", (text: string) => text.replace('"d"', '"e"'), "signingKeys.0.d is missing"],
])("a damaged file is named and never replaced: %s", async (_what, damage, complaint) => {
  await localSecrets(dir, urls);
  const damaged = damage(readFileSync(file(), "utf8"));
  writeFileSync(file(), damaged);
  const error = await localSecrets(dir, urls).catch((thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({ name: "SecretsError", message: expect.stringContaining(complaint) as string });
  expect((error as Error).message).toContain(file());
  expect(readFileSync(file(), "utf8")).toBe(damaged);
});

async function deployed(change: Partial<AwsSecretsInput> = {}): Promise<AwsSecretsInput> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const masterSecret = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString("base64");
  const signingKeys = JSON.stringify({ keys: [{ ...(await exportJWK(privateKey)), kid: "2026-01" }] });
  const urls = { publicUrl: "https://api.example.com", socketUrl: "wss://socket.example.com/" };
  return { masterSecret, signingKeys, ...urls, vapidPublicKey: `B${"A".repeat(86)}`, ...change };
}

test("a deployment's secrets sign and derive", async () => {
  const input = await deployed();
  const secrets = awsSecrets(input);
  await expectToSign(secrets);
  expect(secrets.socketUrl).toBe("wss://socket.example.com");
  const same = secretsFrom({ ...input, master: Buffer.from(input.masterSecret, "base64"), signingKeys: [] });
  expect(hex(secrets.key("cursor"))).toBe(hex(same.key("cursor")));
});

test("the key with which browsers subscribe is the deployment's, and on one machine a point that stays the same", async () => {
  const input = await deployed();
  const [first, second] = [await localSecrets(dir, urls), await localSecrets(dir, urls)];

  expect(awsSecrets(input).vapidPublicKey).toBe(input.vapidPublicKey);
  expect(first.vapidPublicKey).toBe(second.vapidPublicKey);
  const browser = createECDH("prime256v1");
  browser.generateKeys();
  expect(browser.computeSecret(first.vapidPublicKey, "base64url")).toHaveLength(32);
  expect(() => awsSecrets({ ...input, vapidPublicKey: "AAAA" })).toThrow("vapidPublicKey");
});

test("of a rotated key set the first signs and all are kept", async () => {
  const keys = await Promise.all(
    ["new", "old"].map(async (kid) => ({ ...(await exportJWK((await generateKeyPair("ES256", { extractable: true })).privateKey)), kid })),
  );
  const secrets = awsSecrets(await deployed({ signingKeys: JSON.stringify({ keys }) }));
  expect(secrets.signingKeys.map(({ kid }) => kid)).toEqual(["new", "old"]);
});

const zeros = Buffer.alloc(32).toString("base64");
test.each<[string, Partial<AwsSecretsInput>, string]>([
  ["a master secret that is too short", { masterSecret: "c2hvcnQ=" }, "masterSecret is not 32 bytes"],
  ["a master secret of zeros", { masterSecret: zeros }, "masterSecret is not random"],
  ["a master secret that was never set", { masterSecret: "<set me>" }, "masterSecret is not base64"],
  ["keys that are not JSON", { signingKeys: "nonsense-which-is-secret" }, "signingKeys is not JSON"],
  ["an empty key set", { signingKeys: '{"keys":[]}' }, "signingKeys.keys is empty"],
  ["a key of another kind", { signingKeys: '{"keys":[{"kty":"RSA"}]}' }, "signingKeys.keys.0.kty must be EC"],
  ["an address without TLS", { publicUrl: "http://api.example.com" }, "publicUrl is not an https:// address"],
  ["a socket address of another scheme", { socketUrl: "https://x.example.com" }, "socketUrl is not a wss:// address"],
])("a deployment is refused with %s, by name and without quoting it", async (_what, change, complaint) => {
  const input = await deployed(change);
  const attempt = (): Secrets => awsSecrets(input);
  expect(attempt).toThrow(complaint);
  Object.values(change).forEach((value) => expect(attempt).not.toThrow(value));
});

test("two keys with one name are refused, for tokens could not tell them apart", async () => {
  const { keys } = JSON.parse((await deployed()).signingKeys) as { keys: object[] };
  const twice = await deployed({ signingKeys: JSON.stringify({ keys: [...keys, ...keys] }) });
  expect(() => awsSecrets(twice)).toThrow("two keys with the same kid");
});
