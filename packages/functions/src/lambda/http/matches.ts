import * as routes from "@pendo/contract/routes/matches";
import { handlers } from "../../http/matches.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("matches", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
