import { ProblemError } from "@pendo/client/problem";
import type { Live } from "@pendo/client/live";
import type { UserId } from "@pendo/contract/ids";
import type { ConsoleAddress } from "@pendo/host/console/askConsole";
import { type Dice, dice } from "../people/dice.ts";
import type { Person } from "../people/person.ts";
import type { Character } from "../people/personas.ts";
import { type Ledger, ledger } from "./ledger.ts";
import { measuredFetch } from "./measuredFetch.ts";
import { type Memory, memory } from "./memory.ts";
import { type Tally, tally } from "./tally.ts";

/** Somebody on the stage: a person of the population at a client of their own. */
export interface Actor {
  readonly character: Character;
  readonly thrown: Dice;
  readonly memory: Memory;
  person: Person | undefined;
  socket: Live | undefined;
  discoverable: boolean;
}

/** What all actors share. */
export interface Stage {
  readonly host: ConsoleAddress;
  readonly tally: Tally;
  readonly ledger: Ledger;
  readonly fetch: typeof globalThis.fetch;
  readonly actors: readonly Actor[];
  readonly byUser: Map<UserId, Actor>;
  /** When somebody began to like somebody, by both; when a message was sent, by its words. For measuring. */
  readonly likedMs: Map<string, number>;
  readonly sentMs: Map<string, number>;
  over(): boolean;
  /** Ends the play now. */
  stop(): void;
  /** Waits, but not beyond the end of the play; answers whether it goes on. */
  pause(ms: number): Promise<boolean>;
  /** Runs what may be refused, and counts refusals. Undefined where it was refused. */
  attempt<T>(work: () => Promise<T>): Promise<T | undefined>;
  /** Lets something happen beside everything else; the end of the play waits for it. */
  beside(work: () => Promise<void>): void;
  /** Resolves when nothing is under way any more. */
  quiet(): Promise<void>;
}

// What people run into where others block, leave, run out of likes, or are faster.
const partOfTheGame = new Set([
  "conversation.ended",
  "conversation.notFound",
  "profile.notFound",
  "match.notFound",
  "user.notFound",
  "message.notFound",
  "swipe.matched",
  "swipe.quotaSpent",
  "rate.limited",
  "message.notEditable",
]);

export interface StageOptions {
  readonly host: ConsoleAddress;
  readonly characters: readonly Character[];
  readonly seconds: number;
  readonly seed: number;
  readonly now?: () => Date;
}

/** Sets the stage: everybody in the wings, nothing has happened. */
export function stage({ host, characters, seconds, seed, now = () => new Date() }: StageOptions): Stage {
  const seen = tally(now);
  const running = new Set<Promise<void>>();
  const ending = new AbortController();
  const curtain = setTimeout(() => ending.abort(), seconds * 1000);
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ProblemError) seen.refused(error.code, partOfTheGame.has(error.code));
      else seen.refused(error instanceof Error ? error.message.slice(0, 90) : String(error), false);
      return undefined;
    }
  };
  return {
    host,
    tally: seen,
    ledger: ledger(),
    fetch: measuredFetch(({ route, ms, status }) => seen.request(route, ms, status)),
    actors: characters.map((character) => ({
      character,
      thrown: dice("demo", seed, character.n),
      memory: memory(),
      person: undefined,
      socket: undefined,
      discoverable: false,
    })),
    byUser: new Map(),
    likedMs: new Map(),
    sentMs: new Map(),
    over: () => ending.signal.aborted,
    stop: () => {
      clearTimeout(curtain);
      ending.abort();
    },
    pause: async (ms) => {
      if (ending.signal.aborted) return false;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms);
      const wake = () => resolve();
      ending.signal.addEventListener("abort", wake);
      await promise;
      clearTimeout(timer);
      ending.signal.removeEventListener("abort", wake);
      return !ending.signal.aborted;
    },
    attempt,
    beside: (work) => {
      const run: Promise<void> = attempt(work).then(() => void running.delete(run));
      running.add(run);
    },
    quiet: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** The same for both of two people. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** "Ana (29, Lisbon)". */
export function called({ character: { name, age, city } }: Actor): string {
  return `${name} (${age}, ${city.name})`;
}
