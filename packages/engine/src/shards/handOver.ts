import { placeOf } from "../eligibility/sphere.ts";
import { curveOf } from "./curve.ts";
import type { Parcel } from "./parcel.ts";
import { transfers, type Range } from "./ranges.ts";
import type { Shard } from "./shard.ts";

/**
 * What a shard knows of everybody within a part of the curve, and of everybody who is not here, of whom nobody can say where a late fact will put them.
 * One person after another, so that a host may send them in parts.
 */
export function* parcelsOf(shard: Shard, { from, until }: Range): Generator<Parcel> {
  const { rows } = shard.index;
  for (let row = 0, count = rows.count; row < count; row++) {
    const isHere = (rows.slots[row] as number) >= 0;
    if (isHere) {
      const at = curveOf(placeOf(shard.index.packedOf(rows.userIdOf(row)).person.point));
      if (at < from || at >= until) continue;
    }
    const parcel = shard.parcelOf(row);
    if (isHere || parcel.personVersion > 0 || parcel.placeVersion > 0 || parcel.ties.all.length > 0) yield parcel;
  }
}

/**
 * Cuts the curve anew. Whoever lives in a part that changes hands goes to its new shard with all that is known of them before the old one lets them go: so nobody
 * is lost wherever it breaks off, and to do it once more does no harm. From its beginning on, facts go where the new ranges say.
 */
export function handOver(shards: readonly Shard[], ranges: readonly Range[], today: number): void {
  if (shards.length !== ranges.length) throw new RangeError("each shard has one range");
  const before = shards.map(({ range }) => range);
  for (const [at, shard] of shards.entries()) shard.range = ranges[at] as Range;
  for (const { giver, taker, ...part } of transfers(before, ranges)) {
    const [from, to] = [shards[giver] as Shard, shards[taker] as Shard];
    for (const parcel of parcelsOf(from, part)) {
      to.take(parcel, today);
      if (parcel.here !== null) from.leave(parcel.userId);
    }
  }
}
