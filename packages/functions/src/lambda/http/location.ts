import * as routes from "@pendo/contract/routes/location";
import { handlers } from "../../http/location.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("location", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
