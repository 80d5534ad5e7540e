import { setTyping } from "@pendo/core/realtime/typing";
import type { HandleFrame } from "../middleware/handles.ts";

export const typingSet: HandleFrame<"typing.set"> = async (ctx, data) => {
  await setTyping(ctx, { ...data, userId: ctx.me });
};
