import * as z from "zod";
import { route } from "../route.ts";

export const healthz = route({
  at: "GET /healthz",
  summary: "Whether this process answers. It asks no dependency.",
  auth: "public",
  input: z.strictObject({}),
  output: z.object({ status: z.literal("ok") }),
  fails: [],
  limit: "public",
  needs: [],
});

/** Says no more of a dependency than its name: whoever asks is not signed in. */
export const readyz = route({
  at: "GET /readyz",
  summary:
    "Whether every dependency answers and the database takes writes, each within 2 s. Degraded: Pendo serves without what is missing.",
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

export const openApi = route({
  at: "GET /openapi.json",
  summary: "This document: OpenAPI 3.1.",
  auth: "public",
  input: z.strictObject({}),
  output: z.record(z.string(), z.unknown()),
  fails: [],
  limit: "public",
  cache: { maxAgeSec: 300, scope: "public" },
  needs: [],
});

export const docs = route({
  at: "GET /docs",
  summary: "This document, for people.",
  auth: "public",
  input: z.strictObject({}),
  output: z.string(),
  fails: [],
  limit: "public",
  cache: { maxAgeSec: 300, scope: "public" },
  contentType: "text/html; charset=utf-8",
  needs: [],
});
