import * as routes from "@pendo/contract/routes/likes";
import { handlers } from "../../http/likes.ts";
import { httpFunction } from "../../middleware/http.ts";
import { needsOfNoun } from "../needs.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = httpFunction("likes", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
