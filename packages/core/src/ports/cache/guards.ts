import { createHmac, randomBytes } from "node:crypto";
import { Fault } from "../../fault.ts";
import type { Clock } from "../clock/clock.ts";
import type { Hit } from "./cache.ts";
import { ttlMs } from "./expiry.ts";

export interface GuardsOptions {
  readonly clock: Clock;
  /** From this many counts on, new keys share counts. */
  readonly countsMax: number;
  /** From this many marks on, a new one is refused. */
  readonly marksMax: number;
}

interface Count {
  count: number;
  readonly endMs: number;
}

interface Mark {
  readonly text: string;
  readonly endMs: number;
}

/** Counts that are shared once there is no room, per limit. */
const SHARED_SLOTS = 4096;

/**
 * What protects users, in the memory of one process: counts and marks. Neither goes before its time, whatever others store.
 *
 * Room is bounded all the same, and it fails to the safe side. A new count beyond the bound shares one with others, so a limit may become stricter,
 * never looser. A new mark beyond the bound is refused, so the caller learns that it is not in force.
 */
export class Guards {
  readonly #counts = new Map<string, Count>();
  readonly #marks = new Map<string, Mark>();
  readonly #options: GuardsOptions;
  /** Strangers can't choose whose count they share. */
  readonly #secret = randomBytes(16);
  #sharedUntilMs = 0;
  #sweptMs = 0;

  constructor(options: GuardsOptions) {
    this.#options = options;
  }

  hit(key: string, max: number, windowSec: number): Hit {
    const nowMs = this.#nowMs();
    const at = this.#placeOf(key, { max, windowSec, nowMs });
    const found = live(this.#counts.get(at), nowMs);
    const endMs = found?.endMs ?? nowMs + ttlMs(windowSec);
    const count = found?.count ?? 0;
    if (at !== key) this.#sharedUntilMs = Math.max(this.#sharedUntilMs, endMs);
    const resetAt = new Date(endMs);
    if (count >= max) return { allowed: false, remaining: 0, resetAt };
    // The window begins with its first hit, and a later hit does not prolong it.
    if (found) found.count += 1;
    else this.#counts.set(at, { count: 1, endMs });
    return { allowed: true, remaining: max - count - 1, resetAt };
  }

  /**
   * Sets a mark. Unlike an entry, it is never evicted before its time.
   * @throws {Fault} `store.full`: there is no room
   */
  mark(key: string, text: string, ttlSec: number): void {
    const nowMs = this.#nowMs();
    if (!this.#marks.has(key) && this.#marks.size >= this.#options.marksMax) {
      sweep(this.#marks, nowMs);
      if (this.#marks.size >= this.#options.marksMax) throw new Fault("store.full");
    }
    this.#marks.set(key, { text, endMs: nowMs + ttlMs(ttlSec) });
  }

  markAt(key: string): string | undefined {
    return live(this.#marks.get(key), this.#nowMs())?.text;
  }

  counts(key: string): boolean {
    return live(this.#counts.get(key), this.#nowMs()) !== undefined;
  }

  remove(key: string): void {
    this.#counts.delete(key);
    this.#marks.delete(key);
  }

  /** The key itself, or the shared count that it uses from its first hit without room to the end of that window. */
  #placeOf(key: string, { max, windowSec, nowMs }: { max: number; windowSec: number; nowMs: number }): string {
    if (this.#counts.has(key)) return key;
    const isFull = this.#counts.size >= this.#options.countsMax && !this.#sweptCounts(nowMs);
    if (!isFull && nowMs >= this.#sharedUntilMs) return key;
    const slot = createHmac("sha256", this.#secret).update(key).digest().readUInt32BE(0) % SHARED_SLOTS;
    const shared = `shared ${max} ${windowSec} ${slot}`;
    return isFull || live(this.#counts.get(shared), nowMs) ? shared : key;
  }

  /** Whether dropping the counts whose window is over made room. Going through all of them once a second is often enough. */
  #sweptCounts(nowMs: number): boolean {
    if (Math.abs(nowMs - this.#sweptMs) >= 1000) {
      sweep(this.#counts, nowMs);
      this.#sweptMs = nowMs;
    }
    return this.#counts.size < this.#options.countsMax;
  }

  #nowMs(): number {
    return this.#options.clock.now().getTime();
  }
}

function live<T extends { readonly endMs: number }>(entry: T | undefined, nowMs: number): T | undefined {
  return entry !== undefined && entry.endMs > nowMs ? entry : undefined;
}

function sweep(entries: Map<string, { readonly endMs: number }>, nowMs: number): void {
  for (const [key, { endMs }] of entries) if (endMs <= nowMs) entries.delete(key);
}
