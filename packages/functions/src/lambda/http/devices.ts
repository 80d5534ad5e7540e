import * as routes from "@pendo/contract/routes/devices";
import { handlers } from "../../http/devices.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("devices", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
