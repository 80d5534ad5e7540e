import { createHash } from "node:crypto";
import { STATUS_CODES } from "node:http";
import { type FaultCode, faults } from "@pendo/contract/faults";
import { everyRoute } from "@pendo/contract/everyRoute";
import { problemTitle, problemType } from "@pendo/contract/problem";
import { faultGuide } from "@pendo/contract/reference/faultGuide";
import { commonFaults, faultsOf, userFaults, writeFaults } from "@pendo/contract/route";
import { type FrameInSpec, framesIn } from "@pendo/contract/sockets";

type Guide = typeof faultGuide;
type GroupOf<Code extends string> = Code extends `${infer Group}.${string}` ? Group : never;
type Group = GroupOf<FaultCode>;
type Operation = ReturnType<typeof everyRoute>[number];

const titles: Readonly<Record<Group, string>> = {
  input: "Malformed requests",
  route: "Addresses and methods",
  server: "The server",
  store: "Stores",
  rate: "Rate limits",
  idempotency: "Idempotency keys",
  auth: "Sign-in and access",
  account: "Accounts",
  session: "Sessions",
  profile: "Profiles",
  location: "Location",
  travel: "Travel mode",
  media: "Pictures",
  discovery: "Discovery",
  boost: "Boosts",
  swipe: "Swipes",
  match: "Matches",
  conversation: "Conversations",
  message: "Messages",
  reaction: "Reactions",
  sync: "Sync",
  ticket: "Socket tickets",
  user: "Users",
  report: "Reports",
  notification: "Notifications",
  unsubscribe: "Unsubscribe links",
  hashBank: "Hash banks",
  queue: "Queues",
  deadLetter: "Dead letters",
  ops: "Readiness",
};

const pages = new WeakMap<Guide, string>();

/** The error guide as one page of HTML that loads nothing. The section of a fault has the fault's code as its id. */
export function errorsPage(guide: Guide = faultGuide): string {
  let page = pages.get(guide);
  if (page === undefined) pages.set(guide, (page = render(guide)));
  return page;
}

function render(guide: Guide): string {
  const groups = Map.groupBy(Object.keys(faults) as FaultCode[], groupOf);
  const operations = everyRoute();
  const links = [...groups].map(([group, codes]) => `<li>${text(titles[group])}: ${codes.map(codeLink).join(", ")}</li>`);
  const sections = [...groups].map(([group, codes]) => {
    const inside = codes.map((code) => section(code, guide, operations));
    return `<h2>${text(titles[group])}</h2>\n${inside.join("\n")}`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pendo · errors</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="${policy()}">
<style>${style}</style></head>
<body><main><h1>Errors of the Pendo API</h1>
${introduction()}
<nav aria-labelledby="codes"><h2 id="codes">All codes</h2>
<ul>${links.join("\n")}</ul></nav>
${sections.join("\n")}
</main></body></html>
`;
}

const groupOf = (code: FaultCode): Group => code.slice(0, code.indexOf(".")) as Group;

const codeLink = (code: FaultCode): string => `<a href="#${text(code)}"><code>${text(code)}</code></a>`;

function policy(): string {
  const hash = createHash("sha256").update(style).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function introduction(): string {
  const code = "input.invalid" satisfies FaultCode;
  const { status, text: detail } = faults[code];
  const example = {
    type: problemType(code),
    title: problemTitle(code),
    status,
    detail,
    code,
    instance: "urn:request:0199c0de-7a11-7c0d-8e3f-5f1e2d3c4b5a",
    errors: [{ pointer: "/ageMin", detail: "is above ageMax" }],
  };
  const fields = [
    ["code", "What a client compares. The meaning of a code never changes."],
    ["detail", "A text in English that a client may show."],
    ["type", "The address of the code's section on this page."],
    ["instance", "The id of the request. Name it when you report a problem."],
    ["errors", "The wrong or missing fields, each as a JSON Pointer (RFC 6901) with the reason."],
    ["retryAt", "When the same request may succeed. The header `Retry-After` says it in seconds."],
    ["resetsAt", "When a used-up quota resets. That may be hours or days away, so tell the user and do not wait for it."],
  ].map(([field = "", meaning = ""]) => `<dt><code>${text(field)}</code></dt><dd>${rich(meaning)}</dd>`);
  const problem = `HTTP/1.1 ${phraseOf(status)}\ncontent-type: application/problem+json\n\n${JSON.stringify(example, null, 2)}`;
  return `<p>An error of the API is a problem document (RFC 9457) with the media type <code>application/problem+json</code>.
The <a href="/docs">reference</a> lists the codes of each operation, and this page says what to do about each.</p>
<pre><code>${text(problem)}</code></pre>
<dl>${fields.join("\n")}</dl>
<p>${rich("`errors`, `retryAt` and `resetsAt` are there only if they apply. Treat an unknown code by its status.")}
${rich("A proxy in front of the API may return an error without a code. Look at `Content-Type` first.")}</p>
<p>${rich("On a socket, an `error` frame has the `code`, the `detail`, and the `ref` of the frame that failed.")}
${rich("Its `fields` names the wrong fields.")}</p>`;
}

function section(code: FaultCode, guide: Guide, operations: readonly Operation[]): string {
  const { status, retry, text: shown } = faults[code];
  const { when, remedy } = guide[code];
  const again = retry
    ? "Yes: the same request may succeed later."
    : "No: the same request fails again until something changes, such as the input or a quota.";
  return `<section id="${text(code)}"><h3>${codeLink(code)}</h3>
<p><strong>${text(phraseOf(status))}</strong> · ${text(shown)}</p>
<dl><dt>When</dt><dd>${rich(when)}</dd>
<dt>What to do</dt><dd>${rich(remedy)}</dd>
<dt>Retry</dt><dd>${text(again)}</dd>
<dt>Returned by</dt><dd>${returnedBy(code, operations)}</dd></dl></section>`;
}

function phraseOf(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ""}`;
}

function returnedBy(code: FaultCode, operations: readonly Operation[]): string {
  if (isOneOf(commonFaults, code)) return "Every operation.";
  if (isOneOf(writeFaults, code)) return "Every operation that may write, and every frame.";
  const isForUsers = isOneOf(userFaults, code);
  const returning = operations.filter(({ spec }) => faultsOf(spec).includes(code) && !(isForUsers && spec.auth !== "public"));
  const frames = Object.entries<FrameInSpec>(framesIn).filter(([, { fails }]) => fails.includes(code));
  const parts = [
    ...(isForUsers ? ["<p>Every operation for signed-in users.</p>"] : []),
    ...(returning.length > 0 ? [`<ul>${returning.map(operationLink).join("\n")}</ul>`] : []),
    ...(frames.length > 0 ? [`<p>Frames: ${frames.map(([name]) => `<code>${text(name)}</code>`).join(", ")}.</p>`] : []),
  ];
  return parts.length > 0 ? parts.join("\n") : "No operation lists it.";
}

function isOneOf(codes: readonly FaultCode[], code: FaultCode): boolean {
  return codes.includes(code);
}

function operationLink({ noun, spec: { at, summary } }: Operation): string {
  const [method = "", path = ""] = at.split(" ");
  // The page of the reference writes the name of a tag in lower case.
  const anchor = `tag/${noun.toLowerCase()}/${method}${path}`;
  return `<li><a href="/docs#${text(anchor)}"><code>${text(at)}</code></a> ${rich(summary)}</li>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function text(raw: string): string {
  return raw.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** Text in which backticks mark code. */
function rich(raw: string): string {
  return text(raw).replace(/`([^`]+)`/g, "<code>$1</code>");
}

const style = `:root { color-scheme: light dark; --ink: #1d1b22; --soft: #5c5766; --paper: #fdfcfe; --code: #f1ecf4; --line: #ddd6e2;
  --mark: #b0204f; --target: #fff0c7; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece8f1; --soft: #b3adbd; --paper: #17151b; --code: #2a2632; --line: #423c4b;
  --mark: #f783ac; --target: #3b3115; } }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 16px/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 46rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.8rem; line-height: 1.2; } h2 { margin: 3rem 0 1rem; line-height: 1.3; } h3 { margin: 0; font-size: 1.1rem; }
a { color: var(--mark); } a:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
code { font: .9em/1.5 ui-monospace, monospace; } pre, p code, dd code { background: var(--code); border-radius: .25rem; }
p code, dd code { padding: .1em .3em; } pre { padding: 1rem; white-space: pre-wrap; }
nav li { margin: .3rem 0; } nav a { display: inline-block; padding: .2rem 0; }
section { margin: 1rem 0; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: .5rem; scroll-margin-top: 1rem; }
section:target { background: var(--target); border-color: var(--mark); } section p { margin: .5rem 0; }
dl, dd { margin: 0; } dt { margin-top: .6rem; color: var(--soft); font-size: .9rem; } dd ul { margin: 0; padding-left: 1.2rem; }
@media (max-width: 30rem) { main { margin: 1.5rem auto; } section { padding: .8rem; } }
`;
