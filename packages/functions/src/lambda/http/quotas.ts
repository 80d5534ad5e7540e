import * as routes from "@pendo/contract/routes/quotas";
import { handlers } from "../../http/quotas.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("quotas", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
