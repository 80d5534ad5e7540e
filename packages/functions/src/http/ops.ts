import type { OpenApi } from "@pendo/contract/openapi";
import type * as routes from "@pendo/contract/routes/ops";
import * as ops from "@pendo/core/ops/ops";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  getHealth: async () => ({ status: "ok" }),
  getReadiness: (ctx) => ops.readiness(ctx),
  // The document and its page are loaded by whoever asks for them: health is asked for every few seconds, and of every new instance.
  getOpenApi: async () => ({ ...(await document()) }),
  getDocs: async () => {
    const { docsPage } = await import("@pendo/core/ops/docsPage");
    return docsPage(await document());
  },
};

async function document(): Promise<OpenApi> {
  const { openApi } = await import("@pendo/contract/openapi");
  return openApi();
}
