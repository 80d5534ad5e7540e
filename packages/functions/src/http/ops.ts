import { openApi } from "@pendo/contract/openapi";
import type * as routes from "@pendo/contract/routes/ops";
import { docsPage } from "@pendo/core/ops/docsPage";
import * as ops from "@pendo/core/ops/ops";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  healthz: async () => ({ status: "ok" }),
  readyz: (ctx) => ops.readiness(ctx),
  openApi: async () => ({ ...openApi() }),
  docs: async () => docsPage(openApi()),
};
