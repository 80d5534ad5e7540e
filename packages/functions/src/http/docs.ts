import type * as routes from "@pendo/contract/routes/docs";
import type { HandleNoun } from "../middleware/handles.ts";

// Each request loads what it asks for: the script alone has 4 MB, and a start needs none of it.
export const handlers: HandleNoun<typeof routes> = {
  getOpenApi: async () => ({ ...(await import("@pendo/contract/openapi")).openApi() }),
  getAsyncApi: async () => ({ ...(await import("@pendo/contract/reference/asyncapi")).asyncApi() }),
  getPage: async () => (await import("@pendo/core/ops/reference/page")).referencePage({ canTry: true }),
  getScript: async () => await (await import("@pendo/core/ops/reference/scalar")).referenceScript(),
  getErrorGuide: async () => (await import("@pendo/core/ops/reference/errorsPage")).errorsPage(),
};
