import { Fault } from "../fault.ts";

interface SdkFailure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly $fault?: unknown;
  readonly $retryable?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const BUSY = /Throttl|Throughput|TooManyRequests|LimitExceeded|Timeout|SlowDown|ServiceUnavailable|Internal(Failure|ServerError)/;
const UNREACHABLE = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|ESOCKET|UND_ERR_)/;
const CAUSES_MAX = 5;

/** Whether an AWS call failed for a reason that passes: throttling, a fault of the service, or a network that did not answer. */
export function passes(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error)) return false;
  const failure: SdkFailure = error;
  if (failure.$retryable !== undefined || failure.$fault === "server") return true;
  const status = failure.$metadata?.httpStatusCode ?? 0;
  if (status === 429 || status >= 500) return true;
  if (BUSY.test(error.name) || (typeof failure.code === "string" && UNREACHABLE.test(failure.code))) return true;
  // Proxies and credentials wrap the failure of the network that they met.
  return depth < CAUSES_MAX && passes(error.cause, depth + 1);
}

/**
 * Awaits an AWS call that the SDK has already retried. A failure that passes becomes `store.unavailable`, which answers 503 and
 * sends a message back to its queue; anything else (a missing permission, a wrong name) is ours and is thrown as it is.
 */
export async function reached<Output>(call: Promise<Output>): Promise<Output> {
  try {
    return await call;
  } catch (error) {
    if (passes(error)) throw new Fault("store.unavailable", { cause: error });
    throw error;
  }
}

/**
 * What every SDK client of ours is made with: bounded waits, and few retries because queues retry too. Without
 * `throwOnRequestTimeout` the SDK only warns when a request takes too long.
 */
export const boundedCalls = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;
