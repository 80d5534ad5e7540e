import type { UserId } from "@pendo/contract/ids";
import type { DeckEntry } from "@pendo/engine/index/search";
import type { MatchingFact } from "./pendingKeys.ts";

/** What the engine's process is started with. */
export interface ProcessData {
  readonly databaseUrl: string;
  readonly directory: string;
  readonly memoryMb: number;
  readonly snapshotSec: number;
}

/** What is asked of the process. The clock is the host's, which may have been moved. */
export type Ask = { readonly id: number; readonly nowMs: number } & (
  | { readonly ask: "beReady" | "stop" | "meters" }
  | { readonly ask: "apply"; readonly facts: readonly MatchingFact[] }
  | { readonly ask: "deck"; readonly userId: UserId }
  | { readonly ask: "ranked"; readonly userId: UserId; readonly size: number }
);

/** What is answered to each, where there is something to answer. */
export interface Answers {
  readonly beReady: null;
  readonly stop: null;
  /** In the text format of Prometheus. */
  readonly meters: string;
  readonly apply: null;
  readonly deck: UserId[] | null;
  readonly ranked: readonly DeckEntry[] | null;
}

/** What the process says: that it has loaded and takes facts, something to read, an answer, or why it ends. */
export type EngineMessage =
  | { readonly told: "loaded"; readonly people: number }
  | { readonly told: "line"; readonly line: string }
  | { readonly told: "ended"; readonly problem: string }
  | { readonly told: "answer"; readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly told: "failure"; readonly id: number; readonly problem: string };
