import { deepStrictEqual } from "node:assert/strict";
import type { UserId } from "@pendo/contract/ids";
import { MatchIndex } from "./matchIndex.ts";
import { Model } from "./model.fixture.ts";
import { plainKernel } from "./plainKernel.ts";
import type { Person, SnappedPosition, Traits } from "./population.ts";
import { TODAY } from "./random.fixture.ts";
import { deck, eligibleFor } from "./search.ts";
import { ANSWER } from "./tieCode.ts";

export const NOW_MS = Date.UTC(2026, 1, 28, 12);

/** An index that is asked with both kernels, and the model; all three must agree. */
export class Trio {
  readonly index = new MatchIndex();
  readonly model = new Model();

  put(person: Person, traits: Traits): void {
    this.index.put(person, traits);
    this.model.put(person, traits);
  }

  setTraits(userId: UserId, traits: Traits): void {
    this.index.setTraits(userId, traits);
    const member = this.model.members.get(userId);
    if (member !== undefined) this.model.put(member.person, traits);
  }

  move(userId: UserId, home: SnappedPosition): void {
    this.index.move(userId, home);
    const member = this.model.members.get(userId);
    if (member !== undefined) member.person = { ...member.person, home, travel: null };
  }

  remove(userId: UserId): void {
    this.index.remove(userId);
    this.model.members.delete(userId);
  }

  answer(from: UserId, to: UserId, answer: "liked" | "passed" | null, atMs: number): void {
    const state = answer === "liked" ? ANSWER.liked : answer === "passed" ? ANSWER.passed : ANSWER.none;
    const { ties, rows } = this.index;
    ties.answer(rows.of(from), rows.of(to), state, atMs);
    this.model.answer(from, to, answer, atMs);
  }

  block(from: UserId, to: UserId, on: boolean, atMs: number): void {
    const { ties, rows } = this.index;
    ties.block(rows.of(from), rows.of(to), on, atMs);
    this.model.block(from, to, on);
  }

  settle(beforeMs: number): void {
    this.index.ties.settle(beforeMs);
  }

  pass(from: UserId, to: UserId): void {
    this.answer(from, to, "passed", NOW_MS);
  }

  /** Throws where the kernels and the model differ about somebody; answers how many they may be shown. */
  agree(userId: UserId, today = TODAY): number {
    const { index } = this;
    const { kernel } = index;
    const eligible = this.model.eligible(userId, today).toSorted();
    const request = { userId, today, size: 50, seed: 42 };
    const expected = this.model.deck(index, request);
    for (const each of [kernel, plainKernel(index.memory)]) {
      Object.assign(index, { kernel: each });
      deepStrictEqual(eligibleFor(index, { userId, today }).toSorted(), eligible);
      deepStrictEqual(deck(index, request).entries, expected);
    }
    Object.assign(index, { kernel });
    return eligible.length;
  }
}
