import { Agent, request as httpRequest } from "node:http";

export interface RawRequest {
  readonly method: string;
  /** As it goes over the wire; nothing is normalized. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly ms: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Sends a request as it is written, however odd; `fetch` would refuse or repair half of them. Throws where no answer came in time. */
export function rawCall(baseUrl: string, { method, path, headers = {}, body }: RawRequest, withinMs = 10_000): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl);
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const sent = httpRequest({ hostname, port, method, path, agent, headers: { ...length, ...headers } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => void chunks.push(chunk));
      answer.on("end", () => {
        clearTimeout(patience);
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString("utf8"),
          ms: performance.now() - startedMs,
        });
      });
      answer.on("error", reject);
    });
    const patience = setTimeout(() => sent.destroy(new Error(`${method} ${path} was not answered within ${withinMs} ms.`)), withinMs);
    sent.on("error", (error) => {
      clearTimeout(patience);
      reject(error);
    });
    sent.end(body);
  });
}

/** A request with a token and a JSON body, as clients send them. */
export function jsonCall(
  baseUrl: string,
  at: string,
  { token, body, headers }: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<RawAnswer> {
  const [method = "GET", path = "/"] = at.split(" ");
  return rawCall(baseUrl, {
    method,
    path,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Runs every task, never more than `width` of them at once. */
export async function inParallel<T>(width: number, tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = Array.from({ length: tasks.length });
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < tasks.length) {
      const i = next++;
      results[i] = await (tasks[i] as () => Promise<T>)();
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, tasks.length) }, lane));
  return results;
}
