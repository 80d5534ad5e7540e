import * as routes from "@pendo/contract/routes/profiles";
import { handlers } from "../../http/profiles.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("profiles", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
