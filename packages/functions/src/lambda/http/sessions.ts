import * as routes from "@pendo/contract/routes/sessions";
import { handlers } from "../../http/sessions.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("sessions", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
