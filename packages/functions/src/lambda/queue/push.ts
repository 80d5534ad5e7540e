import { queues } from "@pendo/contract/queues";
import { handlers } from "../../queue/push.ts";
import { queueFunction } from "../../middleware/queue.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = queueFunction("push", handlers, await lambdaRuntime(queues.push.needs));
