import * as routes from "@pendo/contract/routes/notificationPreferences";
import { handlers } from "../../http/notificationPreferences.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("notificationPreferences", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
