import * as routes from "@pendo/contract/routes/media";
import { handlers } from "../../http/media.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("media", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
