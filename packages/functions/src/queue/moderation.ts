import { judgeReport } from "@pendo/core/moderation/holds";
import { judgeMedia } from "@pendo/core/moderation/mediaVerdict";
import { judgeHeldText, judgeMessage, judgeProfile } from "@pendo/core/moderation/textVerdict";
import type { HandleQueue } from "../middleware/handles.ts";

export const handlers: HandleQueue<"moderation"> = {
  "media.processed": (ctx, { id: factId, data }) => judgeMedia(ctx, { factId, ...data }),
  "profile.updated": (ctx, { data }) => judgeProfile(ctx, data),
  "message.held": (ctx, { data }) => judgeHeldText(ctx, data),
  "message.created": (ctx, { id: factId, data }) => judgeMessage(ctx, { factId, ...data }),
  "message.updated": (ctx, { id: factId, data }) => judgeMessage(ctx, { factId, ...data }),
  "report.created": (ctx, { id: factId, data }) => judgeReport(ctx, { factId, ...data }),
};
