import * as routes from "@pendo/contract/routes/blocks";
import { handlers } from "../../http/blocks.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("blocks", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
