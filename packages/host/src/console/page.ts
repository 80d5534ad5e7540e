import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The console as a page: one file, nothing from anywhere else. */
export const consolePage = readFileSync(new URL("page.html", import.meta.url), "utf8");

/** Its own script runs and no other; it talks to this host alone; no other page frames it. Letters bring styles of their own. */
export const consolePolicy = [
  "default-src 'none'",
  `script-src ${scriptHashes(consolePage)}`,
  "style-src 'unsafe-inline'",
  "img-src data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function scriptHashes(page: string): string {
  const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? "");
  return scripts.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`).join(" ");
}
