/** One wide line per invocation. Values are names, numbers and ids: never texts, addresses, places or tokens. */
export type Line = Readonly<Record<string, string | number | boolean | null>>;

export type Measured = Readonly<Record<string, number | readonly number[]>>;

/** Where lines, metrics and bugs go: CloudWatch and Sentry on Lambda, a file and a scrape page elsewhere. */
export interface Observer {
  line(level: "info" | "warn" | "error", line: Line): void;
  /** Counts and durations (`Ms`; several where several things took some) by names of the contract, so that their number is bounded. */
  measure(dimensions: Readonly<Record<string, string>>, values: Measured): void;
  /** A bug: anything thrown that is no `Fault`. */
  bug(error: unknown, about: Line): void;
  /** Resolves when everything said so far has left; awaited before a function freezes. */
  flush(): Promise<void>;
}

/** Says and counts that a text was judged for too long. A machine under load does that: it is no bug. */
export function countHungText(observer: Pick<Observer, "line" | "measure">, hangMs: number): void {
  observer.line("warn", { kind: "judge", hangMs });
  observer.measure({ port: "judge" }, { hungTexts: 1 });
}
