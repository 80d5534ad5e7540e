import * as routes from "@pendo/contract/routes/travel";
import { handlers } from "../../http/travel.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("travel", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
