import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { Fault } from "@pendo/core/fault";
import type { Clock } from "@pendo/core/ports/clock/clock";
import type { DiskStorage } from "@pendo/core/ports/storage/disk";
import { faultOf, problemOf } from "@pendo/functions/middleware/problem";
import { targetOf } from "./httpEvent.ts";
import type { ServeOther } from "./httpServer.ts";

/** Below it, what S3 and CloudFront are elsewhere: uploads by signed form, reads by signed address. */
export const FILES_PATH = "/_files";

/** Serves the files of a storage on disk. */
export function serveFiles({ storage, clock }: { storage: DiskStorage; clock: Clock }): ServeOther {
  return async (request, response, path) => {
    if (path !== FILES_PATH && !path.startsWith(`${FILES_PATH}/`)) return false;
    try {
      if (request.method === "POST" && path === FILES_PATH) await upload(request, response, storage);
      else if (request.method === "GET" || request.method === "HEAD") await read(request, response, { storage, key: path.slice(FILES_PATH.length + 1) });
      else throw new Fault("route.methodNotAllowed");
    } catch (error) {
      // What is left of the upload is not read: the connection ends with the answer.
      const problem = problemOf(faultOf(error).fault, clock);
      response.writeHead(problem.status, { ...problem.headers, connection: "close" }).end(problem.body);
    }
    return true;
  };
}

async function upload(request: IncomingMessage, response: ServerResponse, storage: DiskStorage): Promise<void> {
  const fields: Record<string, string> = {};
  const form = formReader(request);
  form.on("field", (name, value) => void (fields[name] = value));
  await new Promise<void>((resolve, reject) => {
    let found = false;
    form.on("file", (_name, file: Readable) => {
      found = true;
      storage.acceptUpload(fields, file).then(() => resolve(), reject);
    });
    form.on("finish", () => found || reject(new Fault("input.invalid", { fields: { "/file": "is missing, or is not the last field" } })));
    form.on("error", (cause: unknown) => reject(new Fault("input.invalid", { fields: { "/": "is not a complete multipart form" }, cause })));
    request.on("aborted", () => reject(new Fault("input.invalid", { fields: { "/": "was cut off" } })));
    request.pipe(form);
  });
  response.writeHead(204, { "access-control-allow-origin": "*" }).end();
}

function formReader(request: IncomingMessage): BusboyInstance {
  try {
    return new Busboy({ headers: request.headers as never, limits: { fields: 10, files: 1, fieldSize: 4096 } });
  } catch (cause) {
    throw new Fault("input.mediaType", { cause });
  }
}

async function read(request: IncomingMessage, response: ServerResponse, { storage, key }: { storage: DiskStorage; key: string }): Promise<void> {
  const query = Object.fromEntries(new URLSearchParams(targetOf(request).query));
  const found = await storage.readSigned(key, query);
  // As S3 answers: whoever may not read learns nothing about what is there.
  if (!found) throw new Fault("auth.forbidden");
  response.writeHead(200, {
    "content-type": found.contentType,
    "content-length": found.body.byteLength,
    "cache-control": "private, max-age=240",
    "x-content-type-options": "nosniff",
    "access-control-allow-origin": "*",
  });
  response.end(request.method === "HEAD" ? undefined : found.body);
}
