/** Where the canary's people get their letters. */
export interface Inbox {
  readonly domain: string;
  /** Begins to look at what arrives for an address from now on. */
  watch(address: string): Promise<Watch>;
}

export interface Watch {
  /** The sign-in code of the first letter with one; throws where none arrives in time. */
  code(withinMs: number): Promise<string>;
}

/** What a letter as it was sent (RFC 5322, MIME) says: to whom, and the code on a line of its own. */
export function readLetter(raw: string): { readonly to: string; readonly code: string | null } {
  const { headers, body } = partOf(raw);
  const to = /<([^<>]+)>|([^\s<>,]+@[^\s<>,]+)/.exec(headers.get("to") ?? "");
  return {
    to: (to?.[1] ?? to?.[2] ?? "").trim().toLowerCase(),
    code: /^[ \t]*(\d{6}|\d{10})[ \t]*\r?$/m.exec(textOf(headers, body, DEPTH_MAX))?.[1] ?? null,
  };
}

type Headers = ReadonlyMap<string, string>;
const DEPTH_MAX = 4;

function partOf(raw: string): { headers: Headers; body: string } {
  const [, head = "", body = ""] = /^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(raw) ?? [];
  const lines = head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  const named = lines.map((line) => /^([\w-]+):\s*(.*)$/.exec(line)).filter((found) => found !== null);
  // Of a header that comes twice, the first counts: that is the one the last hop wrote.
  return { headers: new Map(named.toReversed().map(([, name = "", value = ""]) => [name.toLowerCase(), value])), body };
}

/** The plain text, be it the whole letter or one of its parts. */
function textOf(headers: Headers, body: string, depth: number): string {
  const type = headers.get("content-type") ?? "text/plain";
  if (/^text\/plain/i.test(type)) return decoded(body, (headers.get("content-transfer-encoding") ?? "").toLowerCase());
  const [, quoted, plain] = /^multipart\/[^;]+;.*?boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined || depth === 0) return "";
  const parts = `\n${body}`.split(`\n--${boundary}`).slice(1, -1);
  return parts
    .map((part) => partOf(part.replace(/^[^\n]*\n/, "")))
    .map((part) => textOf(part.headers, part.body, depth - 1))
    .join("\n");
}

function decoded(body: string, encoding: string): string {
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  if (encoding !== "quoted-printable") return body;
  return body.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
