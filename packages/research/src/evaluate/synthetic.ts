import { evenings } from "../market/evening.ts";
import { seeded } from "@pendo/engine/random";
import { personColumns } from "./features.ts";
import { readNights, type Nights } from "./night.ts";

/** Simulated evenings in the form of the file, so that they go through the same reader: for runs without the data, and for tests. */
export function syntheticNights(options: { sizes: readonly number[]; seed: number }): Nights {
  return withTruth(options).nights;
}

/** The same, and by meeting the true chance of a yes. */
export function withTruth({ sizes, seed }: { sizes: readonly number[]; seed: number }): { nights: Nights; chances: Float64Array } {
  const { people, decisions } = evenings({ sizes, answers: personColumns.length }, seeded(seed));
  const yes = new Set(decisions.filter((decision) => decision.yes).map(({ from, to }) => `${from} ${to}`));
  const rows = decisions.map(({ wave, from, to, round, rounds, yes: said }) => {
    const person = people[from];
    const answers = (person?.answers ?? []).map((answer) => answer.toFixed(3));
    return [wave, from, to, person?.side ?? 0, round, rounds, ...answers, said ? 1 : 0, said && yes.has(`${to} ${from}`) ? 1 : 0].join(",");
  });
  const nights = readNights(
    [["wave", "person", "partner", "gender", "order", "round", ...personColumns, "dec", "match"].join(","), ...rows].join("\n"),
  );
  // The reader keeps the order of the lines.
  return { nights, chances: Float64Array.from(decisions, ({ chance }) => chance) };
}
