import { setTimeout as sleep } from "node:timers/promises";
import type { UserId } from "@pendo/contract/ids";
import type { Client } from "@opensearch-project/opensearch";
import { Fault } from "../../fault.ts";
import { mappings, searchBody, source } from "./openSearchIndex.ts";
import type { Search } from "./search.ts";
import { page, positionAfter, rowsMax, type Position } from "./words.ts";

export interface OpenSearchOptions {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Its name; a new mapping needs a new one. */
  readonly index?: string;
  /** How many copies each shard has besides itself: as many as nodes that may fail. */
  readonly replicas?: number;
  /** How long a reader waits, retries included; there is another engine to ask. */
  readonly findTimeoutMs?: number;
  readonly writeTimeoutMs?: number;
  /** The wait before failed documents of a batch are sent again, doubled each time. */
  readonly retryMs?: number;
}

interface Settings extends Required<Omit<OpenSearchOptions, "username" | "password">> {
  readonly client: () => Promise<Client>;
}

const BATCH_MAX = 500;
const ATTEMPTS_MAX = 3;

/**
 * Search in OpenSearch. The client is loaded with the first call. The index is made with the first write; until then, and whenever it is
 * missing, finding answers `store.unavailable` rather than "nobody".
 * @throws {Fault} `store.unavailable`: the cluster is busy or away, or the index is missing
 */
export function openSearch(options: OpenSearchOptions): Search {
  const settings: Settings = {
    index: "profiles-v1",
    replicas: 0,
    findTimeoutMs: 1_500,
    writeTimeoutMs: 5_000,
    retryMs: 200,
    ...options,
    client: lazyClient(options),
  };
  const { client, index, findTimeoutMs, writeTimeoutMs } = settings;
  const ensure = ensureIndex(settings);

  return {
    async index(documents) {
      // Of two documents of one user the later counts, as the engine would have it if they came alone.
      const newest = [...new Map(documents.map((document) => [document.userId, document])).values()];
      await ensure();
      await bulk(
        settings,
        newest.map((document) => ({ action: { index: { _id: document.userId } }, document: source(document) })),
      );
    },

    async remove(userIds) {
      await ensure();
      await bulk(
        settings,
        [...new Set<UserId>(userIds)].map((userId) => ({ action: { delete: { _id: userId } } })),
      );
    },

    async find(query) {
      const body = searchBody(query, positionAfter(query), rowsMax(query));
      if (!body) return { userIds: [], next: null };
      const asking = (await client()).search(
        { index, body, allow_partial_search_results: false },
        { requestTimeout: findTimeoutMs, maxRetries: 0 },
      );
      const { body: answer } = await reached(asking);
      if (answer.timed_out) throw new Fault("store.unavailable", { cause: "OpenSearch answered in part" });
      return page(query, answer.hits.hits.map(position));
    },

    async refresh() {
      await ensure();
      await reached((await client()).indices.refresh({ index }, { requestTimeout: writeTimeoutMs }));
    },

    async ping() {
      await reached((await client()).ping({}, { requestTimeout: findTimeoutMs, maxRetries: 0 }));
    },
  };
}

function lazyClient({ url, username, password }: OpenSearchOptions): () => Promise<Client> {
  let client: Promise<Client> | undefined;
  async function load(): Promise<Client> {
    const { Client: OpenSearchClient } = await import("@opensearch-project/opensearch");
    const auth = username === undefined || password === undefined ? {} : { auth: { username, password } };
    return new OpenSearchClient({ node: url, maxRetries: 2, ...auth });
  }
  return () => (client ??= load());
}

/** Makes the index with its mapping, once per process. The template serves an index that is deleted while we run. */
function ensureIndex({ client, index, replicas, writeTimeoutMs }: Settings): () => Promise<void> {
  let made: Promise<void> | undefined;
  async function make(): Promise<void> {
    const { indices } = await client();
    const template = { settings: { number_of_shards: 1, number_of_replicas: replicas }, mappings };
    const wait = { requestTimeout: writeTimeoutMs };
    await reached(indices.putIndexTemplate({ name: index, body: { index_patterns: [index], template } }, wait));
    const exists = await reached(indices.exists({ index }, wait));
    if (exists.body) return;
    // Of two processes that make it at once, one is told that it exists already.
    await reached(indices.create({ index }, wait)).catch((error: unknown) => {
      if (!String(error).includes("resource_already_exists_exception")) throw error;
    });
  }
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

interface Write {
  readonly action: { readonly index: { readonly _id: UserId } } | { readonly delete: { readonly _id: UserId } };
  readonly document?: Record<string, unknown>;
}

/**
 * Sends writes in batches. Of a batch only what failed for a passing reason is sent again. What still fails is thrown after everything
 * else was written: `store.unavailable` where trying later helps, an error where the engine refused a document for good.
 */
async function bulk(settings: Settings, writes: readonly Write[]): Promise<void> {
  const refused: string[] = [];
  let busy = 0;
  for (let at = 0; at < writes.length; at += BATCH_MAX) {
    let left = writes.slice(at, at + BATCH_MAX);
    for (let attempt = 1; left.length > 0 && attempt <= ATTEMPTS_MAX; attempt += 1) {
      if (attempt > 1) await sleep(settings.retryMs * 2 ** (attempt - 2));
      const outcome = await sendBatch(settings, left);
      refused.push(...outcome.refused);
      left = outcome.busy;
    }
    busy += left.length;
  }
  if (refused.length > 0) throw new Error(`OpenSearch refused ${refused.length} of ${writes.length} documents: ${refused[0]}`);
  if (busy > 0) throw new Fault("store.unavailable", { cause: `OpenSearch was too busy for ${busy} of ${writes.length} documents` });
}

async function sendBatch({ client, index, writeTimeoutMs }: Settings, writes: Write[]): Promise<{ busy: Write[]; refused: string[] }> {
  const body = writes.flatMap(({ action, document }) => (document ? [action, document] : [action]));
  const { body: answer } = await reached((await client()).bulk({ index, body }, { requestTimeout: writeTimeoutMs }));
  const outcome = { busy: [] as Write[], refused: [] as string[] };
  if (!answer.errors) return outcome;
  answer.items.forEach((item, place) => {
    const result = item.index ?? item.delete;
    const write = writes[place];
    // Deleting what is not there answers 404 without an error, and is as good as done.
    if (!result?.error || !write) return;
    if (isBusy(result.status)) outcome.busy.push(write);
    else outcome.refused.push(`${result.status} ${result.error.type}: ${result.error.reason}`);
  });
  return outcome;
}

function position(hit: { sort?: unknown[] }): Position {
  const [score, userId] = hit.sort ?? [];
  return { inName: score === 1 ? 1 : 0, userId: userId as UserId };
}

function isBusy(status: number): boolean {
  return status === 429 || status >= 500;
}

const UNREACHED = new Set(["ConnectionError", "TimeoutError", "NoLivingConnectionsError", "RequestAbortedError"]);

async function reached<Answer>(call: PromiseLike<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 0;
    const missingIndex = status === 404 && String(error).includes("index_not_found_exception");
    const away = error instanceof Error && UNREACHED.has(error.name);
    if (away || missingIndex || isBusy(status)) throw new Fault("store.unavailable", { cause: error });
    throw error;
  }
}
