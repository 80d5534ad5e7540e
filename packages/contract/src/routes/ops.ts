import * as z from "zod";
import { route } from "../route.ts";

export const getHealth = route({
  at: "GET /healthz",
  summary: "Check that the process runs",
  description: "The check uses no dependency.",
  auth: "public",
  input: z.strictObject({}),
  output: z.object({ status: z.literal("ok") }),
  fails: [],
  limit: "public",
  needs: [],
});

/** The route is public, so it gives only the names of the dependencies. */
export const getReadiness = route({
  at: "GET /readyz",
  summary: "Check the dependencies of the process",
  description:
    "Every dependency must respond within 2 s, and the database must accept a write. Degraded: Pendo works without the failed dependencies.",
  auth: "public",
  input: z.strictObject({}),
  output: z.object({
    status: z.enum(["ready", "degraded"]),
    checks: z.record(z.string(), z.object({ ok: z.boolean(), ms: z.int() })),
  }),
  fails: ["ops.notReady"],
  limit: "public",
  needs: ["db", "cache", "search", "bus", "storage", "connections"],
});

export const getOpenApi = route({
  at: "GET /openapi.json",
  summary: "Get this document, in OpenAPI 3.1",
  auth: "public",
  input: z.strictObject({}),
  output: z.record(z.string(), z.unknown()),
  fails: [],
  limit: "public",
  cache: { maxAgeSec: 300, scope: "public" },
  needs: [],
});

export const getAsyncApi = route({
  at: "GET /asyncapi.json",
  summary: "Get the frames of the socket, in AsyncAPI 3.0",
  auth: "public",
  input: z.strictObject({}),
  output: z.record(z.string(), z.unknown()),
  fails: [],
  limit: "public",
  cache: { maxAgeSec: 300, scope: "public" },
  needs: [],
});

export const getDocs = route({
  at: "GET /docs",
  summary: "Get this document as a web page",
  auth: "public",
  input: z.strictObject({}),
  output: z.string(),
  fails: [],
  limit: "public",
  cache: { maxAgeSec: 300, scope: "public" },
  contentType: "text/html; charset=utf-8",
  needs: [],
});

/** The page and its script have one origin, so that a browser that reads the API loads nothing from elsewhere. */
export const getDocsScript = route({
  at: "GET /docs/reference.js",
  summary: "Get the script of the web page",
  auth: "public",
  input: z.strictObject({}),
  output: z.string(),
  fails: [],
  limit: "public",
  cache: { maxAgeSec: 86_400, scope: "public" },
  contentType: "text/javascript; charset=utf-8",
  needs: [],
});

export const getErrorGuide = route({
  at: "GET /docs/errors",
  summary: "Get the error guide as a web page",
  description: "The `type` of each problem leads to the entry of its code.",
  auth: "public",
  input: z.strictObject({}),
  output: z.string(),
  fails: [],
  limit: "public",
  cache: { maxAgeSec: 300, scope: "public" },
  contentType: "text/html; charset=utf-8",
  needs: [],
});
