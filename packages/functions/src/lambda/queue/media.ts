import { queues } from "@pendo/contract/queues";
import { handlers } from "../../queue/media.ts";
import { queueFunction } from "../../middleware/queue.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = queueFunction("media", handlers, await lambdaRuntime(queues.media.needs));
