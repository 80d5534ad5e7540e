import type { UserId } from "@pendo/contract/ids";
import { placeNow } from "../eligibility/eligible.ts";
import { placeOf, pointOf } from "../eligibility/sphere.ts";
import { EngineFault, type EngineFaultCode } from "../faults.ts";
import { MatchIndex } from "../index/matchIndex.ts";
import { packPerson, packPlace, packTraits } from "../index/packed.ts";
import type { Person, SnappedPosition, Traits } from "../index/population.ts";
import { ANSWER } from "../index/tieCode.ts";
import { curveOf } from "./curve.ts";
import { addTies, tiesOf, type Parcel } from "./parcel.ts";
import type { Range } from "./ranges.ts";

/**
 * Facts about people, in any order and as often as the queue likes. A user's versions come from one sequence: a person is everything as of that version,
 * the place included; a place is only that. Whoever moves to another shard is told to both: to the new one as a whole person, and to the old one too,
 * which sees that the place is not its own any more.
 */
export type ShardEvent =
  | { readonly type: "person"; readonly version: number; readonly atMs: number; readonly person: Person; readonly traits?: Traits }
  | { readonly type: "place"; readonly version: number; readonly atMs: number; readonly userId: UserId; readonly place: SnappedPosition }
  | { readonly type: "gone"; readonly version: number; readonly atMs: number; readonly userId: UserId }
  | {
      readonly type: "answer";
      readonly atMs: number;
      readonly userId: UserId;
      readonly targetId: UserId;
      readonly answer: keyof typeof ANSWER;
    }
  | { readonly type: "block"; readonly atMs: number; readonly userId: UserId; readonly targetId: UserId; readonly on: boolean };

export type Outcome = "applied" | "known";

/** An event may be this far ahead of the clock; clocks differ. */
const AHEAD_MAX_MS = 5 * 60_000;
const VERSION_MAX = 2 ** 32 - 1;

/** An index for a range of the curve, to which events are applied so that their order and repetition do not matter. */
export class Shard {
  readonly index: MatchIndex;
  /** Changes when shards are balanced anew; see `handOver`. */
  range: Range;
  /** How many events were refused, by the reason. */
  readonly refused = new Map<EngineFaultCode, number>();
  /** Places that came before their person, or are newer than the person's removal. */
  readonly waitingPlaces = new Map<number, SnappedPosition>();

  constructor(range: Range, index = new MatchIndex()) {
    this.range = range;
    this.index = index;
  }

  /**
   * Applies an event, or finds that it is known already. A refused event is counted, and changes nothing.
   * @throws {EngineFault} `event.invalid`: the type, the version, the time or the answer of the event is none
   * @throws {EngineFault} `event.future`: the event is ahead of the clock
   * @throws {EngineFault} `event.stale`: it is late, and would bring a user back
   * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
   * @throws {EngineFault} `person.invalid`: a field is out of range; the message names it
   * @throws {EngineFault} `place.invalid`: the place is not on Earth
   * @throws {EngineFault} `traits.invalid`: a field is out of range; the message names it
   */
  apply(event: ShardEvent, { nowMs }: { nowMs: number }): Outcome {
    try {
      if (!Number.isFinite(event.atMs)) throw new EngineFault("event.invalid", "atMs");
      if (event.atMs > nowMs + AHEAD_MAX_MS) throw new EngineFault("event.future", "it is ahead of the clock");
      return this.#apply(event);
    } catch (error) {
      if (error instanceof EngineFault) this.refused.set(error.code, (this.refused.get(error.code) ?? 0) + 1);
      throw error;
    }
  }

  /** Takes over what another shard knew of somebody. Whatever is known here and newer stands; so it may come twice, and late. */
  take({ userId, personVersion, placeVersion, here, place, ties }: Parcel, today: number): Outcome {
    const { index } = this;
    const row = index.rows.of(userId);
    addTies(index, { row, ties, today });
    if (here === null) return this.#takeAbsent(row, { personVersion, placeVersion, place });
    const { versions } = index.rows;
    const point = placeOf(here.person.point);
    if (!this.#isNews(row, personVersion)) return this.#place(userId, placeVersion, point);
    versions[row * 2] = personVersion;
    const newer = placeVersion < (versions[row * 2 + 1] as number) ? this.#placeOf(row) : undefined;
    versions[row * 2 + 1] = Math.max(placeVersion, versions[row * 2 + 1] as number);
    const person = newer === undefined ? here.person : { ...here.person, point: pointOf(newer) };
    this.#arrive(row, newer ?? point, personVersion, () => index.putPacked(userId, person, here.traits));
    return "applied";
  }

  /** What is known of somebody, for another shard. */
  parcelOf(row: number): Parcel {
    const { index } = this;
    const userId = index.rows.userIdOf(row);
    const [personVersion, placeVersion] = [index.rows.versions[row * 2] as number, index.rows.versions[row * 2 + 1] as number];
    const here = index.has(userId) ? index.packedOf(userId) : null;
    return { userId, personVersion, placeVersion, here, place: this.waitingPlaces.get(row) ?? null, ties: tiesOf(index, row) };
  }

  /** Another shard took over what is known of somebody; a tombstone stays. */
  leave(userId: UserId): void {
    const row = this.index.rows.find(userId);
    if (row < 0) return;
    this.index.ties.recent.delete(row);
    this.index.ties.replace(row, [], 0);
    if (this.index.has(userId)) this.#leave(row, this.#placeOf(row) as SnappedPosition, this.index.rows.versions[row * 2] as number);
  }

  owns(place: SnappedPosition): boolean {
    const at = curveOf(place);
    return at >= this.range.from && at < this.range.until;
  }

  #apply(event: ShardEvent): Outcome {
    const { index } = this;
    switch (event.type) {
      case "person":
        return this.#person(event.person, version(event.version), event.traits);
      case "place":
        return this.#place(event.userId, version(event.version), event.place);
      case "gone":
        return this.#gone(event.userId, version(event.version));
      case "answer": {
        const state = ANSWER[event.answer];
        if (state === undefined) throw new EngineFault("event.invalid", "answer");
        const [row, target] = [index.rows.of(event.userId), index.rows.of(event.targetId)];
        index.ties.answer(row, target, state, event.atMs);
        return "applied";
      }
      case "block": {
        const [row, target] = [index.rows.of(event.userId), index.rows.of(event.targetId)];
        index.ties.block(row, target, event.on, event.atMs);
        return "applied";
      }
    }
    throw new EngineFault("event.invalid", "type");
  }

  #person(person: Person, newer: number, traits?: Traits): Outcome {
    packPerson(person);
    if (traits !== undefined) packTraits(traits);
    const { index } = this;
    const row = index.rows.of(person.userId);
    const versions = index.rows.versions;
    const placeVersion = versions[row * 2 + 1] as number;
    if (!this.#isNews(row, newer)) return "known";
    versions[row * 2] = newer;
    const known = newer < placeVersion ? this.#placeOf(row) : undefined;
    if (known === undefined && newer >= placeVersion) {
      versions[row * 2 + 1] = newer;
      this.waitingPlaces.delete(row);
    }
    const place = known ?? placeNow(person);
    this.#arrive(row, place, newer, () => index.put({ ...person, home: place, travel: null }, traits));
    return "applied";
  }

  /** Whether a person as of this version is not here yet. Somebody who left comes back as they went. */
  #isNews(row: number, personVersion: number): boolean {
    const { slots, versions } = this.index.rows;
    const own = versions[row * 2] as number;
    return personVersion > own || (personVersion === own && (slots[row] as number) < 0);
  }

  /** What was before these versions will not be believed any more. Of whoever is here now, only the place may be older. */
  #takeAbsent(row: number, { personVersion, placeVersion, place }: Pick<Parcel, "personVersion" | "placeVersion" | "place">): Outcome {
    const { rows } = this.index;
    const isHere = (rows.slots[row] as number) >= 0;
    if (!isHere) rows.versions[row * 2] = Math.max(personVersion, rows.versions[row * 2] as number);
    if (place !== null) return this.#place(rows.userIdOf(row), placeVersion, place);
    if (!isHere) rows.versions[row * 2 + 1] = Math.max(placeVersion, rows.versions[row * 2 + 1] as number);
    return "applied";
  }

  #arrive(row: number, place: SnappedPosition, personVersion: number, put: () => void): void {
    if (!this.owns(place)) return this.#leave(row, place, personVersion);
    this.waitingPlaces.delete(row);
    put();
  }

  #place(userId: UserId, newer: number, place: SnappedPosition): Outcome {
    packPlace(place);
    const { index } = this;
    const row = index.rows.of(userId);
    const { versions } = index.rows;
    if (newer <= (versions[row * 2 + 1] as number)) return "known";
    versions[row * 2 + 1] = newer;
    if ((index.rows.slots[row] as number) < 0) this.waitingPlaces.set(row, place);
    else if (this.owns(place)) index.move(userId, place);
    else this.#leave(row, place, versions[row * 2] as number);
    return "applied";
  }

  #gone(userId: UserId, newer: number): Outcome {
    const { index } = this;
    const row = index.rows.of(userId);
    const { versions } = index.rows;
    if (newer <= (versions[row * 2] as number)) return "known";
    versions[row * 2] = newer;
    const place = this.#placeOf(row);
    if (place !== undefined && (versions[row * 2 + 1] as number) > newer) this.waitingPlaces.set(row, place);
    else this.waitingPlaces.delete(row);
    index.remove(userId);
    return "applied";
  }

  /** A tombstone stays: the row with its versions, and the place while it is newer than the person. */
  #leave(row: number, place: SnappedPosition, personVersion: number): void {
    this.index.remove(this.index.rows.userIdOf(row));
    if ((this.index.rows.versions[row * 2 + 1] as number) > personVersion) this.waitingPlaces.set(row, place);
  }

  #placeOf(row: number): SnappedPosition | undefined {
    const slot = this.index.rows.slots[row] as number;
    if (slot < 0) return this.waitingPlaces.get(row);
    return placeOf(this.index.packedOf(this.index.rows.userIdOf(row)).person.point);
  }
}

function version(value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > VERSION_MAX) throw new EngineFault("event.invalid", "version");
  return value;
}
