import { createHash } from "node:crypto";
import { referenceStart } from "./start.ts";
import { referenceStyle } from "./style.ts";

export interface ReferencePage {
  /** Whether a reader can send requests from the page: only where the API has the same origin. */
  readonly canTry: boolean;
}

/** The page at /docs. It loads its script and the OpenAPI document from its own origin, and nothing else. */
export function referencePage({ canTry }: ReferencePage): string {
  const start = referenceStart({ canTry });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pendo API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<meta http-equiv="content-security-policy" content="${policy(start)}">
<style>${referenceStyle}</style></head>
<body><div id="reference"></div>
<noscript><main><h1>Pendo API</h1><p>This page needs JavaScript. Without it, read <a href="/openapi.json">the OpenAPI document</a>
and <a href="/docs/errors">the error guide</a>.</p></main></noscript>
<script src="/docs/reference.js"></script><script>${start}</script></body></html>
`;
}

/** Scalar writes styles into the page, so these can't be named by a hash. Scripts can. */
function policy(start: string): string {
  const hash = createHash("sha256").update(start).digest("base64");
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}
