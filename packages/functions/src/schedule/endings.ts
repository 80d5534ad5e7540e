import * as boosts from "@pendo/core/boosts/boosts";
import * as held from "@pendo/core/messages/held";
import * as holds from "@pendo/core/moderation/holds";
import * as travel from "@pendo/core/travel/travel";
import type { HandleSchedule } from "../middleware/handles.ts";

export const endings: HandleSchedule<"endings"> = async (ctx) =>
  void (await Promise.all([boosts.endDue(ctx), travel.endDue(ctx), holds.endDue(ctx), held.releaseDue(ctx)]));
