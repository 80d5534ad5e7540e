import { createHash } from "node:crypto";
import type { EmailKind } from "@pendo/contract/notification";
import { html, type Html } from "../email/html.ts";

const letters: Readonly<Record<EmailKind, string>> = { match: "letters about new matches" };

/** Asks whether one kind of letter shall end. Its form posts to the page's own address, as mail programs do. */
export function askingPage(kind: EmailKind): string {
  return page(
    "No more of these?",
    html`<p>You will get no more <strong>${letters[kind]}</strong>. Everything else stays as it is.</p>
      <form method="post">
        <input type="hidden" name="List-Unsubscribe" value="One-Click" />
        <button>Unsubscribe</button>
      </form>`,
  );
}

/** Says that one kind of letter has ended. */
export function donePage(kind: EmailKind): string {
  return page(
    "That was it",
    html`<p>You get no more <strong>${letters[kind]}</strong>.</p>
      <p class="quiet">If you miss them: the notification settings in Pendo bring them back.</p>`,
  );
}

const style = `
:root { color-scheme: light dark; --ink: #241f26; --soft: #6b6370; --paper: #f6f3f4; --card: #fff; --mark: #c2255c; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #f2eef4; --soft: #b3acb8; --paper: #17161a; --card: #232127; --mark: #f783ac; --on: #17161a; } }
body { display: grid; min-height: 100vh; margin: 0; place-items: center; color: var(--ink); background: var(--paper); font: 16px/1.55 system-ui, sans-serif; }
main { box-sizing: border-box; width: min(26rem, 100vw - 2rem); padding: 2rem; border-radius: .9rem; background: var(--card); }
h1 { margin: 0 0 .8rem; font-size: 1.4rem; } h1 span { display: block; margin-bottom: 1.2rem; font-size: 1.1rem; color: var(--mark); }
p { margin: 0 0 1.4rem; } .quiet { margin: 0; color: var(--soft); }
button { width: 100%; padding: .8rem; border: 0; border-radius: .6rem; color: var(--on); background: var(--mark); font: 600 1rem/1.2 system-ui, sans-serif; cursor: pointer; }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
`;
// Nothing but the one style that is written into the page, and a form that goes nowhere else.
const styleHash = createHash("sha256").update(style).digest("base64");
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'self'`;

/** Nothing of it is loaded, and its address, which holds the token, is told to nobody. */
function page(heading: string, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="content-security-policy" content="${policy}" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <title>${heading} · Pendo</title>
        ${{ html: `<style>${style}</style>` }}
      </head>
      <body>
        <main>
          <h1><span>Pendo</span>${heading}</h1>
          ${content}
        </main>
      </body>
    </html> `.html;
}
