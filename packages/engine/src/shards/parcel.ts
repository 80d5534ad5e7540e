import type { UserId } from "@pendo/contract/ids";
import { EngineFault } from "../faults.ts";
import type { MatchIndex } from "../index/matchIndex.ts";
import type { PackedPerson, PackedTraits } from "../index/packed.ts";
import type { SnappedPosition } from "../index/population.ts";
import { ANSWER, type TieEntry } from "../index/tieCode.ts";
import type { RecentTie } from "../index/ties.ts";

/** All that a shard knows of one person, for another shard, which has other rows. */
export interface Parcel {
  readonly userId: UserId;
  /** The newest versions that were applied; facts of these versions or older are known. */
  readonly personVersion: number;
  readonly placeVersion: number;
  /** The person, bit by bit; null for whoever is not here: gone, moved away, or never come. */
  readonly here: { readonly person: PackedPerson; readonly traits: PackedTraits } | null;
  /** A place that came before its person. */
  readonly place: SnappedPosition | null;
  readonly ties: TieParcel;
}

/** Whom somebody answered, blocked or was blocked by. */
export interface TieParcel {
  readonly all: readonly (Omit<TieEntry, "row"> & { readonly userId: UserId })[];
  /** Of these, the ones of the last while with their instants, of which the newest wins. */
  readonly recent: readonly (Omit<RecentTie, "row"> & { readonly userId: UserId })[];
}

/** The ties of a row, by ids. */
export function tiesOf({ rows, ties }: MatchIndex, row: number): TieParcel {
  const named = <T extends { readonly row: number }>({ row: target, ...tie }: T) => ({ ...tie, userId: rows.userIdOf(target) });
  return { all: ties.all(row).map(named), recent: (ties.recent.get(row) ?? []).map(named) };
}

/** Adds ties to what a row has. What was packed in either place stays, for it cannot be told which is newer; so nobody comes back who was hidden. */
export function addTies({ rows, ties }: MatchIndex, { row, ties: added, today }: { row: number; ties: TieParcel; today: number }): void {
  const own = new Map(ties.all(row).map((tie) => [tie.row, tie]));
  const answered = new Set((ties.recent.get(row) ?? []).filter(({ kind }) => kind === "answer").map((fact) => fact.row));
  for (const { userId, ...tie } of added.all) {
    const target = rows.of(userId);
    const known = own.get(target);
    const keepsAnswer = known !== undefined && (known.answer !== ANSWER.none || answered.has(target));
    const merged = {
      ...tie,
      ...(keepsAnswer ? { answer: known.answer, day: known.day } : {}),
      ...{ row: target, blocks: tie.blocks || (known?.blocks ?? false), blocked: tie.blocked || (known?.blocked ?? false) },
    };
    own.set(target, merged);
  }
  if (added.all.length > 0) ties.replace(row, [...own.values()], today);
  for (const { userId, kind, state, atMs } of added.recent) {
    const target = rows.of(userId);
    try {
      if (kind === "answer") ties.answer(row, target, state, atMs);
      else if (kind === "blocks") ties.block(row, target, state === 1, atMs);
      else ties.block(target, row, state === 1, atMs);
    } catch (error) {
      // What would bring somebody back is too old to be sure of.
      if (!(error instanceof EngineFault && error.code === "event.stale")) throw error;
    }
  }
}
