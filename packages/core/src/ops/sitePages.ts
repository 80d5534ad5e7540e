import { createHash } from "node:crypto";
import { openApi } from "@pendo/contract/openapi";
import { asyncApi } from "@pendo/contract/reference/asyncapi";
import scalar from "@scalar/fastify-api-reference";
import { errorsPage } from "./reference/errorsPage.ts";
import { referencePage } from "./reference/page.ts";
import { scriptOf } from "./reference/scalar.ts";

/** One file of the static site. */
export interface SitePage {
  /** Its path on the site, without the slash in front. */
  readonly key: string;
  readonly contentType: string;
  readonly body: string;
  /** How long browsers and the edge keep it. */
  readonly maxAgeSec: number;
}

const HTML = "text/html; charset=utf-8";
const PAGE_SEC = 300;

/**
 * The site at https://<domain>: a front page, the documentation of the API, and a page that shows how the API is. The console of a local Pendo is not
 * among them: it reads the machine's own mail, queues and clock, which nobody may reach from outside. What staff does, it does through the API.
 */
export function sitePages({ domain, contact }: { readonly domain: string; readonly contact: string }): SitePage[] {
  const api = `https://api.${domain}`;
  const document = { ...openApi(), servers: [{ url: api }] };
  const page = (key: string, body: string): SitePage => ({ key, contentType: HTML, body, maxAgeSec: PAGE_SEC });
  return [
    page("index.html", frame({ title: "Pendo", body: front })),
    page("docs", referencePage({ canTry: false })),
    page("docs/errors", errorsPage()),
    { key: "docs/reference.js", contentType: "text/javascript; charset=utf-8", body: scriptOf(scalar), maxAgeSec: 86_400 },
    page("status", frame({ title: "Pendo · status", body: status, script: statusScript(api), connect: api })),
    page("404.html", frame({ title: "Pendo · not here", body: missing })),
    { key: "openapi.json", contentType: "application/json", body: JSON.stringify(document), maxAgeSec: PAGE_SEC },
    { key: "asyncapi.json", contentType: "application/json", body: JSON.stringify(asyncApi()), maxAgeSec: PAGE_SEC },
    { key: "robots.txt", contentType: "text/plain; charset=utf-8", body: "User-agent: *\nAllow: /\n", maxAgeSec: 86_400 },
    {
      key: ".well-known/security.txt",
      contentType: "text/plain; charset=utf-8",
      body: `Contact: mailto:${contact}\nCanonical: https://${domain}/.well-known/security.txt\nExpires: ${SECURITY_UNTIL}\nPreferred-Languages: en\n`,
      maxAgeSec: 86_400,
    },
  ];
}

// RFC 9116 wants an end, so that nobody writes to an address that is no longer read. It is moved when somebody has checked that it is.
const SECURITY_UNTIL = "2027-12-31T00:00:00Z";

const front = `<h1>Pendo <span>♥</span></h1>
<p>A dating service. The apps talk to its API, and so may you.</p>
<ul><li><a href="/docs">Documentation of the API</a> (and as <a href="/openapi.json">OpenAPI 3.1</a>)</li><li><a href="/status">Status</a></li></ul>`;

const missing = `<h1>Not here</h1><p>Nothing lies at this address. <a href="/">Back to the front page</a></p>`;

const status = `<h1>Status</h1><p id="said" role="status">Asking…</p>
<table hidden><thead><tr><th>Part</th><th>Answered</th></tr></thead><tbody></tbody></table><p><a href="/">Front page</a></p>`;

function statusScript(api: string): string {
  return `"use strict";
const said = document.getElementById("said"), table = document.querySelector("table"), rows = document.querySelector("tbody");
function row(part, text, bad) {
  const line = document.createElement("tr");
  for (const value of [part, text]) line.appendChild(document.createElement("td")).textContent = value;
  if (bad) line.className = "bad";
  return line;
}
async function ask() {
  try {
    const response = await fetch(${JSON.stringify(`${api}/readyz`)}, { cache: "no-store", signal: AbortSignal.timeout(10000) });
    const body = await response.json();
    said.textContent = body.status === "ready" ? "Everything answers." : body.status === "degraded"
      ? "Pendo serves; something it can do without does not answer." : "Something does not answer.";
    const parts = response.ok
      ? Object.entries(body.checks).map(([part, check]) => row(part, check.ok ? check.ms + " ms" : "does not answer", !check.ok))
      : (body.errors ?? []).map((error) => row(error.pointer.slice(1), error.detail, true));
    rows.replaceChildren(...parts);
    table.hidden = parts.length === 0;
  } catch {
    said.textContent = "The API can't be reached from here.";
    table.hidden = true;
  }
}
ask();
setInterval(ask, 30000);
`;
}

const style = `:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1.5rem}
h1 span,.bad{color:#c2255c}td,th{text-align:left;padding:.2rem 1.5rem .2rem 0}`;

interface Frame {
  readonly title: string;
  readonly body: string;
  readonly script?: string;
  /** The one host that the page may ask. */
  readonly connect?: string;
}

/** A page that loads nothing, and runs its own script alone. */
function frame({ title, body, script, connect }: Frame): string {
  const hash = (content: string): string => `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
  const policy = [
    "default-src 'none'",
    `style-src ${hash(style)}`,
    ...(script === undefined ? [] : [`script-src ${hash(script)}`]),
    ...(connect === undefined ? [] : [`connect-src ${connect}`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="${policy}">
<style>${style}</style></head>
<body><main>${body}</main>${script === undefined ? "" : `<script>${script}</script>`}</body></html>
`;
}
