import * as routes from "@pendo/contract/routes/prompts";
import { handlers } from "../../http/prompts.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("prompts", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
