import { queues } from "@pendo/contract/queues";
import { handlers } from "../../queue/matching.ts";
import { queueFunction } from "../../middleware/queue.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = queueFunction("matching", handlers, await lambdaRuntime(queues.matching.needs));
