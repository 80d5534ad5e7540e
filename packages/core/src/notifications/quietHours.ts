import { LRUCache } from "lru-cache";

export interface QuietHours {
  /** HH:MM, or HH:MM:SS. */
  readonly from: string;
  readonly to: string;
  /** An IANA time zone. */
  readonly timeZone: string;
}

const MINUTE_MS = 60_000;
const DAY_MIN = 24 * 60;
const CHANGE_MAX_MIN = 180;

/**
 * When the quiet hours that `at` falls into end; null where it falls into none. They may lie over midnight. An end that the clocks skip in spring
 * comes at the moment they skip it; of an end that comes twice in autumn, the first counts.
 */
export function quietUntil(at: Date, { from, to, timeZone }: QuietHours): Date | null {
  const [start, end] = [minuteOf(from), minuteOf(to)];
  const now = minuteIn(at, timeZone);
  const quiet = start < end ? start <= now && now < end : now >= start || now < end;
  if (!quiet) return null;
  const wait = (end - now + DAY_MIN) % DAY_MIN;
  const fullMinute = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS;
  const after = (minutes: number): Date => new Date(fullMinute + minutes * MINUTE_MS);
  const expected = after(wait);
  if (minuteIn(expected, timeZone) === end) return expected;
  // The clocks change before that. None moves by more than three hours, so the end lies in this stretch.
  for (let minutes = Math.max(1, wait - CHANGE_MAX_MIN); minutes <= wait + CHANGE_MAX_MIN; minutes++) {
    const then = after(minutes);
    if ((minuteIn(then, timeZone) - now + DAY_MIN) % DAY_MIN >= wait) return then;
  }
  return expected;
}

function minuteOf(time: string): number {
  const [hours = "0", minutes = "0"] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}

function minuteIn(at: Date, timeZone: string): number {
  return minuteOf(clockOf(timeZone).format(at));
}

/** There are some 600 zones, but each is also known by its name in any mix of cases, and users choose what they write. */
export const CLOCKS_MAX = 1000;
const clocks = new LRUCache<string, Intl.DateTimeFormat>({ max: CLOCKS_MAX });

/** How many clocks are kept: never more than `CLOCKS_MAX`. */
export const clocksKept = (): number => clocks.size;

/** Making one costs a thousand times what asking it does. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known =
    clocks.get(timeZone) ?? new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  clocks.set(timeZone, known);
  return known;
}
