import { evenings } from "@pendo/engine/market/evening";
import { seeded } from "@pendo/engine/market/random";
import { personColumns } from "./features.ts";
import { readNights, type Nights } from "./night.ts";

/** Simulated evenings in the form of the file, so that they go through the same reader: for runs without the data, and for tests. */
export function syntheticNights({ waves, perSide, seed }: { waves: number; perSide: number; seed: number }): Nights {
  const { people, decisions, rounds } = evenings({ waves, perSide, answers: personColumns.length }, seeded(seed));
  const yes = new Set(decisions.filter((decision) => decision.yes).map(({ from, to }) => `${from} ${to}`));
  const rows = decisions.map(({ wave, from, to, round, yes: said }) => {
    const person = people[from];
    const match = said && yes.has(`${to} ${from}`);
    return [
      wave,
      from,
      to,
      person?.side ?? 0,
      round,
      rounds,
      ...(person?.answers ?? []).map((answer) => answer.toFixed(3)),
      said ? 1 : 0,
      match ? 1 : 0,
    ].join(",");
  });
  return readNights(
    [["wave", "person", "partner", "gender", "order", "round", ...personColumns, "dec", "match"].join(","), ...rows].join("\n"),
  );
}
