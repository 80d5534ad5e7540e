import path from "node:path";
import { root } from "./places.ts";

// The signatures that Pulumi marks special values with on the wire (sdk/nodejs/runtime/rpc.ts).
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/**
 * A value of Pulumi's as plain JSON. Secrets are shown, since all of them are made up here, and the paths where they stood are added to `secrets`;
 * a reference to a resource becomes its id, and a file its path.
 */
export function plain(value: unknown, secrets: string[] = [], at = ""): unknown {
  if (Array.isArray(value)) return value.map((item, i) => plain(item, secrets, `${at}[${i}]`));
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  if (object[signature] === secretSignature) {
    secrets.push(at);
    return plain(object["value"], [], at);
  }
  if (object[signature] !== undefined) {
    if (object["urn"] !== undefined) return object["id"] || object["urn"];
    const file = object["path"];
    return typeof file === "string" ? { asset: path.relative(root, file) } : { asset: object["text"] ?? true };
  }
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, plain(item, secrets, at === "" ? key : `${at}.${key}`)]));
}
