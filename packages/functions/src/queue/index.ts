import type { QueueName } from "@pendo/contract/queues";
import type { HandleBatch, HandleQueue } from "../middleware/handles.ts";
import { handlers as analytics } from "./analytics.ts";
import { handlers as email } from "./email.ts";
import { handlers as matching } from "./matching.ts";
import { handlers as media } from "./media.ts";
import { handlers as moderation } from "./moderation.ts";
import { handlers as push } from "./push.ts";
import { handlers as realtime } from "./realtime.ts";
import { handlers as search } from "./search.ts";

/** A queue without a consumer does not compile. */
export const queue = { analytics, email, matching, media, moderation, push, realtime, search } satisfies {
  readonly [Q in QueueName]: HandleQueue<Q> | HandleBatch<Q>;
};
