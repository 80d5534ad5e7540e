import type { Line, Observer } from "./observer.ts";
import { faultOf } from "./problem.ts";

/**
 * Reports events that could not leave at once. Their transaction has committed, and the sweep tries again: a queue that is away is counted, and
 * is no bug of each request.
 */
export function reportRelayFailure(observer: Observer, error: unknown, about: Line): void {
  if (faultOf(error).isBug) observer.bug(error, about);
  else observer.measure({ port: "bus" }, { failures: 1 });
}
