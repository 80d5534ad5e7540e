import { describe, expect, test } from "vitest";
import { CLOCKS_MAX, clocksKept, quietUntil } from "./quietHours.ts";

const until = (at: string, from: string, to: string, timeZone: string) =>
  quietUntil(new Date(at), { from, to, timeZone })?.toISOString() ?? null;

describe("quiet hours", () => {
  test("hold back what falls into them until they end, and nothing else", () => {
    expect(until("2026-06-10T12:59:59.999Z", "13:00", "15:00", "UTC")).toBeNull();
    expect(until("2026-06-10T13:00:00.000Z", "13:00", "15:00", "UTC")).toBe("2026-06-10T15:00:00.000Z");
    expect(until("2026-06-10T14:59:59.999Z", "13:00:00", "15:00:00", "UTC")).toBe("2026-06-10T15:00:00.000Z");
    expect(until("2026-06-10T15:00:00.000Z", "13:00", "15:00", "UTC")).toBeNull();
  });

  test("may lie over midnight", () => {
    expect(until("2026-06-10T21:59:00.000Z", "22:00", "07:30", "UTC")).toBeNull();
    expect(until("2026-06-10T22:00:00.000Z", "22:00", "07:30", "UTC")).toBe("2026-06-11T07:30:00.000Z");
    expect(until("2026-06-10T23:59:59.000Z", "22:00", "07:30", "UTC")).toBe("2026-06-11T07:30:00.000Z");
    expect(until("2026-06-11T00:00:00.000Z", "22:00", "07:30", "UTC")).toBe("2026-06-11T07:30:00.000Z");
    expect(until("2026-06-11T07:29:30.000Z", "22:00", "07:30", "UTC")).toBe("2026-06-11T07:30:00.000Z");
    expect(until("2026-06-11T07:30:00.000Z", "22:00", "07:30", "UTC")).toBeNull();
  });

  test("are those of the user's own zone", () => {
    expect(until("2026-06-10T13:30:00.000Z", "22:00", "07:00", "Asia/Tokyo")).toBe("2026-06-10T22:00:00.000Z");
    expect(until("2026-06-10T20:00:00.000Z", "01:00", "06:00", "Asia/Kathmandu")).toBe("2026-06-11T00:15:00.000Z");
    expect(until("2026-06-10T23:00:00.000Z", "22:00", "07:00", "America/New_York")).toBeNull();
  });

  test("are an hour shorter in the night the clocks go forward", () => {
    // Berlin, 29 March 2026: 02:00 becomes 03:00.
    expect(until("2026-03-28T21:30:00.000Z", "22:00", "07:00", "Europe/Berlin")).toBe("2026-03-29T05:00:00.000Z");
    // 02:30 does not come that night: they end when the clocks pass it.
    expect(until("2026-03-28T22:00:00.000Z", "22:00", "02:30", "Europe/Berlin")).toBe("2026-03-29T01:00:00.000Z");
  });

  test("are an hour longer in the night the clocks go back", () => {
    // Berlin, 25 October 2026: 03:00 becomes 02:00.
    expect(until("2026-10-24T20:30:00.000Z", "22:00", "07:00", "Europe/Berlin")).toBe("2026-10-25T06:00:00.000Z");
    // 02:30 comes twice: they end the first time, and begin once more when the clocks are back before it.
    expect(until("2026-10-24T22:00:00.000Z", "22:00", "02:30", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
    expect(until("2026-10-25T01:10:00.000Z", "22:00", "02:30", "Europe/Berlin")).toBe("2026-10-25T01:30:00.000Z");
  });

  test("end within a day, at their time or just after a change of the clocks, from every minute of a year in zones of all kinds", () => {
    for (const timeZone of ["UTC", "Europe/Lisbon", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]) {
      const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      for (let ms = Date.parse("2026-01-01T00:07:00Z"); ms < Date.parse("2027-01-01"); ms += 3_540_000) {
        const end = quietUntil(new Date(ms), { from: "21:30", to: "08:15", timeZone });
        const told = clock.format(new Date(ms));
        expect(end !== null, `${timeZone} ${told}`).toBe(told >= "21:30" || told < "08:15");
        if (!end) continue;
        expect(end.getTime() - ms).toBeLessThanOrEqual(12 * 3_600_000);
        expect(clock.format(end), `${timeZone} from ${told}`).toBe("08:15");
      }
    }
  });
});

test("however people spell their time zones, no more than some are kept in mind", () => {
  const spelled = (bits: number): string =>
    Array.from("america/new_york", (letter, i) => ((bits >> i) & 1 ? letter.toUpperCase() : letter)).join("");
  // Bit 7 is that of the slash.
  const zones = new Set(Array.from({ length: 2 * CLOCKS_MAX + 500 }, (_, bits) => spelled(bits)));
  expect(zones.size).toBeGreaterThan(CLOCKS_MAX);
  for (const timeZone of zones) quietUntil(new Date(0), { from: "22:00", to: "07:00", timeZone });
  expect(clocksKept()).toBeLessThanOrEqual(CLOCKS_MAX);
});
