import type { QueueName } from "@pendo/contract/queues";
import type { HandleBatch, HandleQueue } from "../middleware/handles.ts";
import { handlers as media } from "./media.ts";
import { handlers as moderation } from "./moderation.ts";

/** A queue without a consumer does not compile. */
export const queue = { media, moderation } satisfies { readonly [Q in QueueName]: HandleQueue<Q> | HandleBatch<Q> };
