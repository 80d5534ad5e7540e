import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exportJWK, generateKeyPair, calculateJwkThumbprint } from "jose";
import * as z from "zod";
import { complain, masterBytes, secretsFrom, SecretsError, SigningKey } from "@pendo/core/ports/secrets/derive";
import type { Secrets } from "@pendo/core/ports/secrets/secrets";

const SecretsFile = z.object({
  master: z
    .base64({ error: "is not base64" })
    .refine((text) => Buffer.from(text, "base64").length === masterBytes, { error: "is not 32 bytes" }),
  signingKeys: z.array(SigningKey, { error: "is missing" }).min(1, { error: "is empty" }),
});
type SecretsFile = z.infer<typeof SecretsFile>;

/**
 * The secrets of a Pendo on one machine: made with the first start, kept in `secrets.json` of the data directory, readable to its owner alone.
 * Of several processes that start at once, one makes them and all read the same. Throws `SecretsError` where the file is damaged: new
 * secrets would sign everybody out and make stored hashes useless, so they are never made over an existing file.
 */
export async function localSecrets(dataDir: string, urls: { publicUrl: string; socketUrl: string }): Promise<Secrets> {
  const file = path.join(dataDir, "secrets.json");
  const { master, signingKeys } = read(file) ?? (await make(file));
  return secretsFrom({ master: Buffer.from(master, "base64"), signingKeys, ...urls });
}

function read(file: string): SecretsFile | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SecretsError(`The secrets in ${file} cannot be read: ${(error as Error).message}`);
  }
  // A copy or a restored backup may have opened it to others.
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  const advice = "Restore the file from a backup. Without one, remove it: everybody has to sign in again.";
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which is secret.
    throw new SecretsError(`The secrets in ${file} are damaged (not JSON). ${advice}`);
  }
  const parsed = SecretsFile.safeParse(document);
  if (!parsed.success) throw new SecretsError(`The secrets in ${file} are damaged (${complain(parsed.error)}). ${advice}`);
  return parsed.data;
}

async function make(file: string): Promise<SecretsFile> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kept = SecretsFile.parse({
    master: randomBytes(masterBytes).toString("base64"),
    signingKeys: [{ ...jwk, alg: "ES256", use: "sig", kid: await calculateJwkThumbprint(jwk) }],
  });
  mkdirSync(path.dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    const descriptor = openSync(fresh, "wx", 0o600);
    writeFileSync(descriptor, `${JSON.stringify(kept, null, 2)}\n`);
    fsyncSync(descriptor);
    closeSync(descriptor);
    // Linking, unlike renaming, never replaces: the first of several processes wins, whole or not at all.
    linkSync(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw new SecretsError(`The secrets cannot be written to ${file}: ${(error as Error).message}`);
    }
  } finally {
    rmSync(fresh, { force: true });
  }
  return read(file) ?? kept;
}
