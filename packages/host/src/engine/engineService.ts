import type { UserId } from "@pendo/contract/ids";
import { isReadable, messagesAnswered, peopleOf, tiesOf, type Position } from "@pendo/core/discovery/population.sql";
import { DECK_SIZE } from "@pendo/core/discovery/decks";
import type { DeckEntry } from "@pendo/engine/index/search";
import type { Db } from "@pendo/core/ports/db/db";
import { EngineFault } from "@pendo/engine/faults";
import { catchUp } from "./catchUp.ts";
import { type EngineMeters, engineMeters } from "./engineMeters.ts";
import { EngineState, type Wanted } from "@pendo/engine/state/engineState";
import { keysOf, type Keys, type MatchingFact } from "./pendingKeys.ts";
import { readSnapshot, writeSnapshot } from "./snapshotFile.ts";

/** The engine as whoever hosts the matching queue sees it, in this thread or another. */
export interface Engine {
  /** Resolves once all that these facts tell of is in memory. While the engine is away nothing happens, since it reads everything when it comes back. */
  apply(facts: readonly MatchingFact[]): Promise<void>;
  /** A new deck, best first; null where the engine cannot say: it is not ready, has too much to do, or does not know the person. */
  deck(userId: UserId): Promise<UserId[] | null>;
  /** The best so many for somebody with their scores, for whoever pairs people up; null likewise. */
  ranked(userId: UserId, size: number): Promise<readonly DeckEntry[] | null>;
}

export interface EngineService extends Engine {
  readonly state: EngineState;
  readonly meters: EngineMeters;
  isReady(): boolean;
  /** Reads what changed since the engine last read everything; after it facts alone keep it current. Ready from then on. */
  beReady(): Promise<void>;
  /** Writes a snapshot, which says up to where the database has been read. */
  save(): Promise<void>;
  /** Ends what is under way, and writes a last snapshot. */
  stop(): Promise<void>;
}

export interface EngineServiceOptions {
  readonly db: Db;
  readonly now: () => Date;
  readonly chance: () => number;
  /** Where snapshots are. */
  readonly directory: string;
  readonly memoryMb: number;
  readonly snapshotSec: number;
  /** Something that a person should read. */
  readonly say: (line: string) => void;
}

/** Rows are never used again. Where more than this part of them are of nobody, starting anew is worth its time, and gives their memory back. */
const EMPTY_ROWS_MAX = 0.5;
/** With more decks than this waiting, the next ones are for SQL. */
const DECKS_WAITING_MAX = 256;

/** Prices are found in parts, and others come between. A part ends with the first step after so long. */
const PRICING_MS = 20;

/** Loads the last snapshot, or everybody from the database where there is none, and what changed since. Facts may come from then on; see `beReady`. */
export async function startEngine(options: EngineServiceOptions): Promise<EngineService> {
  const { db, now, directory, say } = options;
  const meters = engineMeters(now);
  const loaded = await load(options, meters);
  const { state } = loaded;
  let { position } = loaded;
  let ready = false;
  let decksWaiting = 0;

  // One thing after another: so what was read later is stored later, and a snapshot is of one moment.
  let lane: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => T | Promise<T>): Promise<T> => {
    const mine = lane.then(work);
    lane = mine.catch(() => {});
    return mine;
  };
  const refresh = (keys: Keys): Promise<void> => inTurn(() => read({ db, state, now }, keys));
  const advance = async (): Promise<void> => {
    position = await catchUp({ db, state, now, refresh, inTurn }, position);
  };
  const save = async (): Promise<void> => {
    // It is handed to the system in turn; that it reaches the disk may be waited for while decks are made.
    const written = await inTurn(() => writeSnapshot(directory, state, position));
    meters.saved(await written.keep());
  };
  const reprice = async (): Promise<void> => {
    const steps = state.repricing(() => now().getTime());
    while (await inTurn(() => work(steps, meters)));
  };
  const wanted = (size: number): Wanted => ({ nowMs: now().getTime(), size, seed: Math.floor(options.chance() * 2 ** 32) });
  // Everything is looked at again before a snapshot is written: whatever should have got lost on the way is found then.
  let saving: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    saving = advance()
      .then(reprice)
      .then(save)
      .catch((error: unknown) => say(`The engine could not write a snapshot: ${String(error)}`));
  }, options.snapshotSec * 1000);

  return {
    state,
    meters,
    isReady: () => ready,
    beReady: async () => {
      await advance();
      ready = true;
    },
    apply: async (facts) => {
      const keys = keysOf(facts);
      if (keys.people.length + keys.pairs.length + keys.answered.length > 0) await refresh(keys);
      meters.applied(facts);
    },
    ranked: async (userId, size) => (ready ? await inTurn(() => state.ranked(userId, wanted(size))) : null),
    deck: async (userId) => {
      if (!ready || decksWaiting >= DECKS_WAITING_MAX) return meters.deck(ready ? "shed" : "notReady", 0, null);
      decksWaiting++;
      const startedMs = performance.now();
      return await inTurn(() => state.deckOf(userId, wanted(DECK_SIZE)))
        .then((userIds) => meters.deck(userIds === null ? "unknown" : "made", performance.now() - startedMs, userIds))
        .finally(() => decksWaiting--);
    },
    save,
    stop: async () => {
      ready = false;
      clearInterval(timer);
      await saving;
      await save();
    },
  };
}

/** Does a part of finding prices; answers whether more is left. */
function work(steps: Iterator<void>, meters: EngineMeters): boolean {
  const startedMs = performance.now();
  let isOver = false;
  while (!isOver && performance.now() - startedMs < PRICING_MS) isOver = steps.next().done === true;
  meters.priced(performance.now() - startedMs);
  return !isOver;
}

/** Reads what is named, and puts it in the place of what was known. Facts name only where to look, so an old one does no harm. */
async function read({ db, state, now }: { db: Db; state: EngineState; now: () => Date }, { people, pairs, answered }: Keys): Promise<void> {
  const strangers = [...pairs, ...answered].flat().filter((userId) => !state.index.has(userId));
  const asked = [...new Set([...people, ...strangers])];
  const [rows, ties, messages] = await Promise.all([
    asked.length > 0 ? peopleOf(db, asked, now()) : [],
    pairs.length > 0 ? tiesOf(db, pairs) : [],
    answered.length > 0 ? messagesAnswered(db, answered) : [],
  ]);
  state.putPeople(asked, rows, now().getTime());
  state.putTies(messages.length > 0 ? [...ties, ...messages] : ties, now().getTime());
}

async function load(
  { db, now, directory, memoryMb, say }: EngineServiceOptions,
  meters: EngineMeters,
): Promise<{ state: EngineState; position: Position }> {
  const stateOptions = { bytesMax: memoryMb * 2 ** 20, refused: meters.refused };
  const kept = await readSnapshot(directory, stateOptions).catch((error: unknown) => {
    if (!(error instanceof EngineFault)) throw error;
    meters.refused(error.code);
    say(`The engine's snapshot is refused (${error.message}); everybody is read from the database.`);
    return undefined;
  });
  if (kept) {
    // What changed meanwhile is read in `beReady`; here it is only asked whether the position means anything to this database.
    const isOurs = await isReadable(db, kept.position);
    if (isOurs && kept.state.emptyRows <= EMPTY_ROWS_MAX * kept.state.index.rows.count) return kept;
    meters.refused(isOurs ? "snapshot.sparse" : "snapshot.otherDatabase");
    const what = isOurs ? "mostly of people who are gone" : "of another database, or of its future";
    say(`The engine's snapshot is ${what}; everybody is read from the database.`);
  }
  const state = new EngineState(stateOptions);
  const refresh = (keys: Keys): Promise<void> => read({ db, state, now }, keys);
  const inTurn = async (work: () => void): Promise<void> => work();
  return { state, position: await catchUp({ db, state, now, refresh, inTurn }, null) };
}
