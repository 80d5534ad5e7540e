import type { IncomingMessage } from "node:http";

const EMPTY = Buffer.alloc(0);

/** The body, or why there is none: it is larger than was allowed (the rest stays unread), or the client went away in the middle of it. */
export type Body = Buffer | "tooLarge" | "cutOff";

/** Reads a request's body. By events: an async iterator would end the connection where it stops early, and with it the answer. */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<Body> {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (length === undefined && encoding === undefined) return Promise.resolve(EMPTY);
  if (Number(length ?? 0) > bytesMax) return Promise.resolve("tooLarge");
  return new Promise((resolve) => {
    let first: Buffer | undefined;
    let rest: Buffer[] | undefined;
    let bytes = 0;
    const take = (chunk: Buffer): void => {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) {
        request.off("data", take).pause();
        resolve("tooLarge");
      } else if (!first) first = chunk;
      else (rest ??= [first]).push(chunk);
    };
    request.on("data", take);
    request.on("end", () => resolve(rest ? Buffer.concat(rest) : (first ?? EMPTY)));
    request.on("error", () => resolve("cutOff"));
    request.on("close", () => resolve("cutOff"));
  });
}
