import { createHash } from "node:crypto";

const style = `:root { color-scheme: light dark; --mark: #c2255c; }
@media (prefers-color-scheme: dark) { :root { --mark: #f783ac; } }
body { color: CanvasText; background: Canvas; font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1.5rem; }
h1 span, a { color: var(--mark); } li { margin: .8rem 0; } li a { font-weight: 600; }`;

/** The page has its own style and nothing else. */
export const frontPolicy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

export interface FrontPaths {
  readonly consolePath: string;
  /** Undefined where the quickstart is not beside this host. */
  readonly quickstartPath: string | undefined;
}

/** The page at `/` of a host on one machine: HTML with links alone, without scripts. */
export function frontPage({ consolePath, quickstartPath }: FrontPaths): string {
  const quickstart = `<li><a href="${quickstartPath}">Quickstart</a><br>From sign-in to a live message, with the typed client.</li>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pendo</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${style}</style></head>
<body><main><h1>Pendo <span>♥</span></h1>
<p>This is the API of a dating app. It runs on this machine.</p>
<ul><li><a href="/docs">Reference</a><br>Every operation, with its parameters, responses and errors. Also as <a href="/openapi.json">OpenAPI 3.1</a>.</li>
${quickstartPath === undefined ? "" : quickstart}
<li><a href="${consolePath}">Local console</a><br>Emails with sign-in codes, pushes, queues and the clock. It opens with the secret that the start prints.</li></ul>
</main></body></html>
`;
}
