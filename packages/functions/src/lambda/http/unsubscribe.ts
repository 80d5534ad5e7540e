import * as routes from "@pendo/contract/routes/unsubscribe";
import { handlers } from "../../http/unsubscribe.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("unsubscribe", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
