import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { Fault } from "@pendo/core/fault";
import type { Clock } from "@pendo/core/ports/clock/clock";
import type { DiskStorage } from "@pendo/local/storage/disk";
import { checkEncoding } from "@pendo/functions/middleware/contentHeaders";
import { faultOf, problemOf } from "@pendo/functions/middleware/problem";
import type { Admit } from "./admission.ts";
import { send } from "./answer.ts";
import { targetOf } from "./httpEvent.ts";
import type { ServeOther } from "./httpServer.ts";

/** Below it, what S3 and CloudFront are elsewhere: uploads by signed form, reads by signed address. */
export const FILES_PATH = "/_files";
const BELOW = `${FILES_PATH}/`;

/** How many files are read or uploaded at once, at most. */
const AT_ONCE_MAX = 128;

const cors = { "access-control-allow-origin": "*" };

/** Serves the files of a storage on disk. */
export function serveFiles({ storage, clock, admit }: { storage: DiskStorage; clock: Clock; admit?: Admit }): ServeOther {
  let atOnce = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    atOnce++;
    try {
      if (atOnce > AT_ONCE_MAX) throw new Fault("server.busy", { retryAt: new Date(clock.now().getTime() + 1000) });
      await admit?.(request, "files");
      if (request.method === "POST" && path === FILES_PATH) await upload(request, response, storage);
      else if (request.method === "GET" || request.method === "HEAD")
        await read(request, response, { storage, key: path.slice(BELOW.length) });
      else throw new Fault("route.methodNotAllowed");
    } catch (error) {
      const { fault, isBug } = faultOf(error);
      if (isBug) throw error;
      const problem = problemOf(fault, clock);
      const allow = fault.code === "route.methodNotAllowed" && { allow: path === FILES_PATH ? "POST" : "GET, HEAD" };
      // What is left of the upload is of no use: the connection ends with the answer.
      send(request, response, { ...problem, headers: { ...problem.headers, ...cors, ...allow, connection: "close" } });
    } finally {
      atOnce--;
    }
  };
  return (request, response, path) => {
    if (path !== FILES_PATH && !path.startsWith(BELOW)) return null;
    // A browser that shows an upload's progress asks first whether it may; the gateway answers that for every address.
    return request.method === "OPTIONS" ? null : answer(request, response, path);
  };
}

/** Stores the form's file, which comes after the fields that permit it. What follows the file is not looked at. */
async function upload(request: IncomingMessage, response: ServerResponse, storage: DiskStorage): Promise<void> {
  const fields = Object.create(null) as Record<string, string>;
  const form = formReader(request);
  form.on("field", (name, value) => void (fields[name] = value));
  try {
    await new Promise<void>((resolve, reject) => {
      let file: Readable | undefined;
      let broken: Fault | undefined;
      // The store sees the end of a file that was cut off as a failure, and takes back what it wrote of it.
      const breakOff = (detail: string, cause?: unknown): void => {
        broken ??= new Fault("input.invalid", { fields: { "/": detail }, cause });
        if (file) file.destroy(broken);
        else reject(broken);
      };
      form.on("file", (name, found: Readable) => {
        // Nobody may be reading it any more when it breaks, and an error that nobody hears ends the process.
        found.on("error", (cause) => breakOff("is not a complete multipart form", cause));
        if (name !== "file") return void found.resume();
        file = found;
        storage.acceptUpload(fields, found).then(
          () => resolve(),
          // Its reader may hear the form's own error first, which says nothing to the client.
          (error: unknown) => reject(error instanceof Fault ? error : (broken ?? error)),
        );
      });
      form.on("finish", () => file ?? reject(new Fault("input.invalid", { fields: { "/file": "is missing" } })));
      form.on("error", (cause: unknown) => breakOff("is not a complete multipart form", cause));
      request.on("error", () => {});
      request.on("close", () => request.complete || breakOff("was cut off"));
      request.pipe(form);
    });
  } catch (error) {
    request.unpipe(form);
    throw error;
  }
  send(request, response, { status: 204, headers: cors });
}

function formReader(request: IncomingMessage): BusboyInstance {
  checkEncoding(request.headers);
  if (!request.headers["content-type"]?.toLowerCase().startsWith("multipart/form-data")) {
    throw new Fault("input.mediaType", { fields: { "/content-type": "must be multipart/form-data" } });
  }
  try {
    // A part without a filename may be a file all the same: curl and some phones send none.
    return new Busboy({
      headers: request.headers as never,
      isPartAFile: (name, _type, filename) => name === "file" || filename !== undefined,
      limits: { fields: 10, files: 1, parts: 20, fieldSize: 4096 },
    });
  } catch (cause) {
    throw new Fault("input.mediaType", { fields: { "/content-type": "must be multipart/form-data with a boundary" }, cause });
  }
}

async function read(
  request: IncomingMessage,
  response: ServerResponse,
  { storage, key }: { storage: DiskStorage; key: string },
): Promise<void> {
  const query = Object.fromEntries(new URLSearchParams(targetOf(request).query));
  const found = await storage.readSigned(key, query);
  // As S3 answers: whoever may not read learns nothing about what is there.
  if (!found) throw new Fault("auth.forbidden");
  const headers = {
    ...cors,
    "content-type": found.contentType,
    "cache-control": "private, max-age=240",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "cross-origin",
  };
  send(request, response, { status: 200, headers, body: found.body });
}
