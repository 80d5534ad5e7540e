import { randomIds } from "@pendo/core/ports/ids/ids";
import { inTrace, joinTrace } from "../middleware/trace.ts";

/** Runs a function that no gateway, queue or schedule of the contract calls in one trace: X-Ray's, where there is one. */
export function inOwnTrace<Result>(work: () => Result): Result {
  return inTrace(joinTrace({ ids: randomIds, xray: () => process.env["_X_AMZN_TRACE_ID"] }), work);
}
