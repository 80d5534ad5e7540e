import type { IncomingMessage, ServerResponse } from "node:http";

// How long, and how much, is still read of a request whose connection is about to be closed.
const LINGER_MS = 3000;
const LINGER_BYTES_MAX = 16 * 1024 * 1024;

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body?: string | Uint8Array | undefined;
}

// Headers that were set on a response one by one make Node write all of them the slow way.
const headersOf = new WeakMap<ServerResponse, Readonly<Record<string, string>>>();

/** Adds headers to whatever answer is sent later; the answer's own come first. */
export function addHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  headersOf.set(response, headers);
}

/** Sends an answer. One that says `connection: close` reaches even a client that is still in the middle of sending. */
export function send(request: IncomingMessage, response: ServerResponse, { status, headers, body = "" }: HttpResponse): void {
  // Names and values in turn are what Node writes without a copy; it refuses those that would end a header early.
  const raw: unknown[] = [];
  for (const name in headers) raw.push(name, headers[name]);
  const added = headersOf.get(response);
  for (const name in added) if (!(name in headers)) raw.push(name, added[name]);
  if (status !== 204 && status !== 304) raw.push("content-length", Buffer.byteLength(body));
  response.writeHead(status, raw as never);
  const sent = request.method === "HEAD" ? "" : body;
  if (headers["connection"] === "close" && !request.complete) linger(request, response, sent);
  else response.end(sent);
}

// Closing a connection with unread bytes resets it, and the client may lose the answer; so it is written first, and what comes is dropped for a while.
function linger(request: IncomingMessage, response: ServerResponse, body: string | Uint8Array): void {
  response.flushHeaders();
  if (body.length > 0) response.write(body);
  let bytes = 0;
  const end = (): void => {
    clearTimeout(patience);
    response.end();
  };
  const patience = setTimeout(end, LINGER_MS);
  request.on("data", (chunk: Buffer) => (bytes += chunk.byteLength) > LINGER_BYTES_MAX && end());
  request
    .on("end", end)
    .on("close", end)
    .on("error", () => {});
  request.resume();
}
