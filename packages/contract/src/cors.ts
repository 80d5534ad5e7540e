/** What a page of another origin may send: what the API reads, and what tracing libraries add on their own (W3C Trace Context, Sentry). */
export const corsRequestHeaders = [
  "authorization",
  "content-type",
  "idempotency-key",
  "if-none-match",
  "x-request-id",
  "traceparent",
  "baggage",
  "sentry-trace",
] as const;

/** What such a page may read of an answer. */
export const corsResponseHeaders = [
  "etag",
  "location",
  "ratelimit-limit",
  "ratelimit-remaining",
  "ratelimit-reset",
  "retry-after",
  "x-request-id",
] as const;
