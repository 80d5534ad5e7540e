import { queues } from "@pendo/contract/queues";
import { handlers } from "../../queue/moderation.ts";
import { queueFunction } from "../../middleware/queue.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = queueFunction("moderation", handlers, await lambdaRuntime(queues.moderation.needs));
