import { expect, test } from "vitest";
import { everyRoute } from "./everyRoute.ts";
import { framesIn } from "./sockets.ts";

/** Each POST that takes no `Idempotency-Key`, and why a client may still repeat it. */
const repeatable: Readonly<Record<string, string>> = {
  "POST /v1/auth/otp/request": "Another code is sent; how many is limited by address. Nobody is signed in whose key it could be.",
  "POST /v1/auth/otp/verify": "A used code is refused. Keeping the answer for a replay would keep tokens.",
  "POST /v1/auth/token/refresh": "`attemptId` does it, and keeps no tokens.",
  "POST /v1/auth/logout": "A session ends once.",
  "POST /v1/media/{mediaId}/complete": "It is noted once.",
  "POST /v1/realtime/tickets": "Another ticket does no harm: each is good for one socket and half a minute.",
  "POST /v1/unsubscribe/{token}": "It sets what is set already.",
};

const specs = everyRoute().map(({ spec }) => spec);

test("every POST takes an `Idempotency-Key`, or is known to be harmless when it is repeated; nothing else takes one", () => {
  const posts = specs.filter(({ at }) => at.startsWith("POST "));
  expect(posts.length).toBeGreaterThan(8);
  const without = posts.filter(({ idempotent }) => idempotent !== true).map(({ at }) => at);
  expect(without.toSorted()).toEqual(Object.keys(repeatable).toSorted());
  expect(specs.filter(({ at, idempotent }) => idempotent === true && !at.startsWith("POST "))).toEqual([]);
  // Keys belong to whoever is signed in.
  expect(specs.filter(({ auth, idempotent }) => idempotent === true && auth === "public")).toEqual([]);
});

test("every list is bounded: what answers `items` takes a limit, or is as long as a table of the contract", () => {
  const lists = specs.filter(({ output }) => "shape" in output && "items" in (output.shape as object));
  expect(lists.length).toBeGreaterThan(8);
  const unbounded = lists.filter(({ input }) => !("limit" in input.shape)).map(({ at }) => at);
  // There are as many queues as the contract has, and as many reasons as it has kinds.
  expect(unbounded).toEqual(["GET /v1/admin/queues", "GET /v1/discovery/recommendations/{userId}/reasons"]);
  for (const { input } of lists.filter((one) => "limit" in one.input.shape)) {
    const limit = input.shape["limit"] as unknown as { safeParse(value: unknown): { success: boolean } };
    expect(limit.safeParse("201").success).toBe(false);
    expect(limit.safeParse("0").success).toBe(false);
  }
});

test("only reads are cached, and shared caches keep nothing that depends on who asks", () => {
  for (const { at, auth, cache } of specs) {
    if (cache) expect(at).toMatch(/^GET /);
    if (cache?.scope === "public") expect(auth).toBe("public");
  }
});

test("no request and no frame names a message by its place", () => {
  const inputs = [
    ...specs.map(({ at, input }) => [at, input.shape] as const),
    ...Object.entries(framesIn).map(([type, { data }]) => [type, data.shape] as const),
  ];

  const byPlace = inputs.filter(([, shape]) => Object.keys(shape).some((name) => /^(seq|readSeq|lastSeq)$/.test(name))).map(([at]) => at);
  const list = specs.find(({ at }) => at === "GET /v1/conversations/{conversationId}/messages")?.input;
  const read = framesIn["message.read"].data;

  expect(byPlace).toEqual([]);
  const conversationId = "0190a5e0-0000-7000-8000-000000000001";
  expect(list?.safeParse({ conversationId, after: "10" }).success).toBe(false);
  expect(list?.safeParse({ conversationId, after: conversationId }).success).toBe(true);
  expect([read.safeParse({ conversationId }).success, read.safeParse({ conversationId, messageId: conversationId }).success]).toEqual([
    false,
    true,
  ]);
});
