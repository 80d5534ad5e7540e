import * as routes from "@pendo/contract/routes/boosts";
import { handlers } from "../../http/boosts.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("boosts", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
