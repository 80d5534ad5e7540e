// The text format of Prometheus (version 0.0.4), as far as the host and the engine need it.

/** Labels in braces, or nothing, and a value. */
export type Sample = readonly [labels: string, value: number];

export interface Histogram {
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum: number;
  count: number;
}

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Labels as they stand behind a name: `{queue="push"}`. */
export function labels(of: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(of).map(
    ([name, value]) => `${name}="${String(value).replace(/[\\"\n]/g, (sign) => (sign === "\n" ? "\\n" : `\\${sign}`))}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** One sample for each value of a label, with its count. */
export function labelled(label: string, counts: readonly (readonly [string, number])[]): Sample[] {
  return counts.map(([value, count]) => [labels({ [label]: value }), count]);
}

/** The lines of one metric. `kind` is `counter` or `gauge`; a histogram has lines of its own. */
export function metric(name: string, kind: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([label, value]) => `${name}${label} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join("")}`;
}

/**
 * A histogram without observations. The bounds are upper ones, ascending, in the unit of the metric; `+Inf` is added
 * when it is written.
 */
export function histogram(bounds: readonly number[]): Histogram {
  return { bounds, counts: bounds.map(() => 0), sum: 0, count: 0 };
}

/** Counts one value in each bucket that it fits in: buckets are cumulative. */
export function observe(of: Histogram, value: number): void {
  of.sum += value;
  of.count++;
  for (const [i, bound] of of.bounds.entries()) if (value <= bound) of.counts[i] = (of.counts[i] ?? 0) + 1;
}

/** Each with the labels that tell it from the others of its name. */
export function histogramText(
  name: string,
  help: string,
  all: readonly (readonly [Readonly<Record<string, string>>, Histogram])[],
): string {
  const texts = all.map(([of, { bounds, counts, sum, count }]) => {
    const buckets = bounds.map((bound, i) => `${name}_bucket${labels({ ...of, le: bound })} ${counts[i]}\n`);
    return `${buckets.join("")}${name}_bucket${labels({ ...of, le: "+Inf" })} ${count}\n${name}_sum${labels(of)} ${sum}\n${name}_count${labels(of)} ${count}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${texts.join("")}`;
}
