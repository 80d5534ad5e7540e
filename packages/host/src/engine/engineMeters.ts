import type { UserId } from "@pendo/contract/ids";
import { histogram, histogramText, labelled, metric, observe } from "../prometheusText.ts";
import type { EngineState } from "@pendo/engine/state/engineState";
import type { MatchingFact } from "./pendingKeys.ts";

/** made by the engine · shed: too many waited · notReady · unknown: the person is not in memory. All but the first are for SQL. */
type DeckOutcome = "made" | "shed" | "notReady" | "unknown";

export interface EngineMeters {
  refused(code: string): void;
  applied(facts: readonly MatchingFact[]): void;
  /** Answers the deck that it counts. */
  deck(outcome: DeckOutcome, tookMs: number, userIds: UserId[] | null): UserId[] | null;
  saved(bytes: number): void;
  /** Prices were found, with so much work. */
  priced(workedMs: number): void;
  /** In the text format of Prometheus. */
  text(state: EngineState, isReady: boolean): string;
}

const DECK_SEC = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
const FACT_SEC = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30];

/** What the engine counts. Names end in the unit, as Prometheus asks. */
export function engineMeters(now: () => Date): EngineMeters {
  const decks: Record<DeckOutcome, number> = { made: 0, shed: 0, notReady: 0, unknown: 0 };
  const facts = new Map<string, number>();
  const refused = new Map<string, number>();
  const deckSec = histogram(DECK_SEC);
  const factSec = histogram(FACT_SEC);
  let saved = { atMs: 0, bytes: 0 };
  let lagSec = 0;
  let pricedSec = 0;
  return {
    refused: (code) => void refused.set(code, (refused.get(code) ?? 0) + 1),
    applied: (many) => {
      for (const { type, occurredAt } of many) {
        facts.set(type, (facts.get(type) ?? 0) + 1);
        lagSec = Math.max(0, (now().getTime() - Date.parse(occurredAt)) / 1000);
        observe(factSec, lagSec);
      }
    },
    deck: (outcome, tookMs, userIds) => {
      decks[outcome]++;
      if (outcome === "made") observe(deckSec, tookMs / 1000);
      return userIds;
    },
    priced: (workedMs) => void (pricedSec += workedMs / 1000),
    saved: (bytes) => void (saved = { atMs: now().getTime(), bytes }),
    text: (state, isReady) => {
      const { people, ties } = state.index.bytes;
      return [
        metric("pendo_engine_ready", "gauge", "1 once everything was replayed.", [["", Number(isReady)]]),
        metric("pendo_engine_people", "gauge", "People in memory, those who are not shown included.", [["", state.index.size]]),
        metric("pendo_engine_decks_total", "counter", "Decks asked for, by what came of it.", labelled("outcome", Object.entries(decks))),
        histogramText("pendo_engine_deck_seconds", "Time until a deck was made, waiting included.", [[{}, deckSec]]),
        metric("pendo_engine_facts_total", "counter", "Facts applied, by type.", labelled("type", [...facts])),
        histogramText("pendo_engine_fact_age_seconds", "Time from when a fact became true until it was in memory.", [[{}, factSec]]),
        metric("pendo_engine_lag_seconds", "gauge", "The same of the newest fact applied.", [["", lagSec]]),
        metric("pendo_engine_learned_total", "counter", "Answers that were learned from.", [["", state.learning.learned]]),
        metric("pendo_engine_answered_pairs", "gauge", "Who answered a message of whom.", [["", state.answered.size]]),
        metric("pendo_engine_pricing_seconds_total", "counter", "Work of finding prices against congestion.", [["", pricedSec]]),
        metric("pendo_engine_market_decks", "gauge", "Decks that prices were found from.", [["", state.market.last.decks]]),
        metric("pendo_engine_market_pairs", "gauge", "Pairs that this market is expected to make at its prices.", [
          ["", state.market.last.pairs],
        ]),
        metric("pendo_engine_market_rounds", "gauge", "Rounds until the prices were found.", [["", state.market.last.rounds]]),
        metric("pendo_engine_price_least", "gauge", "The least price against congestion; 1 where nobody is crowded.", [
          ["", state.market.last.leastPrice],
        ]),
        metric("pendo_engine_refused_total", "counter", "What was refused, by name.", labelled("fault", [...refused])),
        metric("pendo_engine_memory_bytes", "gauge", "Memory by what it holds; process is all of it.", [
          ...labelled("of", [
            ["people", people],
            ["ties", ties],
            ["beliefs", state.beliefs.bytes],
            ["ledger", state.ledger.bytes],
            ["market", state.market.bytes],
            ["process", process.memoryUsage.rss()],
          ]),
        ]),
        metric("pendo_engine_snapshot_age_seconds", "gauge", "Since the last snapshot of this process.", [
          ["", saved.atMs === 0 ? Number.NaN : (now().getTime() - saved.atMs) / 1000],
        ]),
        metric("pendo_engine_snapshot_bytes", "gauge", "The last snapshot's size.", [["", saved.bytes]]),
      ].join("");
    },
  };
}
