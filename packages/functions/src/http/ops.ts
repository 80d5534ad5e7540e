import type * as routes from "@pendo/contract/routes/ops";
import * as ops from "@pendo/core/ops/ops";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  getHealth: async () => ({ status: "ok" }),
  getReadiness: (ctx) => ops.readiness(ctx),
  // Documents and pages are loaded by the requests for them, because health checks come every few seconds, and to every new instance.
  getOpenApi: async () => ({ ...(await import("@pendo/contract/openapi")).openApi() }),
  getAsyncApi: async () => ({ ...(await import("@pendo/contract/reference/asyncapi")).asyncApi() }),
  getDocs: async () => (await import("@pendo/core/ops/reference/page")).referencePage({ canTry: true }),
  getDocsScript: async () => await (await import("@pendo/core/ops/reference/scalar")).referenceScript(),
  getErrorGuide: async () => (await import("@pendo/core/ops/reference/errorsPage")).errorsPage(),
};
