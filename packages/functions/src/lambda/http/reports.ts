import * as routes from "@pendo/contract/routes/reports";
import { handlers } from "../../http/reports.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("reports", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
