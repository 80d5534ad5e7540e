import type { UserId } from "@pendo/contract/ids";
import { dayAt } from "../eligibility/age.ts";
import { eligible, type Tie } from "../eligibility/eligible.ts";
import { BIAS_STEP } from "./layout.ts";
import type { MatchIndex } from "./matchIndex.ts";
import { packTraits, scaleOf, type PackedTraits } from "./packed.ts";
import type { Person, Traits } from "./population.ts";
import type { DeckEntry } from "./search.ts";
import { sigmoid } from "./sigmoid.ts";
import { tieOf } from "./tie.ts";

interface Member {
  person: Person;
  traits: PackedTraits;
}

/** What the index must do, done in the plainest way: maps, and a look at everybody for each deck. */
export class Model {
  readonly members = new Map<UserId, Member>();
  readonly ties = new Map<string, { answer: "liked" | "passed" | null; day: number; blocks: boolean }>();

  put(person: Person, traits: Traits): void {
    this.members.set(person.userId, { person, traits: packTraits(traits) });
  }

  answer(from: UserId, to: UserId, answer: "liked" | "passed" | null, atMs: number): void {
    this.ties.set(`${from} ${to}`, { blocks: false, ...this.ties.get(`${from} ${to}`), answer, day: dayAt(atMs) });
  }

  block(from: UserId, to: UserId, blocks: boolean): void {
    this.ties.set(`${from} ${to}`, { answer: null, day: 0, ...this.ties.get(`${from} ${to}`), blocks });
  }

  tie(from: UserId, to: UserId): Tie | null {
    const [mine, theirs] = [this.ties.get(`${from} ${to}`), this.ties.get(`${to} ${from}`)];
    const swiped = mine?.answer === "passed" ? { passedOn: mine.day } : (mine?.answer ?? null);
    return { blocked: (mine?.blocks ?? false) || (theirs?.blocks ?? false), swiped };
  }

  eligible(userId: UserId, today: number): UserId[] {
    const viewer = this.members.get(userId);
    if (viewer === undefined) return [];
    const found: UserId[] = [];
    for (const { person } of this.members.values())
      if (eligible(viewer.person, person, { today, tie: this.tie(userId, person.userId) })) found.push(person.userId);
    return found;
  }

  deck(index: MatchIndex, { userId, today, size, seed }: { userId: UserId; today: number; size: number; seed: number }): DeckEntry[] {
    const viewer = this.members.get(userId);
    if (viewer === undefined) return [];
    return this.eligible(userId, today)
      .map((candidate) => {
        const row = index.rows.find(candidate);
        return {
          userId: candidate,
          score: scoreOf(viewer.traits, (this.members.get(candidate) as Member).traits),
          tie: tieOf(row, seed),
          row,
        };
      })
      .toSorted((a, b) => b.score - a.score || a.tie - b.tie || a.row - b.row)
      .slice(0, size)
      .map(({ userId: candidate, score }) => ({ userId: candidate, score }));
  }
}

/** price × the chance of a yes × the chance of a yes back, of the numbers as they are kept. */
export function scoreOf(viewer: PackedTraits, candidate: PackedTraits): number {
  const dot = (a: Int8Array, from: number, b: Int8Array, to: number): number => {
    let sum = 0;
    for (let k = 0; k < 32; k++) sum += (a[from + k] as number) * (b[to + k] as number);
    return sum;
  };
  const yes =
    dot(viewer.vectors, 32, candidate.vectors, 0) * (scaleOf(viewer.likesScale) * scaleOf(candidate.isScale)) +
    (viewer.actorBias * BIAS_STEP + candidate.targetBias * BIAS_STEP);
  const yesBack =
    dot(viewer.vectors, 0, candidate.vectors, 32) * (scaleOf(viewer.isScale) * scaleOf(candidate.likesScale)) +
    (viewer.targetBias * BIAS_STEP + candidate.actorBias * BIAS_STEP);
  return candidate.price * sigmoid(yes) * sigmoid(yesBack);
}
