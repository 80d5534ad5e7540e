import { queues } from "@pendo/contract/queues";
import { handlers } from "../../queue/realtime.ts";
import { queueFunction } from "../../middleware/queue.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = queueFunction("realtime", handlers, await lambdaRuntime(queues.realtime.needs));
