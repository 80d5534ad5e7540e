import { queues } from "@pendo/contract/queues";
import { handlers } from "../../queue/analytics.ts";
import { queueFunction } from "../../middleware/queue.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = queueFunction("analytics", handlers, await lambdaRuntime(queues.analytics.needs));
