import { testIds } from "../ids/testIds.fixture.ts";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { UserId } from "@pendo/contract/ids";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSearch } from "./opensearch.ts";
import type { ProfileDocument, Search } from "./search.ts";

// What a healthy cluster can't be asked for: refusals in the middle of a batch, silence, half an answer.
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}
type Answer = { status: number; body: unknown } | "silence";

let server: Server;
let asked: Asked[];
let bulkAnswers: Answer[];
let findAnswer: Answer;
let search: Search;

async function play(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const path = (request.url ?? "").split("?")[0] ?? "";
  asked.push({ method: request.method ?? "", path, body });
  const answer = answerTo(path);
  if (answer === "silence") return;
  response.writeHead(answer.status, { "content-type": "application/json" });
  response.end(request.method === "HEAD" ? "" : JSON.stringify(answer.body));
}

function answerTo(path: string): Answer {
  if (path.endsWith("/_search")) return findAnswer;
  if (path.endsWith("/_bulk")) return bulkAnswers.shift() ?? { status: 500, body: {} };
  return { status: 200, body: {} };
}

beforeEach(async () => {
  asked = [];
  bulkAnswers = [];
  server = createServer((request, response) => void play(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  search = openSearch({ url: `http://127.0.0.1:${port}`, index: "people", findTimeoutMs: 300, writeTimeoutMs: 300, retryMs: 1 });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function person(): ProfileDocument {
  const words = { name: "Ada", bio: "", prompts: "", interests: [] };
  return { userId: UserId.parse(testIds.next()), ...words, gender: "woman", birthDate: "1990-01-01", intent: null, lat: null, lon: null };
}

function items(...outcomes: [status: number, type?: string][]): Answer {
  const result = outcomes.map(([status, type]) => ({ index: { status, ...(type ? { error: { type, reason: "because" } } : {}) } }));
  return { status: 200, body: { errors: outcomes.some(([, type]) => type), items: result } };
}

function bulkIds(): string[][] {
  const lines = asked.filter((one) => one.path === "/people/_bulk").map((one) => one.body.trim().split("\n"));
  const action = (line: string) => JSON.parse(line) as { index?: { _id: string } };
  return lines.map((each) => each.flatMap((line) => action(line).index?._id ?? []));
}

const busy = [429, "rejected_execution_exception"] as const;

test("of a batch that fails in part, only what failed for a passing reason is sent again", async () => {
  const [one, two, three] = [person(), person(), person()];
  bulkAnswers = [items([201], [...busy], [503, "unavailable_shards_exception"]), items([201], [...busy]), items([201])];
  await search.index([one, two, three]);
  expect(bulkIds()).toEqual([[one.userId, two.userId, three.userId], [two.userId, three.userId], [three.userId]]);
});

test("documents that stay too busy to write are store.unavailable, after three attempts", async () => {
  bulkAnswers = [items([...busy], [201]), items([...busy]), items([...busy])];
  await expect(search.index([person(), person()])).rejects.toMatchObject({ code: "store.unavailable" });
  expect(bulkIds()).toHaveLength(3);
});

test("a document that is refused for good is not sent again, and its reason is told", async () => {
  bulkAnswers = [items([400, "mapper_parsing_exception"], [...busy]), items([201])];
  await expect(search.index([person(), person()])).rejects.toThrow(
    "OpenSearch refused 1 of 2 documents: 400 mapper_parsing_exception: because",
  );
  expect(bulkIds().map((ids) => ids.length)).toEqual([2, 1]);
});

test("removing who is not there is done", async () => {
  bulkAnswers = [{ status: 200, body: { errors: false, items: [{ delete: { status: 404, result: "not_found" } }] } }];
  await expect(search.remove([person().userId])).resolves.toBeUndefined();
});

test("more than five hundred documents are sent in several batches", async () => {
  const crowd = Array.from({ length: 1100 }, person);
  bulkAnswers = [500, 500, 100].map((count) => items(...Array.from({ length: count }, (): [number] => [201])));
  await search.index(crowd);
  expect(bulkIds().map((ids) => ids.length)).toEqual([500, 500, 100]);
});

test.each([[502], [503], [429]])("a cluster that answers %i is store.unavailable, to readers at once", async (status) => {
  findAnswer = { status, body: { error: { type: "busy" } } };
  await expect(search.find({ text: "", limit: 10 })).rejects.toMatchObject({ code: "store.unavailable" });
  expect(asked.filter((one) => one.path === "/people/_search")).toHaveLength(1);
});

test("a cluster that is silent is store.unavailable within the reader's time", async () => {
  findAnswer = "silence";
  await expect(search.find({ text: "", limit: 10 })).rejects.toMatchObject({ code: "store.unavailable" });
});

test("half an answer is none", async () => {
  findAnswer = { status: 200, body: { timed_out: true, hits: { hits: [] } } };
  await expect(search.find({ text: "", limit: 10 })).rejects.toMatchObject({ code: "store.unavailable" });
});

test("a query that the engine does not understand is a bug of ours and thrown as it is", async () => {
  findAnswer = { status: 400, body: { error: { type: "parsing_exception", reason: "no" } } };
  await expect(search.find({ text: "", limit: 10 })).rejects.toThrow("parsing_exception");
});

test("a write that the cluster does not answer is tried again, and then store.unavailable", async () => {
  bulkAnswers = ["silence", "silence", items([201])];
  await search.index([person()]);
  bulkAnswers = ["silence", "silence", "silence", "silence"];
  await expect(search.index([person()])).rejects.toMatchObject({ code: "store.unavailable" });
});
