import type { UserId } from "@pendo/contract/ids";
import { expect } from "vitest";
import { MatchIndex } from "./matchIndex.ts";
import { Model } from "./model.fixture.ts";
import type { Person, Place, Traits } from "./population.ts";
import { TODAY } from "./random.fixture.ts";
import { deck, eligibleFor } from "./search.ts";
import { ANSWER } from "./tieCode.ts";

export const NOW_MS = Date.UTC(2026, 1, 28, 12);

/** The same people in both kernels' indices and in the model, which all must agree. */
export class Trio {
  readonly wasm = new MatchIndex({ kernel: "wasm" });
  readonly plain = new MatchIndex({ kernel: "plain" });
  readonly model = new Model();

  put(person: Person, traits: Traits): void {
    this.wasm.put(person, traits);
    this.plain.put(person, traits);
    this.model.put(person, traits);
  }

  setTraits(userId: UserId, traits: Traits): void {
    this.wasm.setTraits(userId, traits);
    this.plain.setTraits(userId, traits);
    const member = this.model.members.get(userId);
    if (member !== undefined) this.model.put(member.person, traits);
  }

  move(userId: UserId, home: Place): void {
    this.wasm.move(userId, home);
    this.plain.move(userId, home);
    const member = this.model.members.get(userId);
    if (member !== undefined) member.person = { ...member.person, home, travel: null };
  }

  remove(userId: UserId): void {
    this.wasm.remove(userId);
    this.plain.remove(userId);
    this.model.members.delete(userId);
  }

  answer(from: UserId, to: UserId, answer: "liked" | "passed" | null, atMs: number): void {
    const state = answer === "liked" ? ANSWER.liked : answer === "passed" ? ANSWER.passed : ANSWER.none;
    for (const { ties, rows } of [this.wasm, this.plain]) ties.answer(rows.of(from), rows.of(to), state, atMs);
    this.model.answer(from, to, answer, atMs);
  }

  block(from: UserId, to: UserId, on: boolean, atMs: number): void {
    for (const { ties, rows } of [this.wasm, this.plain]) ties.block(rows.of(from), rows.of(to), on, atMs);
    this.model.block(from, to, on);
  }

  settle(beforeMs: number): void {
    for (const { ties } of [this.wasm, this.plain]) ties.settle(beforeMs);
  }

  pass(from: UserId, to: UserId): void {
    this.answer(from, to, "passed", NOW_MS);
  }

  agree(userId: UserId, today = TODAY): number {
    const eligible = this.model.eligible(userId, today).toSorted();
    expect(eligibleFor(this.wasm, { userId, today }).toSorted()).toEqual(eligible);
    expect(eligibleFor(this.plain, { userId, today }).toSorted()).toEqual(eligible);
    const request = { userId, today, size: 50, seed: 42 };
    const expected = this.model.deck(this.wasm, request);
    expect(deck(this.wasm, request).entries).toEqual(expected);
    expect(deck(this.plain, request).entries).toEqual(expected);
    return eligible.length;
  }
}
