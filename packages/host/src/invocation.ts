import type { Context } from "aws-lambda";

/** What Lambda says of an invocation, as far as the handlers ask: how long it still may take. */
export function invocation(timeoutSec: number): Context {
  const endsMs = performance.now() + timeoutSec * 1000;
  return { getRemainingTimeInMillis: () => endsMs - performance.now() } as Context;
}
