import { DIMENSIONS } from "@pendo/engine/index/population";
import { newcomer, type Belief } from "@pendo/engine/learn/belief";
import { foretold, learn } from "@pendo/engine/learn/signal";
import { seeded } from "@pendo/engine/random";
import { sigmoid } from "@pendo/engine/score/chance";
import { meetingAt, type Model } from "../task.ts";
import { others } from "./direct.ts";
import { type PriorOptions, priorLogits } from "./logistic.ts";

/**
 * The product's own learner, swipe by swipe: every decision is seen once, and only those of the wave asked about. A prior from the answers is given to both
 * biases, half each, as the means over the meetings of a person.
 */
export function online(prior: PriorOptions | null): Model {
  return {
    name: prior ? "the product's online learner + prior" : "the product's online learner",
    forecast: (task) => {
      const { nights, known, asked } = task;
      const waves = new Set(asked.map((index) => meetingAt(nights, index).wave));
      const logits = prior ? priorLogits(task, others(task), prior) : null;
      const random = seeded(3);
      const sums = nights.guests.map(() => ({ from: 0, to: 0, count: 0 }));
      for (const [index, { from, to }] of nights.meetings.entries()) {
        const [one, other] = [sums[from], sums[to]];
        if (!one || !other) continue;
        one.from += logits?.[index] ?? -0.3;
        one.count++;
        other.to += logits?.[index] ?? -0.3;
      }
      const beliefs = sums.map(({ from, to, count }): Belief => {
        const empty = { likes: new Float32Array(DIMENSIONS), is: new Float32Array(DIMENSIONS), price: 1 };
        return newcomer({ ...empty, actorBias: from / count / 2, targetBias: to / count / 2 }, 0, random);
      });
      for (const index of known) {
        const meeting = meetingAt(nights, index);
        const [from, to] = [beliefs[meeting.from], beliefs[meeting.to]];
        if (from && to && waves.has(meeting.wave)) learn(from, to, meeting.yes ? "like" : "pass", 0);
      }
      const yes = new Float64Array(nights.meetings.length);
      for (const index of asked) {
        const meeting = meetingAt(nights, index);
        const [from, to] = [beliefs[meeting.from], beliefs[meeting.to]];
        if (!from || !to) continue;
        const { mean, variance } = foretold(from, to);
        yes[index] = sigmoid(mean / Math.sqrt(1 + (Math.PI * variance) / 8));
      }
      return { yes };
    },
  };
}
