import type { QueueName } from "@pendo/contract/queues";

/** How long a message may usually wait, and who hears when it waits far longer. */
export const queueTargets: Readonly<Record<QueueName, { readonly targetSec: number; readonly to: "pages" | "tickets" }>> = {
  // Somebody sits there and waits for the code.
  email: { targetSec: 30, to: "pages" },
  realtime: { targetSec: 2, to: "pages" },
  push: { targetSec: 30, to: "pages" },
  moderation: { targetSec: 60, to: "pages" },
  media: { targetSec: 60, to: "pages" },
  search: { targetSec: 60, to: "tickets" },
  matching: { targetSec: 60, to: "tickets" },
  analytics: { targetSec: 300, to: "tickets" },
};

/** The age at which somebody hears of it, as a multiple of the target. */
export const AGE_FACTOR = 5;
