import { expect, test } from "vitest";
import * as z from "zod";
import { type FaultCode, faults } from "../faults.ts";
import { MediaState } from "../media.ts";
import { everyRoute } from "../everyRoute.ts";
import { faultsOf } from "../route.ts";
import { openApi } from "../openapi.ts";
import { pageInput } from "../page.ts";
import { problemTitle, problemType } from "../problem.ts";
import type { RouteSpec } from "../route.ts";
import { get as getQuotas } from "../routes/quotas.ts";
import { guides } from "./guides.ts";

interface Block {
  readonly language: string;
  readonly text: string;
}

interface Sample {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: object;
  /** The JSON that the guide quotes as the response. */
  readonly response: Readonly<Record<string, unknown>> | undefined;
}

const HOST = "http://127.0.0.1:4000";
const ID = "0199c0de-0000-7000-8000-00000000000a";
/** What a reader sets: the values of earlier responses. */
const variables: Readonly<Record<string, string>> = {
  ACCESS_TOKEN: "an.access.token",
  CHALLENGE_ID: ID,
  CODE: "012345",
  CONVERSATION_ID: ID,
  ETAG: 'W/"tag"',
  MEDIA_ID: ID,
  NEXT: "WyJuZXh0Il0",
  REFRESH_TOKEN: `${ID}.Zk9tX2V4YW1wbGVfcmVmcmVzaF90b2tlbl9vZl8zMmI`,
  USER_ID: ID,
};

const markdown = guides();
const routes = everyRoute().map(({ spec }) => spec as RouteSpec);

const headingsOf = (text: string): string[] => [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) => title);
const proseOf = (text: string): string => text.replaceAll(/^```[^]*?^```$/gm, "");
const codesIn = (text: string): string[] => [...proseOf(text).matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
const sectionsOf = (text: string): string[] => text.split(/^(?=## )/m);

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\w*)\n([^]*?)\n```$/gm)].map(([, language = "", inner = ""]) => ({ language, text: inner }));
}

/** The words of a command, as a shell reads them: with quotes, variables and continued lines. */
function shellWords(command: string): string[] {
  const parts = command.matchAll(/'([^']*)'|"([^"]*)"|\\\n|(\s+)|((?:[^\s'"\\])+)/g);
  const words = [""];
  for (const [part, single, double, space, bare] of parts) {
    if (space !== undefined || part === "\\\n") words.push("");
    else words.push(words.pop() + (single ?? expanded(double ?? bare ?? "")));
  }
  return words.filter((word) => word !== "");
}

function expanded(text: string): string {
  return text.replaceAll(/\$([A-Z_]+)/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`No sample sets ${name}.`);
    return value;
  });
}

function samplesOf(text: string): Sample[] {
  const blocks = blocksOf(text);
  return blocks.flatMap((block, at) => {
    if (block.language !== "sh" || !block.text.startsWith("curl ")) return [];
    const next = blocks[at + 1];
    return [
      { ...requestOf(block.text), response: next?.language === "json" ? (JSON.parse(next.text) as Record<string, unknown>) : undefined },
    ];
  });
}

function requestOf(command: string): Omit<Sample, "response"> {
  const [, ...words] = shellWords(command);
  const valuesOf = (flag: string): string[] => words.flatMap((word, at) => (words[at - 1] === flag ? [word] : []));
  const url = new URL(words.find((word) => word.startsWith("http")) ?? "");
  expect(url.origin).toBe(HOST);
  const [body] = valuesOf("-d");
  return {
    method: valuesOf("-X")[0] ?? (body === undefined ? "GET" : "POST"),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: new Map(valuesOf("-H").map((line) => line.split(": ") as [string, string])),
    body: body === undefined ? {} : (JSON.parse(body) as object),
  };
}

/** The operation of an address, with the values of its path. */
function find(method: string, path: string): { spec: RouteSpec; fromPath: Record<string, string> } | undefined {
  for (const spec of routes) {
    const pattern = spec.at.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)").replaceAll(".", "\\.");
    const found = new RegExp(`^${pattern}$`).exec(`${method} ${path}`);
    if (found) return { spec, fromPath: { ...found.groups } };
  }
  return undefined;
}

function operationOf({ method, path }: Pick<Sample, "method" | "path">): { spec: RouteSpec; fromPath: Record<string, string> } {
  const found = find(method, path);
  if (!found) throw new Error(`${method} ${path} is no operation.`);
  return found;
}

/** What the contract says against an input: pointers and details, as a problem has them. */
function wrongIn(spec: RouteSpec, input: object): object[] {
  const issues = spec.input.safeParse(input).error?.issues ?? [];
  return issues.map(({ path, message }) => ({ pointer: `/${path.join("/")}`, detail: message }));
}

const samples = samplesOf(markdown);
const responses = samples.flatMap((sample) => (sample.response === undefined ? [] : [{ sample, response: sample.response }]));
const isProblem = (response: Readonly<Record<string, unknown>>): boolean => "code" in response;

test("the guides have their order, unique headings, and a guide about sockets after the one about sync", () => {
  const titles = (text: string): string[] => sectionsOf(text).map((section) => headingsOf(section)[0] ?? "");
  const all = headingsOf(markdown);

  expect(titles(markdown)).toEqual([
    "First request",
    "Sign-in (login)",
    "Profile",
    "Errors",
    "Limits and quotas",
    "Idempotency",
    "Pages (pagination)",
    "Conditional requests",
    "Sync (offline)",
    "Photos",
  ]);
  expect(titles(guides("## Sockets")).slice(-3)).toEqual(["Sync (offline)", "Sockets", "Photos"]);
  expect(all.filter((title, at) => all.indexOf(title) !== at)).toEqual([]);
  expect(headingsOf("## One\n```sh\n# no heading\n```\n### Two")).toEqual(["One", "Two"]);
});

test("each guide has 80 to 220 words besides its samples and tables", () => {
  const lengths = sectionsOf(markdown).map((section) => {
    const words =
      proseOf(section)
        .replaceAll(/^\|.*$/gm, "")
        .match(/\S+/g) ?? [];
    return { title: headingsOf(section)[0], words: words.length };
  });

  expect(lengths.filter(({ words }) => words < 80 || words > 220)).toEqual([]);
});

test("the words that developers search for are there", () => {
  const searched = ["login", "sign up", "register", "chat", "websocket", "pagination", "upload", "swipe", "match"];

  expect(searched.filter((word) => !markdown.toLowerCase().includes(word))).toEqual([]);
});

test("a sample is read as a shell reads it", () => {
  const [sample] = samplesOf(
    [
      "```sh",
      `curl -X PUT ${HOST}/v1/swipes/$USER_ID \\`,
      `  -H "authorization: Bearer $ACCESS_TOKEN" -d '{"code": "'$CODE'", "x": "$CODE"}'`,
      '```\nThen:\n```json\n{ "seq": 1 }\n```',
    ].join("\n"),
  );

  expect(sample).toEqual({
    method: "PUT",
    path: `/v1/swipes/${ID}`,
    query: {},
    headers: new Map([["authorization", "Bearer an.access.token"]]),
    body: { code: "012345", x: "$CODE" },
    response: { seq: 1 },
  });
  expect(() => samplesOf("```sh\ncurl http://127.0.0.1:4000/v1/me/$NOTHING\n```")).toThrow("NOTHING");
});

test("every address in the text is an operation, and no made-up address is", () => {
  const named = codesIn(markdown).flatMap((code) => {
    const [, method = "", path = ""] = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)$/.exec(code) ?? [];
    return method === "" ? [] : [{ method, path }];
  });

  expect(named.length).toBeGreaterThan(12);
  expect(named.filter(({ method, path }) => !routes.some(({ at }) => at === `${method} ${path}`))).toEqual([]);
  expect([find("GET", "/v1/auth/otp"), find("POST", "/v1/swipes/x/y"), find("POST", "/v1/me")]).toEqual([undefined, undefined, undefined]);
});

test("every sample sends what its operation accepts, with a token where one is needed, and the headers that it takes", () => {
  for (const sample of samples) {
    const { spec, fromPath } = operationOf(sample);
    const input = { ...sample.query, ...sample.body, ...fromPath };
    const expected = sample.response?.["code"] === "input.invalid" ? sample.response["errors"] : [];

    expect([spec.at, wrongIn(spec, input)]).toEqual([spec.at, expected]);
    expect([spec.at, sample.headers.has("authorization")]).toEqual([spec.at, spec.auth !== "public"]);
    expect([spec.at, sample.headers.get("content-type")]).toEqual([
      spec.at,
      Object.keys(sample.body).length > 0 ? "application/json" : undefined,
    ]);
    if (sample.headers.has("idempotency-key")) expect([spec.at, spec.idempotent]).toEqual([spec.at, true]);
    if (sample.headers.has("if-none-match")) expect([spec.at, spec.cache]).toEqual([spec.at, expect.anything()]);
  }
  expect(samples.length).toBeGreaterThan(12);
  expect(wrongIn(operationOf({ method: "GET", path: "/v1/sync" }).spec, { limit: "201", x: "1" })).toHaveLength(2);
});

test("no two samples share an idempotency key, because the second one would be refused", () => {
  const keys = samples.flatMap(({ headers }) => headers.get("idempotency-key") ?? []);

  expect(keys.length).toBeGreaterThan(1);
  expect(new Set(keys).size).toBe(keys.length);
});

test("every quoted JSON is the response to a sample, and has only fields of its operation", () => {
  const succeeded = responses.filter(({ response }) => !isProblem(response));
  for (const { sample, response } of succeeded) expect(operationOf(sample).spec.output.parse(response)).toEqual(response);

  expect(succeeded.length).toBeGreaterThan(5);
  expect(blocksOf(markdown).filter(({ language }) => language === "json")).toHaveLength(responses.length);
});

test("every quoted problem is one of its operation, with the status and the text of its fault", () => {
  const Problem = z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(faults) as FaultCode[]),
    instance: z.string().startsWith("urn:request:"),
    errors: z.array(z.strictObject({ pointer: z.string().startsWith("/"), detail: z.string() })).optional(),
    resetsAt: z.iso.datetime().optional(),
  });
  const problems = responses.filter(({ response }) => isProblem(response));
  for (const { sample, response } of problems) {
    const { code, type, title, status, detail } = Problem.parse(response);
    expect(faultsOf(operationOf(sample).spec)).toContain(code);
    expect([type, title]).toEqual([problemType(code), problemTitle(code)]);
    expect([status, detail]).toEqual([faults[code].status, faults[code].text]);
  }

  expect(problems.length).toBeGreaterThan(1);
});

test("every code of the text is a fault, and a status beside it is its own", () => {
  const codes = codesIn(markdown).filter((code) => /^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/.test(code));
  const beside = [...proseOf(markdown).matchAll(/(?:(\d{3}) )?`([a-z]\w*\.[a-z]\w*)`(?: \((\d{3})\))?/g)].flatMap(
    ([, before, code = "", after]) => (before === undefined && after === undefined ? [] : [{ code, status: Number(before ?? after) }]),
  );

  expect(codes.length).toBeGreaterThan(15);
  expect(codes.filter((code) => !Object.hasOwn(faults, code))).toEqual([]);
  expect(beside.length).toBeGreaterThan(5);
  expect(beside.filter(({ code, status }) => faults[code as FaultCode].status !== status)).toEqual([]);
});

test("every header that is named is one of the document", () => {
  const { headers, parameters } = openApi().components;
  const inRequests = Object.values(parameters).flatMap((parameter) => (parameter.in === "header" ? [parameter.name] : []));
  // The security scheme and the media types of bodies stand for the last two.
  const known = new Set([...Object.keys(headers), ...inRequests, "Authorization", "Content-Type"].map((name) => name.toLowerCase()));
  const named = [
    ...codesIn(markdown).flatMap((code) => /^([A-Z][A-Za-z]*(?:-[A-Z][A-Za-z]*)+|ETag)(?:: .*)?$/.exec(code)?.[1] ?? []),
    ...blocksOf(markdown).flatMap(({ language, text }) =>
      language === "http" ? [...text.matchAll(/^([\w-]+): /gm)].map(([, name = ""]) => name) : [],
    ),
    ...samples.flatMap(({ headers }) => [...headers.keys()]),
  ].map((name) => name.toLowerCase());

  expect(new Set(named).size).toBeGreaterThan(8);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  expect(known.has("x-made-up")).toBe(false);
});

test("what the guides list is what the contract has: conditional reads, quotas, states of pictures and the usual page", () => {
  const sectionOf = (title: string): string => sectionsOf(markdown).find((section) => section.startsWith(`## ${title}`)) ?? "";
  const rowsOf = (title: string): string[] => [...sectionOf(title).matchAll(/^\| `(\w+)` \|/gm)].map(([, name = ""]) => name);
  const conditional = codesIn(sectionOf("Conditional requests")).filter((code) => code.startsWith("GET "));
  const cached = routes.filter(({ cache, auth }) => cache && auth === "user").map(({ at }) => at);
  const { limit } = z.object(pageInput()).parse({});

  expect(conditional.toSorted()).toEqual(cached.toSorted());
  expect(rowsOf("Limits").toSorted()).toEqual(Object.keys(getQuotas.output.shape).toSorted());
  expect(rowsOf("Photos")).toEqual(MediaState.options);
  expect(sectionOf("Pages")).toMatch(new RegExp(`\`limit\` is ${limit} if you\\s+leave it out, and 100 at most`));
});
