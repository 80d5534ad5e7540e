import { expect, test } from "vitest";
import { faultsOf } from "./outcome.ts";
import { tally } from "./tally.ts";

const fresh = () => tally(() => new Date("2026-01-01T12:00:00Z"));

test("latencies are told per route and over all, and 5xx and silence count as errors", () => {
  const seen = fresh();
  for (let ms = 1; ms <= 100; ms++) seen.request("GET /v1/me", ms, 200);
  seen.request("PUT /v1/swipes/{targetId}", 500, 503);
  seen.request("GET /v1/me", 3, 0);
  seen.request("GET /v1/me", 3, 409);
  const { api, routes, serverErrors, requests } = seen.read();
  expect(requests).toBe(103);
  expect(serverErrors).toBe(2);
  expect(api.max).toBeGreaterThanOrEqual(500);
  expect(routes.get("GET /v1/me")?.p50).toBeCloseTo(49, -1);
  expect(routes.get("GET /v1/me")?.p99).toBeGreaterThan(95);
});

test("each second keeps what happened in it, and no more than a minute is kept", () => {
  const seen = fresh();
  seen.count("messages", 3);
  seen.tick();
  seen.count("messages", 1);
  seen.looked({ waiting: 7, lagSec: 2, dead: 0 });
  seen.tick();
  expect(seen.read()).toMatchObject({ messagesPerSec: [3, 1], waitingPerSec: [0, 7] });
  seen.looked({ waiting: 0, lagSec: 0, dead: 3 });
  for (let i = 0; i < 100; i++) seen.tick();
  expect(seen.read().messagesPerSec).toHaveLength(60);
  expect(seen.read()).toMatchObject({ lagMaxSec: 2, deadSince: 3 });
});

test("what belongs to the play is no fault; anything else is", () => {
  const seen = fresh();
  seen.refused("conversation.ended", true);
  expect(faultsOf({ seen: seen.read(), verdict: { conversations: 1, problems: [] }, log: [] })).toEqual([]);
  seen.refused("input.invalid", false);
  seen.request("GET /v1/me", 3, 500);
  const faults = faultsOf({ seen: seen.read(), verdict: { conversations: 1, problems: ["Ann lacks message 2."] }, log: ["boom"] });
  expect(faults).toEqual([
    "1 requests were answered with 5xx, or not at all.",
    "1 × input.invalid",
    "Ann lacks message 2.",
    "The host wrote: boom",
  ]);
});
