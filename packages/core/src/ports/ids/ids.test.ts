import { UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { randomIds } from "./ids.ts";

test("ids are UUIDv7 as the contract wants them, and each is greater than the one before", () => {
  const ids = Array.from({ length: 20_000 }, () => randomIds.next<UserId>());
  expect(ids.every((id) => UserId.safeParse(id).success)).toBe(true);
  expect(ids.every((id, i) => i === 0 || id > (ids[i - 1] as UserId))).toBe(true);
  expect(Math.abs(Number.parseInt((ids[0] as string).replace("-", "").slice(0, 12), 16) - Date.now())).toBeLessThan(60_000);
});

test("bytes are given out once, of any number", () => {
  const seen = new Set(Array.from({ length: 10_000 }, () => Buffer.from(randomIds.bytes(8)).toString("hex")));
  expect(seen.size).toBe(10_000);
  for (const count of [0, 1, 16, 4096, 4097, 100_000]) expect(randomIds.bytes(count)).toHaveLength(count);
  // What is handed out is a copy: it does not change when the next bytes are taken.
  const first = randomIds.bytes(16);
  const kept = Buffer.from(first).toString("hex");
  for (let i = 0; i < 1000; i++) randomIds.bytes(16);
  expect(Buffer.from(first).toString("hex")).toBe(kept);
});

test("chance is spread evenly over [0, 1)", () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 20_000; i++) tenths[Math.floor(randomIds.chance() * 10)]!++;
  expect(Math.min(...tenths)).toBeGreaterThan(1_700);
  expect(Math.max(...tenths)).toBeLessThan(2_300);
});
