import { expect, test } from "vitest";
import { passes, reached } from "./awsFailure.ts";

const failure = (about: object, cause?: unknown): Error => Object.assign(new Error("failed", { cause }), about);
const passing: readonly [string, Error][] = [
  ...[
    "ECONNREFUSED",
    "ECONNRESET",
    "ECONNABORTED",
    "ENETUNREACH",
    "EHOSTDOWN",
    "EAI_AGAIN",
    "EAI_FAIL",
    "ENOTFOUND",
    "EPIPE",
    "ETIMEDOUT",
  ].map((code): [string, Error] => [code, failure({ code })]),
  ["a timeout of the SDK", failure({ name: "TimeoutError" })],
  ["throttling", failure({ name: "ThrottlingException", $metadata: { httpStatusCode: 400 } })],
  ["429", failure({ $metadata: { httpStatusCode: 429 } })],
  ["500", failure({ $metadata: { httpStatusCode: 500 } })],
  ["503", failure({ name: "ServiceUnavailable", $metadata: { httpStatusCode: 503 } })],
  ["a network failure that is wrapped", failure({ name: "CredentialsProviderError" }, failure({}, failure({ code: "ECONNREFUSED" })))],
];

test.each(passing)("%s passes, and is store.unavailable rather than a bug", async (_, error) => {
  expect(passes(error)).toBe(true);
  await expect(reached(Promise.reject(error))).rejects.toMatchObject({ code: "store.unavailable" });
});

test.each(["AccessDeniedException", "QueueDoesNotExist", "ValidationException"])(
  "%s is ours to mend, and thrown as it is",
  async (name) => {
    const error = failure({ name, $fault: "client", $metadata: { httpStatusCode: 400 } });

    expect(passes(error)).toBe(false);
    await expect(reached(Promise.reject(error))).rejects.toBe(error);
  },
);

test("a failure that is its own cause ends the search", () => {
  const error = failure({});
  error.cause = error;

  expect(passes(error)).toBe(false);
});
