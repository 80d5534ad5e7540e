import * as routes from "@pendo/contract/routes/discovery";
import { handlers } from "../../http/discovery.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("discovery", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
