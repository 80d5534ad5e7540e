import type { Attention, TwoSided } from "../market/twoSided.ts";

/**
 * How much each receiver is shown to each proposer: `exposure[proposer * receivers + receiver]` is the attention of the place in the proposer's list,
 * or its mean over several lists of which one is drawn.
 */
export type Exposure = Float64Array;

/** What can be worked out once for a market, whatever is shown to whom. */
export interface Field {
  readonly market: TwoSided;
  /** `attention[rank - 1]`, long enough for both sides. */
  readonly attention: Float64Array;
  /** `order[receiver * proposers + place]`: the proposers, the most welcome first. */
  readonly order: Uint32Array;
}

/** Sorts the proposers of each receiver by how welcome they are, equal ones by number. O(receivers × proposers × log proposers). */
export function fieldOf(market: TwoSided, attention: Attention): Field {
  const { proposers, receivers, welcomes } = market;
  const order = new Uint32Array(receivers * proposers);
  for (let receiver = 0; receiver < receivers; receiver++) {
    const from = receiver * proposers;
    const row = order.subarray(from, from + proposers);
    for (let proposer = 0; proposer < proposers; proposer++) row[proposer] = proposer;
    row.sort((a, b) => (welcomes[from + b] ?? 0) - (welcomes[from + a] ?? 0) || a - b);
  }
  return { market, attention: Float64Array.from({ length: Math.max(proposers, receivers) + 2 }, (_, at) => attention(at + 1)), order };
}

export interface ExpectedOptions {
  /** Is filled with the derivative by each exposure. */
  readonly gradient?: Float64Array;
  /** Is filled with the expected matches of each receiver. */
  readonly received?: Float64Array;
  /** More yeses than this before one are taken as this many. Exact without; in a large pool some get hundreds, and telling them apart costs time. */
  readonly countMax?: number;
}

/**
 * The expected number of matches, exactly: a proposer says yes with the chance `likes × exposure`; the receiver looks at the yeses from the most welcome
 * downwards, with the attention of the rank among the yeses, and says yes back with the chance `welcomes`. How many yeses come before one is the sum
 * of independent chances (Poisson binomial), and its distribution is carried along the list, where the paper takes the mean instead.
 *
 * The gradient is one backward sweep of the value yet to come, then one forward of the distribution: O(receivers × proposers × yeses of one receiver).
 */
export function expectedMatches(
  { market, attention, order }: Field,
  exposure: Exposure,
  { gradient, received, countMax = Infinity }: ExpectedOptions = {},
): number {
  const { proposers, receivers, likes, welcomes } = market;
  const yes = new Float64Array(proposers);
  const liked = new Float64Array(proposers);
  const welcome = new Float64Array(proposers);
  const scratch: Scratch = { ahead: new Float64Array(0), counts: new Float64Array(proposers + 2) };
  let total = 0;
  for (let receiver = 0; receiver < receivers; receiver++) {
    const from = receiver * proposers;
    let mean = 0;
    let spread = 0;
    for (let place = 0; place < proposers; place++) {
      const proposer = order[from + place] as number;
      const like = likes[proposer * receivers + receiver] as number;
      const chance = Math.min(1, like * (exposure[proposer * receivers + receiver] as number));
      liked[place] = chance < 1 ? like : 0;
      welcome[place] = welcomes[from + proposer] as number;
      yes[place] = chance;
      mean += chance;
      spread += chance * (1 - chance);
    }
    // Seven standard deviations beyond the mean, so that what is cut off is below the precision of the numbers that are added up.
    const most = Math.min(proposers, countMax, Math.ceil(mean + 7 * Math.sqrt(spread) + 8));
    const value = valueAhead({ yes, welcome, attention, proposers, most }, scratch);
    if (gradient)
      slopes({ yes, welcome, attention, proposers, most }, scratch, (place, slope) => {
        gradient[(order[from + place] as number) * receivers + receiver] = slope * (liked[place] as number);
      });
    if (received) received[receiver] = value;
    total += value;
  }
  return total;
}

interface Queue {
  readonly yes: Float64Array;
  readonly welcome: Float64Array;
  readonly attention: Float64Array;
  readonly proposers: number;
  /** More yeses than this are not told apart. */
  readonly most: number;
}

interface Scratch {
  /** `ahead[place * (most + 2) + count]`: the matches yet to come when so many yeses came before. */
  ahead: Float64Array;
  readonly counts: Float64Array;
}

function valueAhead({ yes, welcome, attention, proposers, most }: Queue, scratch: Scratch): number {
  const width = most + 2;
  if (scratch.ahead.length < (proposers + 1) * width) scratch.ahead = new Float64Array((proposers + 1) * width);
  const { ahead } = scratch;
  ahead.fill(0, proposers * width, (proposers + 1) * width);
  for (let place = proposers - 1; place >= 0; place--) {
    const chance = yes[place] as number;
    const returned = welcome[place] as number;
    const here = place * width;
    const next = here + width;
    const reach = Math.min(place, most);
    for (let count = 0; count <= reach; count++) {
      const matched = Math.min(1, returned * (attention[count] as number));
      const after = ahead[next + Math.min(count + 1, most)] as number;
      ahead[here + count] = chance * (matched + after) + (1 - chance) * (ahead[next + count] as number);
    }
  }
  return ahead[0] as number;
}

function slopes(
  { yes, welcome, attention, proposers, most }: Queue,
  { ahead, counts }: Scratch,
  tell: (place: number, slope: number) => void,
): void {
  const width = most + 2;
  counts.fill(0);
  counts[0] = 1;
  for (let place = 0; place < proposers; place++) {
    const chance = yes[place] as number;
    const returned = welcome[place] as number;
    const next = (place + 1) * width;
    const reach = Math.min(place, most);
    let slope = 0;
    for (let count = reach; count >= 0; count--) {
      const matched = Math.min(1, returned * (attention[count] as number));
      const weight = counts[count] as number;
      const up = Math.min(count + 1, most);
      slope += weight * (matched + (ahead[next + up] as number) - (ahead[next + count] as number));
      counts[count] = weight * (1 - chance);
      counts[up] = (counts[up] as number) + weight * chance;
    }
    tell(place, slope);
  }
}
