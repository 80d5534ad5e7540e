/** Somebody who took part in an evening of speed dating. */
export interface Guest {
  readonly wave: number;
  readonly gender: 0 | 1;
  /** The sign-up answers by column; NaN where missing. Columns that may not be ranked by are dropped when read. */
  readonly answers: Readonly<Record<string, number>>;
}

/** One person met another and decided. Every meeting has its counterpart, in which the other decided. */
export interface Meeting {
  readonly from: number;
  readonly to: number;
  readonly wave: number;
  readonly firstHalf: boolean;
  readonly yes: boolean;
  /** Both said yes. */
  readonly match: boolean;
  /** The place of the counterpart in the list. */
  readonly back: number;
}

/** All evenings of the file. */
export interface Nights {
  readonly guests: readonly Guest[];
  readonly meetings: readonly Meeting[];
  readonly waves: readonly number[];
}

const keys = ["wave", "person", "partner", "gender", "order", "round", "dec", "match"] as const;

/** What may stand in a file of this kind and must not get into a model: race, religion and ethnicity, and what somebody says of their importance. */
const withheld = /rac|relig|ethni|faith|nation|caste|^from$|zip|undergra/i;

/** Whether a column of the file may be a feature. */
export function mayBeUsed(column: string): boolean {
  return !withheld.test(column) && !keys.some((key) => key === column);
}

/**
 * Reads the file described in the data's own notes: one line per decision. Meetings without counterpart are left out. The first half of the night are, for each
 * person, the meetings up to half of their number, rounded up.
 */
export function readNights(csv: string): Nights {
  const [head = "", ...lines] = csv.split(/\r?\n/).filter((line) => line !== "");
  const columns = head.split(",");
  const missing = keys.filter((key) => !columns.includes(key));
  if (missing.length > 0) throw new Error(`the file lacks the columns ${missing.join(", ")}`);
  const rows = lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(
      columns.map((column, at) => [column, cells[at] === "" || cells[at] === undefined ? Number.NaN : Number(cells[at])]),
    );
  });
  const at = new Map(rows.map((row, index) => [`${row["person"]} ${row["partner"]}`, index]));
  const paired = rows.filter((row) => at.has(`${row["partner"]} ${row["person"]}`));
  const guests: Guest[] = [];
  const guestOf = new Map<number, number>();
  for (const row of paired) {
    const person = row["person"] as number;
    if (guestOf.has(person)) continue;
    guestOf.set(person, guests.length);
    const answers = Object.fromEntries(Object.entries(row).filter(([column]) => mayBeUsed(column)));
    guests.push({ wave: row["wave"] as number, gender: row["gender"] === 1 ? 1 : 0, answers });
  }
  const placeOf = new Map(paired.map((row, index) => [`${row["person"]} ${row["partner"]}`, index]));
  const meetings = paired.map((row): Meeting => {
    const [person, partner, order, rounds] = [row["person"], row["partner"], row["order"], row["round"]] as [
      number,
      number,
      number,
      number,
    ];
    return {
      from: guestOf.get(person) as number,
      to: guestOf.get(partner) as number,
      wave: row["wave"] as number,
      firstHalf: order <= Math.ceil(rounds / 2),
      yes: row["dec"] === 1,
      match: row["match"] === 1,
      back: placeOf.get(`${partner} ${person}`) as number,
    };
  });
  return { guests, meetings, waves: [...new Set(guests.map(({ wave }) => wave))].sort((a, b) => a - b) };
}
