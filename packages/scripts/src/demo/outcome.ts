import { columnsOf, type Paint } from "../terminal/paint.ts";
import { grouped } from "../terminal/progressBar.ts";
import type { Verdict } from "./play.ts";
import { ms } from "./screen.ts";
import type { Seen, Spread } from "./tally.ts";

const PROBLEMS_SHOWN = 12;

export interface Outcome {
  readonly seen: Seen;
  /** Null where the play was cut short before anything could be compared. */
  readonly verdict: Verdict | null;
  readonly log: readonly string[];
}

/** Everything that went wrong, each in a line; nothing for a good demo. */
export function faultsOf({ seen, verdict, log }: Outcome): string[] {
  return [
    ...(seen.serverErrors > 0 ? [`${seen.serverErrors} requests were answered with 5xx, or not at all.`] : []),
    ...[...seen.refusals].filter(([, { expected }]) => !expected).map(([code, { count }]) => `${count} × ${code}`),
    ...(verdict?.problems ?? []),
    ...log.map((line) => `The host wrote: ${line.slice(0, 300)}`),
  ];
}

/** The tables at the end. */
export function drawOutcome(paint: Paint, outcome: Outcome): string[] {
  const { seen, verdict } = outcome;
  const { counts, refusals } = seen;
  const routes = [...seen.routes]
    .toSorted(([, a], [, b]) => b.count - a.count)
    .map(([route, of]) => [route.replaceAll(/\{\w+\}/g, "{…}"), of] as const);
  const measured: readonly (readonly [string, Spread])[] = [
    ["like → match frame", seen.waits.match],
    ["message → frame", seen.waits.message],
    ["every request", seen.api],
    ...routes,
  ];
  const faults = faultsOf(outcome);
  const expected = [...refusals].filter(([, refusal]) => refusal.expected);
  return [
    paint("bold", "What happened"),
    ...table([
      [
        "people joined",
        grouped(counts.joined),
        "photos judged",
        `${counts.photosVisible + counts.photosRefused} of ${counts.photosUploaded}, ${counts.photosRefused} refused`,
      ],
      ["swipes", grouped(counts.swipes), "likes", grouped(counts.likes)],
      ["matches", grouped(counts.matches), "messages", grouped(counts.messages)],
      ["reactions", grouped(counts.reactions), "reads", grouped(counts.reads)],
      ["reports, blocks", `${counts.reports}, ${counts.blocks}`, "unmatches", grouped(counts.unmatches)],
      ["frames received", grouped(counts.frames), "reconnects", grouped(counts.reconnects)],
    ]),
    "",
    paint("bold", "How long it took"),
    ...table([
      ["", "count", "p50", "p99", "longest"],
      ...measured.map(([name, { count, p50, p99, max }]) => [name, grouped(count), ms(p50), ms(p99), ms(max)]),
    ]),
    `  The oldest message of a queue waited ${seen.lagMaxSec.toFixed(1)} s at most.`,
    "",
    ...(expected.length > 0
      ? [paint("bold", "Refused, as it should be"), ...table(expected.map(([code, { count }]) => [code, grouped(count)])), ""]
      : []),
    ...(faults.length > 0
      ? [paint("red", "What went wrong"), ...faults.slice(0, PROBLEMS_SHOWN).map((fault) => `  ${fault}`), ...more(faults.length), ""]
      : []),
    conclusion(paint, verdict, faults.length),
  ];
}

function conclusion(paint: Paint, verdict: Verdict | null, faults: number): string {
  if (faults > 0) return paint("red", "✗ Not as it should be.");
  if (verdict === null) return "Stopped early; nothing was compared.";
  const { conversations } = verdict;
  return paint(
    "green",
    `✓ Everybody's devices, kept and new, hold exactly what was said in ${grouped(conversations)} conversations; nothing failed.`,
  );
}

function more(count: number): string[] {
  return count > PROBLEMS_SHOWN ? [`  … and ${count - PROBLEMS_SHOWN} more`] : [];
}

/** Columns as wide as their widest cell; all but the first lean right where they hold numbers. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, i) =>
    Math.max(...rows.map((row) => columnsOf(row[i] ?? ""))),
  );
  return rows.map((row) => {
    const cells = row.map((cell, i) => {
      const space = " ".repeat((widths[i] ?? 0) - columnsOf(cell));
      return i > 0 && /^[\d.,]+( m?s)?$|^(count|p50|p99|longest)$/.test(cell) ? space + cell : cell + space;
    });
    return `  ${cells.join("   ")}`.trimEnd();
  });
}
