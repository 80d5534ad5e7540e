import * as routes from "@pendo/contract/routes/realtime";
import { handlers } from "../../http/realtime.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("realtime", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
