import { type Guest, mayBeUsed, type Nights } from "./night.ts";

const five = ["attr", "sinc", "intel", "fun", "amb"];
const six = [...five, "shar"];
const looksFor = six.map((name) => `${name}1_1`);
const rates = five.map((name) => `${name}3_1`);
const interests =
  "sports tvsports exercise dining museums art hiking gaming clubbing reading tv theater movies concerts music shopping yoga".split(" ");

/** The answers that say something of a person. No other column of a file is read. */
export const personColumns = ["age", "exphappy", "go_out", "date", ...rates, ...looksFor, ...interests] as const;

/** Of every guest the answers as numbers of a like size: against everybody, or against those of the same wave and gender; 0 where missing. */
export function personFeatures(nights: Nights, against: "all" | "wave"): Float64Array[] {
  const refused = personColumns.filter((column) => !mayBeUsed(column));
  if (refused.length > 0) throw new Error(`never a feature: ${refused.join(", ")}`);
  const rows = nights.guests.map((guest) => Float64Array.from(personColumns, (column) => answer(guest, column)));
  const groups = new Map<string, number[]>();
  for (const [index, { wave, gender }] of nights.guests.entries()) {
    const group = against === "all" ? "" : `${wave} ${gender}`;
    groups.set(group, [...(groups.get(group) ?? []), index]);
  }
  for (let column = 0; column < personColumns.length; column++) {
    for (const group of groups.values()) standardize(rows, group, column);
  }
  return rows;
}

/** Shared-out points are shares of their sum: some guests gave 100, some 1 to 10 each. */
function answer({ answers }: Guest, column: string): number {
  const value = answers[column] ?? Number.NaN;
  if (!looksFor.includes(column)) return value;
  const sum = looksFor.reduce((total, name) => total + (answers[name] ?? Number.NaN), 0);
  return sum > 0 ? value / sum : Number.NaN;
}

function standardize(rows: readonly Float64Array[], group: readonly number[], column: number): void {
  const values = group.map((index) => rows[index]?.[column] ?? Number.NaN).filter((value) => !Number.isNaN(value));
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1));
  for (const index of group) {
    const row = rows[index] as Float64Array;
    const value = row[column] as number;
    row[column] = Number.isNaN(value) || !(deviation > 0) ? 0 : Math.max(-4, Math.min(4, (value - mean) / deviation));
  }
}

const at = new Map<string, number>(personColumns.map((column, index) => [column, index]));
const place = (column: string): number => at.get(column) ?? 0;
const interestPlaces = interests.map(place);

/**
 * What one meeting's two have in common, from the standardized answers: the first decides, the second is decided about. In turn: how well the other's own
 * ratings are what the one looks for, how alike they rate themselves, cosine and distance of interests, the age gap, its square and its size, and whether
 * goal, career and field are the same.
 */
export function pairFeatures(nights: Nights, rows: readonly Float64Array[], from: number, to: number): Float64Array {
  const [a, b] = [rows[from] as Float64Array, rows[to] as Float64Array];
  const times = (columns: readonly string[], others: readonly string[]): number =>
    columns.reduce((sum, column, index) => sum + (a[place(column)] as number) * (b[place(others[index] ?? column)] as number), 0);
  const gap = (a[place("age")] as number) - (b[place("age")] as number);
  let [dot, one, other, apart] = [0, 0, 0, 0];
  for (const column of interestPlaces) {
    const [x, y] = [a[column] as number, b[column] as number];
    dot += x * y;
    one += x * x;
    other += y * y;
    apart += Math.abs(x - y);
  }
  const same = (column: string): number => (answerOf(nights, from, column) === answerOf(nights, to, column) ? 1 : 0);
  return Float64Array.of(
    times(looksFor.slice(0, 5), rates) / 2,
    times(rates, rates) / 3,
    dot / Math.sqrt(one * other + 1),
    apart / interestPlaces.length,
    gap,
    gap * gap,
    Math.abs(gap),
    same("goal"),
    same("career_c"),
    same("field_cd"),
  );
}

/** NaN equals nothing, so a missing answer is the same as no other. */
function answerOf(nights: Nights, guest: number, column: string): number {
  return nights.guests[guest]?.answers[column] ?? Number.NaN;
}
