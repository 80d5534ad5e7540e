import * as routes from "@pendo/contract/routes/preferences";
import { handlers } from "../../http/preferences.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("preferences", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
