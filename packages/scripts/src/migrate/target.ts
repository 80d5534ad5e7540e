import { readFileSync } from "node:fs";
import type { MigrateOptions } from "@pendo/core/ports/db/migrate";
import { ArgumentError } from "../../../../scripts/commandLine.mjs";

export interface Target extends MigrateOptions {
  /** Which database of which server, without who signs in, for people. */
  readonly name: string;
}

/**
 * Reads which database is meant. It is spoken to over TLS, its certificate checked, unless it is on this machine or its address ends in
 * `?sslmode=disable`. `ca` names a file with who signed that certificate, in PEM, where Node does not know them.
 */
export function targetOf({ url: text, ca }: { readonly url: string | undefined; readonly ca: string | undefined }): Target {
  const url = text === undefined ? null : URL.parse(text);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || !/^\/[^/]+$/.test(url.pathname)) {
    // What was given may hold a password, and is not repeated.
    throw new ArgumentError("--url must be the address of a database, such as postgres://user:password@host:5432/pendo.");
  }
  const local = url.searchParams.get("host")?.startsWith("/") === true || /^(|localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  const tls = !local && url.searchParams.get("sslmode") !== "disable";
  // Else the driver would read its own, weaker, meaning from it.
  url.searchParams.delete("sslmode");
  return {
    url: url.toString(),
    tls,
    ...(ca !== undefined && { certificateAuthority: pem(ca) }),
    name: `${decodeURIComponent(url.pathname.slice(1))} at ${url.host || "this machine"}`,
  };
}

function pem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new ArgumentError(`--ca: the file ${file} cannot be read.`);
  }
}
