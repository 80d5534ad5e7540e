import { expect, test } from "vitest";
import { mornings } from "./mornings.ts";

const daysAt = (time: string, ...zones: string[]) => mornings(zones, new Date(time)).map(({ timeZone, day }) => `${timeZone} ${day}`);

test("a day's morning comes at nine where somebody is, and is of the date there", () => {
  expect(daysAt("2026-03-10T08:59:59Z", "UTC")).toEqual([]);
  expect(daysAt("2026-03-10T09:00:00Z", "UTC", "America/Los_Angeles", "Asia/Tokyo")).toEqual(["UTC 2026-03-10", "Asia/Tokyo 2026-03-10"]);
  expect(daysAt("2026-03-10T23:30:00Z", "Pacific/Kiritimati", "America/Los_Angeles")).toEqual([
    "Pacific/Kiritimati 2026-03-11",
    "America/Los_Angeles 2026-03-10",
  ]);
});

test("it goes with the clocks in spring and autumn, and a zone that nobody knows is UTC", () => {
  expect(daysAt("2026-03-28T07:59:00Z", "Europe/Berlin")).toEqual([]);
  expect(daysAt("2026-03-29T07:00:00Z", "Europe/Berlin")).toEqual(["Europe/Berlin 2026-03-29"]);
  expect(daysAt("2026-10-25T07:59:00Z", "Europe/Berlin")).toEqual([]);
  expect(daysAt("2026-03-10T09:00:00Z", "Mars/Olympus")).toEqual(["Mars/Olympus 2026-03-10"]);
});
