import { html, type Html } from "../html.ts";

/** What a letter says; both of its versions are made from it, so that they say the same. */
export interface Content {
  readonly subject: string;
  /** What an inbox shows beside the subject. */
  readonly preview: string;
  readonly heading: string;
  readonly blocks: readonly Block[];
  /** Why it was sent, and what can be done about that. */
  readonly footer: string;
  /** Where a click does that, below the footer. */
  readonly link?: { readonly words: string; readonly url: string };
}

export type Block =
  | { readonly kind: "words"; readonly text: string }
  /** To be read off or copied. */
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "facts"; readonly items: readonly (readonly [name: string, value: string])[] };

export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The languages that letters are written in. */
export type Language = "en";

/** The language that a letter to somebody with this locale is written in. There is one so far; a second one makes this choose. */
export function languageOf(_locale: string): Language {
  return "en";
}

/** A point in time, as a letter says it. */
export function timeIn(language: Language, at: Date): string {
  return `${new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).format(at)} UTC`;
}

// What a mail program turns into a link or an address: a dot before a letter, a colon before anything, and at signs.
const LINKS = /[.。]\p{L}|:\S|@/u;

/** A name that a user chose, for use in an email of ours; null where it could be read as a link. */
export function withoutLink(name: string | null): string | null {
  const bare = (name ?? "")
    .normalize("NFKC")
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "")
    .trim();
  return bare === "" || LINKS.test(bare) ? null : bare;
}

/** Turns what a letter says into the letter: plain text, and HTML that reads well on light and dark screens, small and large. */
export function render(content: Content, language: Language): Rendered {
  return { subject: oneLine(content.subject), text: plain(content), html: page(content, language).html };
}

// A header must not gain a line from a name.
function oneLine(text: string): string {
  return text.replace(/[\s\u0000-\u001f\u007f]+/g, " ").trim();
}

function plain({ heading, blocks, footer, link }: Content): string {
  const said = blocks.map((block) =>
    block.kind === "facts" ? block.items.map(([name, value]) => `${name}: ${value}`).join("\n") : block.text,
  );
  const ending = link ? `${footer}\n${link.words}: ${link.url}` : footer;
  return [heading, ...said, `-- \n${ending}`].join("\n\n") + "\n";
}

function page({ subject, preview, heading, blocks, footer, link }: Content, language: Language): Html {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>${oneLine(subject)}</title>
        <style>
          :root {
            color-scheme: light dark;
          }
          @media (prefers-color-scheme: dark) {
            .page {
              background: #17161a !important;
            }
            .card {
              background: #232127 !important;
              color: #f2eef4 !important;
            }
            .quiet {
              color: #b3acb8 !important;
            }
            .code,
            .facts {
              background: #322f38 !important;
              color: #ffffff !important;
            }
          }
        </style>
      </head>
      <body
        class="page"
        style="margin:0;background:#f6f3f4;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
      >
        <div style="display:none;max-height:0;overflow:hidden">${preview}</div>
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0">
          <tr>
            <td align="center" style="padding:24px 12px">
              <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px">
                <tr>
                  <td class="card" style="background:#ffffff;color:#241f26;border-radius:14px;padding:32px">
                    <p style="margin:0 0 24px;font-size:18px;font-weight:700;color:#d6336c">Pendo</p>
                    <h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${heading}</h1>
                    ${blocks.map(block)}
                  </td>
                </tr>
              </table>
              <p class="quiet" style="max-width:520px;margin:20px auto 0;font-size:13px;line-height:1.5;color:#6b6370">
                ${footer} ${link ? html`<a class="quiet" style="color:#6b6370" href="${link.url}">${link.words}</a>` : ""}
              </p>
            </td>
          </tr>
        </table>
      </body>
    </html> `;
}

function block(said: Block): Html {
  switch (said.kind) {
    case "words":
      return html`<p style="margin:0 0 16px;font-size:16px;line-height:1.55">${said.text}</p> `;
    case "code":
      return html`<p
        class="code"
        style="margin:0 0 16px;padding:16px;border-radius:10px;background:#f3eef1;font-size:30px;font-weight:700;letter-spacing:6px;text-align:center;font-family:ui-monospace,Menlo,Consolas,monospace"
      >
        ${said.text}
      </p> `;
    case "facts":
      return html`<table
        class="facts"
        role="presentation"
        width="100%"
        cellpadding="0"
        cellspacing="0"
        style="margin:0 0 16px;border-radius:10px;background:#f3eef1"
      >
        ${said.items.map(
          ([name, value]) =>
            html`<tr>
              <td style="padding:8px 14px;font-size:14px;vertical-align:top;width:34%;font-weight:600">${name}</td>
              <td style="padding:8px 14px;font-size:14px;line-height:1.5">${value}</td>
            </tr>`,
        )}
      </table> `;
  }
}
