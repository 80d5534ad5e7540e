import * as routes from "@pendo/contract/routes/auth";
import { handlers } from "../../http/auth.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("auth", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
