import { columnsOf, type Paint, paintFor } from "./paint.ts";

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressBar {
  /** How many are done now. */
  at(done: number): void;
  /** Ends the line. */
  end(): void;
}

export interface ProgressOptions {
  readonly label: string;
  readonly unit: string;
  /** How many were done before this began; they do not count for the rate. */
  readonly from?: number;
  readonly total: number;
  readonly out: Output;
  readonly nowMs?: () => number;
}

const PLAIN_EVERY_MS = 5000;
const DRAWN_EVERY_MS = 80;
const WIDTH = 28;

/** A line that is redrawn in a terminal, and otherwise a line every five seconds. */
export function progressBar(options: ProgressOptions): ProgressBar {
  const { label, unit, from = 0, total, out, nowMs = () => performance.now() } = options;
  const paint = paintFor(out, process.env);
  const startedMs = nowMs();
  let toldMs = out.isTTY ? -Infinity : startedMs;
  let lastWidth = 0;
  const tell = (done: number, ended: boolean): void => {
    const ms = nowMs();
    if (!ended && ms - toldMs < (out.isTTY ? DRAWN_EVERY_MS : PLAIN_EVERY_MS)) return;
    toldMs = ms;
    const line = lineOf({ label, unit, done, total, rate: ratePerSec(done - from, ms - startedMs), paint, bar: out.isTTY === true });
    const width = columnsOf(line);
    out.write(out.isTTY ? `\r${line}${" ".repeat(Math.max(0, lastWidth - width))}${ended ? "\n" : ""}` : `${line}\n`);
    lastWidth = width;
  };
  let done = from;
  return {
    at: (now) => {
      done = now;
      tell(now, false);
    },
    end: () => tell(done, true),
  };
}

interface ProgressLine {
  readonly label: string;
  readonly unit: string;
  readonly done: number;
  readonly total: number;
  /** Null while it is not known. */
  readonly rate: number | null;
  readonly paint: Paint;
  readonly bar: boolean;
}

function lineOf({ label, unit, done, total, rate, paint, bar }: ProgressLine): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const filled = Math.round(share * WIDTH);
  const drawn = bar ? `${paint("pink", "━".repeat(filled))}${paint("grey", "━".repeat(WIDTH - filled))} ` : "";
  const speed = rate === null ? "" : ` · ${grouped(rate)} ${unit}/s`;
  const left = rate === null || rate === 0 || done >= total ? "" : ` · ${duration((total - done) / rate)} left`;
  return `${paint("bold", label.padEnd(10))} ${drawn}${String(Math.floor(share * 100)).padStart(3)} % · ${grouped(done)} of ${grouped(total)}${speed}${left}`;
}

function ratePerSec(count: number, ms: number): number | null {
  return count <= 0 || ms < 200 ? null : (count / ms) * 1000;
}

/** 12,345, and one decimal below 10. */
export function grouped(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** 8 s, 2 min 05 s, 1 h 10 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}

/** 512 bytes, 1.5 MB. */
export function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${grouped(bytes / 1000 ** step)} ${units[step]}`;
}
