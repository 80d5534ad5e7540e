import { createHash } from "node:crypto";
import type { OpenApi, Operation, Schema } from "@pendo/contract/openapi";
import { commonFaults, userFaults } from "@pendo/contract/route";
import { docsScript } from "./docsScript.ts";
import { docsStyle } from "./docsStyle.ts";

const PROPERTIES_DEPTH_MAX = 6;

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const pages = new WeakMap<OpenApi, string>();

/** The contract as one page of HTML for people. It loads nothing: styles, the search and all text are in it. */
export function docsPage(document: OpenApi): string {
  let page = pages.get(document);
  if (page === undefined) pages.set(document, (page = render(document)));
  return page;
}

function render({ info, tags, paths }: OpenApi): string {
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method, path, operation })),
  );
  const groups = tags.map(({ name }) => ({ name, entries: entries.filter(({ operation }) => operation.tags.includes(name)) }));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${text(info.title)} API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="${policy()}">
<style>${docsStyle}</style></head>
<body><header><h1>${text(info.title)} <span>♥</span> API</h1>
<input type="search" placeholder="Search ${entries.length} operations ( / )" aria-label="Search operations" autocomplete="off"></header>
<div class="columns"><nav aria-label="Nouns">${groups.map(navLink).join("")}</nav>
<main><p class="intro">${text(info.summary)} ${rich(info.description)} The same as <a href="/openapi.json">OpenAPI 3.1</a>.</p>
${groups.map(section).join("\n")}
<p class="none">Nothing matches. Press Esc to see everything.</p></main></div>
<script>${docsScript}</script></body></html>
`;
}

/** Allows exactly the one style and the one script that are written into the page. */
function policy(): string {
  const hash = (content: string) => `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
  return `default-src 'none'; style-src ${hash(docsStyle)}; script-src ${hash(docsScript)}; base-uri 'none'; form-action 'none'`;
}

function navLink({ name, entries }: { name: string; entries: readonly Entry[] }): string {
  return `<a href="#${text(name)}">${text(name)} <span>${entries.length}</span></a>`;
}

function section({ name, entries }: { name: string; entries: readonly Entry[] }): string {
  return `<section id="${text(name)}"><h2>${text(name)}</h2>${entries.map(card).join("\n")}</section>`;
}

function card({ method, path, operation }: Entry): string {
  const { operationId, summary, description, security, parameters, requestBody, responses } = operation;
  const words = [method, path, operationId, summary, ...ownCodes(operation)].join(" ").toLowerCase();
  return `<details id="${text(operationId)}" data-words="${text(words)}">
<summary><span class="method ${text(method)}">${text(method.toUpperCase())}</span><code>${text(path)}</code><span>${rich(summary)}</span></summary>
<div class="body"><p>${rich(description)} <span class="tag">${security.length > 0 ? "🔒 bearer token" : "no token"} · ${text(operationId)}</span></p>
${table(
  "Parameters",
  parameters.map((parameter) => row(parameter.name, parameter.schema, parameter.required, [parameter.in, parameter.description])),
)}
${table("Body", requestBody ? properties(Object.values(requestBody.content)[0]?.schema ?? {}) : [])}
${Object.entries(responses)
  .map(([status, response]) => answer(status, response))
  .join("\n")}</div></details>`;
}

/** The faults that tell this operation from others: a search for those of every operation would find all. */
function ownCodes({ responses }: Operation): string[] {
  const shared = new Set<string>([...commonFaults, ...userFaults]);
  const codes = Object.values(responses).flatMap(({ description }) =>
    [...description.matchAll(/^`([^`]+)`/gm)].map(([, code = ""]) => code),
  );
  return codes.filter((code) => !shared.has(code));
}

function answer(status: string, { description, content }: Operation["responses"][string]): string {
  const [type, media] = Object.entries(content ?? {})[0] ?? [];
  if (type === "application/problem+json") {
    const codes = description.split("\n\n").map((code) => `<li>${rich(code)}</li>`);
    return `<h3>${text(status)}</h3><ul>${codes.join("")}</ul>`;
  }
  const heading = `${status} ${type ?? ""}`;
  return table(heading, media ? properties(media.schema) : []) || `<h3>${text(heading)}</h3><p>${rich(description)}</p>`;
}

function table(heading: string, rows: readonly string[]): string {
  return rows.length === 0 ? "" : `<h3>${text(heading)}</h3><table>${rows.join("")}</table>`;
}

/** A row for every field of an object, those of the objects and lists in it included. */
function properties(schema: Schema, prefix = "", depth = 0): string[] {
  if (depth > PROPERTIES_DEPTH_MAX) return [];
  const required = new Set(list(schema["required"]));
  const fields = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>);
  return fields.flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const inner = inside(field);
    return [
      row(path, field, required.has(name), [field["description"]]),
      ...(inner ? properties(inner.schema, `${path}${inner.isList ? "[]" : ""}.`, depth + 1) : []),
    ];
  });
}

/** What an object or a list of objects holds, be it nullable or not. */
function inside(field: Schema): { schema: Schema; isList: boolean } | null {
  const schema = list<Schema>(field["anyOf"]).find((option) => option["type"] !== "null") ?? field;
  if (schema["properties"]) return { schema, isList: false };
  const items = schema["items"] as Schema | undefined;
  return items ? { schema: items, isList: true } : null;
}

function row(name: string, schema: Schema, required: boolean, notes: readonly unknown[]): string {
  const words = [...notes, ...bounds(schema)].filter((note) => typeof note === "string").map(rich);
  return `<tr><td><code>${text(name)}</code>${required ? ' <span class="must" title="required">*</span>' : ""}</td>
<td>${text(typeOf(schema))} <small>${words.join(" · ")}</small></td></tr>`;
}

function typeOf(schema: Schema): string {
  const options = list<Schema>(schema["anyOf"] ?? schema["oneOf"]);
  if (options.length > 0) return [...new Set(options.map(typeOf))].join(" or ");
  if (schema["enum"])
    return list(schema["enum"])
      .map((value) => JSON.stringify(value))
      .join(" | ");
  if ("const" in schema) return JSON.stringify(schema["const"]);
  if (schema["type"] === "array") return `list of ${typeOf((schema["items"] ?? {}) as Schema)}`;
  const { type = "any", format } = schema as { type?: string | readonly string[]; format?: string };
  const name = typeof type === "string" ? type : type.join(" or ");
  return format ? `${name} (${format})` : name;
}

function bounds(schema: Schema): string[] {
  const names = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "default"];
  const stated = names.filter((name) => schema[name] !== undefined && Math.abs(Number(schema[name])) !== Number.MAX_SAFE_INTEGER);
  const examples = list(schema["examples"]).map((example) => `\`${JSON.stringify(example)}\``);
  return [
    ...stated.map((name) => `${name} ${JSON.stringify(schema[name])}`),
    ...(examples.length > 0 ? [`e.g. ${examples.join(", ")}`] : []),
  ];
}

function list<Item = unknown>(value: unknown): Item[] {
  return Array.isArray(value) ? (value as Item[]) : [];
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function text(raw: string): string {
  return raw.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** Text in which `backticks` mark code. */
function rich(raw: string): string {
  return text(raw).replace(/`([^`]+)`/g, "<code>$1</code>");
}
