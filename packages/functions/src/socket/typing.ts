import { setTyping } from "@pendo/core/realtime/typing";
import type { HandleFrame } from "../middleware/handles.ts";

/** Shows the other member that the user writes, or has stopped. */
export const typingSet: HandleFrame<"typing.set"> = async (ctx, data) => {
  await setTyping(ctx, { ...data, userId: ctx.me });
};
