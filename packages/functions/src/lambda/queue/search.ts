import { queues } from "@pendo/contract/queues";
import { handlers } from "../../queue/search.ts";
import { queueFunction } from "../../middleware/queue.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = queueFunction("search", handlers, await lambdaRuntime(queues.search.needs));
