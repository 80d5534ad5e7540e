import * as routes from "@pendo/contract/routes/docs";
import { handlers } from "../../http/docs.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("docs", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
