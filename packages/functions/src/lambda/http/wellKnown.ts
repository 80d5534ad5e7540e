import * as routes from "@pendo/contract/routes/wellKnown";
import { handlers } from "../../http/wellKnown.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("wellKnown", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
