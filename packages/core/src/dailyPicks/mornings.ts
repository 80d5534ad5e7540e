/** When a day's picks are made, by the clock where somebody is. */
const MORNING_HOUR = 9;

export interface Morning {
  readonly timeZone: string;
  /** The date there: YYYY-MM-DD. */
  readonly day: string;
}

/** Of these time zones, in which the morning of a day has come, and of which day. A zone that nobody knows any more is taken for UTC. */
export function mornings(timeZones: readonly string[], at: Date): Morning[] {
  return timeZones.flatMap((timeZone) => {
    const { day, hour } = localTime(at, timeZone);
    return hour >= MORNING_HOUR ? [{ timeZone, day }] : [];
  });
}

function localTime(at: Date, timeZone: string): { day: string; hour: number } {
  const parts = new Map(
    clockOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const [year, month, day] = [parts.get("year"), parts.get("month"), parts.get("day")];
  return { day: `${year}-${month}-${day}`, hour: Number(parts.get("hour")) };
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const shown = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", hourCycle: "h23" } as const;
  try {
    return new Intl.DateTimeFormat("en-GB", { ...shown, timeZone });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...shown, timeZone: "UTC" });
  }
}
