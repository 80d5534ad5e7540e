import { expect, test } from "vitest";
import { MatchIndex } from "./matchIndex.ts";
import { Model } from "./model.fixture.ts";
import { randomPerson, randomTraits, seeded, TODAY, userIdOf } from "./random.fixture.ts";
import { deck, eligibleFor } from "./search.ts";

const DAY_MS = 86_400_000;
const NOW_MS = (TODAY - 25_567) * DAY_MS + 3_600_000;
const kernels = ["wasm", "plain"] as const;

for (const kernel of kernels)
  test(`eligibility and decks equal a look at everybody after 20k random updates (${kernel})`, () => {
    const random = seeded(7);
    const [index, model] = [new MatchIndex({ kernel }), new Model()];
    const centres = [
      { lat: 48.1, lon: 11.5 },
      { lat: 0, lon: 180 },
      { lat: 89.9, lon: 30 },
      { lat: -89.8, lon: -100 },
      { lat: 48.3, lon: 11.6 },
    ];
    const people = 1500;
    const any = () => userIdOf(Math.floor(random() * people));
    for (let step = 0; step < 20_000; step++) {
      const number = Math.floor(random() * people);
      const userId = userIdOf(number);
      const dice = random();
      if (dice < 0.4 || !model.members.has(userId)) {
        const person = randomPerson(number, centres[Math.floor(random() * centres.length)] ?? { lat: 0, lon: 0 }, random);
        const traits = randomTraits(random);
        index.put(person, traits);
        model.put(person, traits);
      } else if (dice < 0.5) {
        const traits = randomTraits(random);
        index.setTraits(userId, traits);
        model.put((model.members.get(userId) as { person: Parameters<Model["put"]>[0] }).person, traits);
      } else if (dice < 0.55) {
        index.remove(userId);
        model.members.delete(userId);
      } else if (dice < 0.9) {
        const [target, atMs] = [any(), NOW_MS - Math.floor(random() * 60) * DAY_MS];
        const answer = (["liked", "passed", null] as const)[Math.floor(random() * 3)] ?? null;
        const [row, other] = [index.rows.of(userId), index.rows.of(target)];
        // Late facts are a matter of their own.
        index.ties.answer(row, other, answer === "liked" ? 1 : answer === "passed" ? 2 : 0, NOW_MS + step);
        model.answer(userId, target, answer, NOW_MS + step);
        void atMs;
      } else {
        const target = any();
        const on = random() < 0.7;
        index.ties.block(index.rows.of(userId), index.rows.of(target), on, NOW_MS + step);
        model.block(userId, target, on);
      }
      if (step % 5000 === 4999) index.ties.settle(NOW_MS + step);
      if (step % 2000 === 1999) {
        for (let k = 0; k < 20; k++) {
          const viewer = any();
          if (!model.members.has(viewer)) continue;
          expect(eligibleFor(index, { userId: viewer, today: TODAY }).toSorted()).toEqual(model.eligible(viewer, TODAY).toSorted());
          const request = { userId: viewer, today: TODAY, size: 50, seed: step };
          expect(deck(index, request).entries).toEqual(model.deck(index, request));
        }
      }
    }
  });
