import { queues } from "@pendo/contract/queues";
import { handlers } from "../../queue/email.ts";
import { queueFunction } from "../../middleware/queue.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = queueFunction("email", handlers, await lambdaRuntime(queues.email.needs));
