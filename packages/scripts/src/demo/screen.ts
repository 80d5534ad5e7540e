import { fitted, type Paint } from "../terminal/paint.ts";
import { grouped } from "../terminal/progressBar.ts";
import type { Happening, Seen, Spread } from "./tally.ts";

export interface Scene {
  readonly seen: Seen;
  readonly people: number;
  readonly elapsedSec: number;
  readonly seconds: number;
  /** What is going on: "playing", "waiting for the queues". */
  readonly act: string;
}

const HEARTS = 34;
const BARS = "▁▂▃▄▅▆▇█";
const LATELY = 8;
const CELLS = [22, 34, 22, 22];
export const SCREEN_WIDTH = 100;

/** The live summary, always of as many lines: what a terminal shows, redrawn in place. */
export function drawScene(paint: Paint, { seen, people, elapsedSec, seconds, act }: Scene, width = SCREEN_WIDTH): string[] {
  const { counts } = seen;
  const share = Math.min(1, elapsedSec / seconds);
  const full = Math.round(share * HEARTS);
  const hearts = `${paint("pink", "♥".repeat(full))}${paint("grey", "♡".repeat(HEARTS - full))}`;
  const number = (value: number, label: string) => `${paint("bold", grouped(value).padStart(6))} ${paint("grey", label)}`;
  const refused = counts.photosRefused > 0 ? ` (${counts.photosRefused} refused)` : "";
  const judged = counts.photosVisible + counts.photosRefused;
  const line = (...cells: readonly string[]) => cells.map((cell, i) => fitted(cell, CELLS[i] ?? 22)).join("");
  const failed = seen.serverErrors + unexpected(seen);
  return [
    "",
    `  ${paint("pink", "♥")} ${paint("bold", "Pendo")}  ${paint("grey", `${people} people, real HTTP and WebSocket, one machine`)}`,
    "",
    `  ${hearts}  ${paint("bold", clock(elapsedSec))} ${paint("grey", `of ${clock(seconds)} · ${act}`)}`,
    "",
    line(
      number(counts.joined, `of ${people} joined`),
      number(judged, `photos judged${refused}`),
      number(counts.swipes, "swipes"),
      number(counts.likes, "likes"),
    ),
    line(
      `${paint("pink", grouped(counts.matches).padStart(6))} ${paint("pink", "matches")}`,
      number(counts.messages, "messages"),
      number(counts.reactions, "reactions"),
      number(counts.frames, "frames received"),
    ),
    line(
      number(counts.reads, "reads"),
      number(counts.reconnects, "reconnects"),
      number(counts.blocks + counts.reports, "reports, blocks"),
      number(counts.unmatches, "unmatches"),
    ),
    "",
    `  ${label(paint, "messages/s")}${paint("pink", sparkline(seen.messagesPerSec, 40))}  ${paint("bold", String(seen.messagesPerSec.at(-1) ?? 0))} ${paint("grey", `now, ${Math.max(0, ...seen.messagesPerSec)} at most`)}`,
    `  ${label(paint, "queues")}${paint("cyan", sparkline(seen.waitingPerSec, 40))}  ${paint("bold", String(seen.queues.waiting))} ${paint("grey", `waiting, oldest ${seen.queues.lagSec.toFixed(1)} s, at most ${seen.lagMaxSec.toFixed(1)} s`)}`,
    `  ${label(paint, "API")}${spread(paint, seen.api)} ${paint("grey", `· ${grouped(seen.requestsPerSec)} requests/s, ${grouped(seen.requests)} so far`)}`,
    `  ${label(paint, "like → match")}${spread(paint, seen.waits.match)} ${paint("grey", "· from the second like to the frame that tells of it")}`,
    `  ${label(paint, "message")}${spread(paint, seen.waits.message)} ${paint("grey", "· from sending to the frame at its receiver")}`,
    `  ${label(paint, "errors")}${failed > 0 ? paint("red", String(failed)) : paint("green", "none")}`,
    "",
    ...lately(paint, seen.lately),
    "",
  ].map((text) => fitted(text, width));
}

/** One line of the same, for logs and pipes. */
export function plainLine({ seen, people, elapsedSec, act }: Scene): string {
  const { counts, queues, api, waits } = seen;
  const parts = [
    `${clock(elapsedSec)} ${act}`,
    `${counts.joined}/${people} joined`,
    `${counts.photosVisible + counts.photosRefused} photos judged`,
    `${counts.swipes} swipes`,
    `${counts.matches} matches`,
    `${counts.messages} messages`,
    `${counts.frames} frames`,
    `queues ${queues.waiting} waiting (${queues.lagSec.toFixed(1)} s)`,
    `API p50 ${ms(api.p50)} p99 ${ms(api.p99)}`,
    `match p99 ${ms(waits.match.p99)}`,
  ];
  return parts.join(" · ");
}

/** A small chart of the newest values, one column each; a column without a value is blank. */
export function sparkline(values: readonly number[], columns: number): string {
  const newest = values.slice(-columns);
  const top = Math.max(1, ...newest);
  return newest
    .map((value) => (value === 0 ? "▁" : BARS.charAt(Math.min(7, Math.ceil((value / top) * 7)))))
    .join("")
    .padStart(columns, " ");
}

/** What was refused and belongs to no play. */
export function unexpected({ refusals }: Seen): number {
  return [...refusals.values()].reduce((sum, { count, expected }) => sum + (expected ? 0 : count), 0);
}

/** 3.4 ms, 1.20 s. */
export function ms(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function spread(paint: Paint, { count, p50, p99 }: Spread): string {
  if (count === 0) return paint("grey", "nothing yet".padEnd(24));
  return `p50 ${paint("bold", ms(p50).padEnd(7))} p99 ${paint("bold", ms(p99).padEnd(8))}`;
}

function lately(paint: Paint, happenings: readonly Happening[]): string[] {
  const newest = happenings.slice(-LATELY).toReversed();
  return Array.from({ length: LATELY }, (_, i) => {
    const one = newest[i];
    if (!one) return "";
    const text = one.text.startsWith("♥") ? paint("pink", one.text) : i < 2 ? one.text : paint("grey", one.text);
    return `  ${paint("grey", one.at.toISOString().slice(11, 19))}  ${text}`;
  });
}

function label(paint: Paint, text: string): string {
  return paint("grey", text.padEnd(14));
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
