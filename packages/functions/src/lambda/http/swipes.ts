import * as routes from "@pendo/contract/routes/swipes";
import { handlers } from "../../http/swipes.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("swipes", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
