import { processUpload } from "@pendo/core/media/process";
import type { HandleQueue } from "../middleware/handles.ts";

export const handlers: HandleQueue<"media"> = {
  "media.uploaded": (ctx, { id: factId, data }) => processUpload(ctx, { factId, ...data }),
};
