import * as routes from "@pendo/contract/routes/conversations";
import { handlers } from "../../http/conversations.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("conversations", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
