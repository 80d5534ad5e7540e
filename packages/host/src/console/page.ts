import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The console as a page: one file, nothing from anywhere else. */
export const consolePage = readFileSync(new URL("page.html", import.meta.url), "utf8");

/** What a browser without the secret gets. */
export const closedPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pendo · local console</title>
<style>
:root { color-scheme: light dark; }
body { color: CanvasText; background: Canvas; font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1.5rem; }
</style>
<main><h1>The console is closed</h1>
<p>Open the address that Pendo printed at its start. It ends in <code>?secret=…</code>.
<p>The secret is also in the file <code>console.secret</code> of Pendo's data directory.
</main></html>
`;

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
