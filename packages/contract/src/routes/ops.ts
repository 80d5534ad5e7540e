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
