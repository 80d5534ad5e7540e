import { connect, disconnect } from "@pendo/core/realtime/connect";
import type { HandleSocket } from "../middleware/handles.ts";
import { messageRead, messageSend } from "./message.ts";
import { presenceSubscribe, presenceUnsubscribe } from "./presence.ts";
import { ping, sync } from "./sync.ts";
import { typingSet } from "./typing.ts";

/** A frame without a handler does not compile. */
export const socket: HandleSocket = {
  connect,
  disconnect,
  frames: {
    ping: ping,
    sync: sync,
    "message.send": messageSend,
    "message.read": messageRead,
    "typing.set": typingSet,
    "presence.subscribe": presenceSubscribe,
    "presence.unsubscribe": presenceUnsubscribe,
  },
};
