import * as routes from "@pendo/contract/routes/sync";
import { handlers } from "../../http/sync.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("sync", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
