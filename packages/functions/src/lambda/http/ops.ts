import * as routes from "@pendo/contract/routes/ops";
import { handlers } from "../../http/ops.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("ops", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
