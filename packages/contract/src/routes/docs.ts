import * as z from "zod";
import { route } from "../route.ts";

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

export const getPage = route({
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
export const getScript = route({
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
