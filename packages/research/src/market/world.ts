import { below, normal, type Random } from "@pendo/engine/random";
import { sigmoid } from "@pendo/engine/score/chance";

/** How many tastes people differ in. */
const TASTES = 4;

/** Somebody in a simulated town, as they really are: the engine sees nothing of it but what they do. */
export interface Resident {
  readonly id: number;
  readonly side: 0 | 1;
  readonly bot: boolean;
  readonly arrived: number;
  leaves: number;
  /** How readily they say yes, and others to them. */
  readonly readiness: number;
  readonly appeal: number;
  readonly likes: Float64Array;
  readonly is: Float64Array;
  /** Of how many of the deck's cards they look at a day. */
  readonly looks: number;
}

export interface WorldOptions {
  readonly residents: number;
  /** How many arrive each day. */
  readonly arrivals: number;
  /** The part who like everybody and answer nobody. */
  readonly bots: number;
  /** How many days a person stays, on average. */
  readonly stayDays: number;
  readonly looksPerDay: number;
}

export const town: WorldOptions = { residents: 900, arrivals: 18, bots: 0.03, stayDays: 50, looksPerDay: 6 };

/** Somebody new. Appeal varies as much as on dating sites where few are wanted by most; the choosier are the more wanted. */
export function arrive(id: number, day: number, options: WorldOptions, random: Random): Resident {
  const bot = random() < options.bots;
  const appeal = bot ? 1 + 0.3 * normal(random) : 1.4 * normal(random);
  const vector = (): Float64Array => new Float64Array(TASTES).map(() => normal(random));
  return {
    id,
    side: id % 2 === 0 ? 0 : 1,
    bot,
    arrived: day,
    leaves: day - Math.log(1 - random()) * options.stayDays * (bot ? 3 : 1),
    readiness: -1.6 + 0.8 * normal(random) - 0.25 * appeal,
    appeal,
    likes: vector(),
    is: vector(),
    looks: 1 + below(random, 2 * options.looksPerDay - 1),
  };
}

/** The chance that one who looks at another says yes. */
export function truly(from: Resident, to: Resident): number {
  if (from.bot) return 1;
  let taste = 0;
  for (let at = 0; at < TASTES; at++) taste += (from.likes[at] as number) * (to.is[at] as number);
  return sigmoid(from.readiness + to.appeal + 0.5 * taste);
}
