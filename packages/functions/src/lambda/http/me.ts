import * as routes from "@pendo/contract/routes/me";
import { handlers } from "../../http/me.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("me", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
