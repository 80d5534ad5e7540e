import * as routes from "@pendo/contract/routes/notifications";
import { handlers } from "../../http/notifications.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("notifications", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
