import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { machine, table } from "../bench/report.ts";
import { readNights } from "./evaluate/night.ts";
import { cold, type Line, warm } from "./evaluate/speedDating.ts";

const { values } = parseArgs({
  options: {
    // The speed-dating file; without it only what is synthetic is evaluated.
    data: { type: "string" },
    synthetic: { type: "boolean", default: false },
    sweeps: { type: "string", default: "1200" },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (line: string): void => void process.stderr.write(`${line}\n`);

say(machine());
if (values.data !== undefined) {
  const progress = { nights: readNights(readFileSync(values.data, "utf8")), sweeps: Number(values.sweeps), say: note };
  say(`${progress.nights.waves.length} waves, ${progress.nights.guests.length} guests, ${progress.nights.meetings.length} decisions`);
  for (const lines of [warm(progress), cold(progress)]) say(`\n${tableOf(lines)}`);
}

function tableOf(lines: readonly Line[]): string {
  const range = ([from, to]: readonly [number, number]): string => `${from.toFixed(3)}–${to.toFixed(3)}`;
  return table(
    ["setting", "", "model", "directions", "AUC", "95 %", "NDCG@5", "95 %"],
    lines.map(({ setting, kind, model, combination, summary }) => [
      setting,
      kind,
      model,
      combination,
      summary.auc.toFixed(3),
      range(summary.aucRange),
      summary.ndcg.toFixed(3),
      range(summary.ndcgRange),
    ]),
  );
}
