import { createDecipheriv } from "node:crypto";
import { readFileSync } from "node:fs";

/**
 * What SST linked this function to, read as its own `Resource` reads it: `SST_RESOURCE_<Name>` variables (under `sst dev`, and where another host
 * supplies them), `SST_RESOURCES_JSON`, and the encrypted file that a deployed function carries. The `sst` package is not imported for it, because
 * it brings a program of 75 MB for each platform along, and answers without types until it has deployed once.
 *
 * Names of resources are unique in a stage, so those of another copy of the backend carry a prefix: with PENDO_LINK_PREFIX=Standby,
 * `StandbyDatabase` is read as `Database`.
 */
export function linkedTo(env: NodeJS.ProcessEnv): Record<string, unknown> {
  const prefix = "SST_RESOURCE_";
  const named = Object.entries(env).filter(([name, value]) => name.startsWith(prefix) && value);
  const linked: Record<string, unknown> = Object.fromEntries(
    named.map(([name, value = ""]) => [name.slice(prefix.length), JSON.parse(value) as unknown]),
  );
  if (env["SST_RESOURCES_JSON"]) Object.assign(linked, JSON.parse(env["SST_RESOURCES_JSON"]));
  if (env["SST_KEY"] && env["SST_KEY_FILE"])
    Object.assign(linked, JSON.parse(decrypted(readFileSync(env["SST_KEY_FILE"]), env["SST_KEY"])));
  return { ...linked, ...ofOwnCopy(linked, env["PENDO_LINK_PREFIX"]) };
}

function ofOwnCopy(linked: Readonly<Record<string, unknown>>, prefix: string | undefined): Record<string, unknown> {
  if (!prefix) return {};
  const own = Object.entries(linked).filter(([name]) => name.startsWith(prefix) && name.length > prefix.length);
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** SST's file: AES-256-GCM with a nonce of zeros (the key is used once), and its tag at the end. */
function decrypted(file: Buffer, key: string): string {
  const tagBytes = 16;
  const decipher = createDecipheriv("aes-256-gcm", Buffer.from(key, "base64"), Buffer.alloc(12));
  decipher.setAuthTag(file.subarray(-tagBytes));
  return Buffer.concat([decipher.update(file.subarray(0, -tagBytes)), decipher.final()]).toString("utf8");
}
