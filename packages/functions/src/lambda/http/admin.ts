import * as routes from "@pendo/contract/routes/admin";
import { handlers } from "../../http/admin.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("admin", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
