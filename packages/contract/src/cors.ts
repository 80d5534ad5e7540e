/** Headers that pages of other origins may send: those of the API, and those that tracing libraries add. */
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

/** Response headers that such a page may read. */
export const corsResponseHeaders = [
  "etag",
  "idempotency-replayed",
  "location",
  "ratelimit-limit",
  "ratelimit-remaining",
  "ratelimit-reset",
  "retry-after",
  "x-request-id",
] as const;
