import * as routes from "@pendo/contract/routes/messages";
import { handlers } from "../../http/messages.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("messages", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
