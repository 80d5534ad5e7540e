import type { QueueName } from "@pendo/contract/queues";
import type { HandleBatch, HandleQueue } from "../middleware/handles.ts";

/** A queue without a consumer does not compile. */
export const queue = {} satisfies { readonly [Q in QueueName]: HandleQueue<Q> | HandleBatch<Q> };
