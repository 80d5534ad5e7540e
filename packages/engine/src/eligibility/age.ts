// Days are counted from 1900-01-01, so that birth days fit sixteen bits until 2079.
const EPOCH_DAYS = 25_567;
export const DAY_MS = 86_400_000;

/** The first and the last day that can be written. */
export const DAY_MAX = 65_535;

/** The day on which this instant falls in UTC, as a number of days since 1900-01-01. */
export function dayAt(atMs: number): number {
  return Math.floor(atMs / DAY_MS) + EPOCH_DAYS;
}

/** The same for a calendar day, as in `2001-02-28`; NaN where it is none. */
export function dayOf(date: string): number {
  const day = dayAt(Date.parse(`${date}T00:00:00Z`));
  return dateOf(day) === date ? day : Number.NaN;
}

/** The calendar day of such a number; an empty text where it is none. */
export function dateOf(day: number): string {
  const date = new Date((day - EPOCH_DAYS) * DAY_MS);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 10);
}

/** The same calendar day so many years earlier; for 29 February, the 28th where that year has none. PostgreSQL's intervals do the same. */
export function yearsBefore(day: number, years: number): number {
  const date = new Date((day - EPOCH_DAYS) * DAY_MS);
  const [year, month, dayOfMonth] = [date.getUTCFullYear() - years, date.getUTCMonth(), date.getUTCDate()];
  // The day 0 of the next month is the last of this one.
  const lastOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return dayAt(Date.UTC(year, month, Math.min(dayOfMonth, lastOfMonth)));
}

/** Full years lived: somebody born on 29 February has their birthday on 1 March in other years, as on cards. */
export function ageOn(today: number, birthDay: number): number {
  const [now, born] = [new Date((today - EPOCH_DAYS) * DAY_MS), new Date((birthDay - EPOCH_DAYS) * DAY_MS)];
  const hadBirthday =
    now.getUTCMonth() > born.getUTCMonth() || (now.getUTCMonth() === born.getUTCMonth() && now.getUTCDate() >= born.getUTCDate());
  return now.getUTCFullYear() - born.getUTCFullYear() - (hadBirthday ? 0 : 1);
}

/** The first and the last birth day of whoever is from ageMin to ageMax years old today. */
export function bornBetween(today: number, ageMin: number, ageMax: number): { readonly first: number; readonly last: number } {
  return { first: yearsBefore(today, ageMax + 1) + 1, last: yearsBefore(today, ageMin) };
}
