/** Pictures of more work than this are never in the quick lane: an ordinary picture waits for none of them. */
const QUICK_COST_MAX = 200_000_000;

export interface Turn {
  /** Whose picture it is: one picture of a user at a time. */
  readonly of: string;
  /** How much work it is. */
  readonly cost: number;
}

interface Waiting<Lane> extends Turn {
  readonly start: (lane: Lane) => void;
}

export interface Turns<Lane> {
  /** Waits for its turn, does the work in a lane, and lets the next one begin. */
  take<Result>(turn: Turn, work: (lane: Lane) => Promise<Result>): Promise<Result>;
}

/**
 * Two lanes, each with one picture at a time. The quick lane takes the picture of least work, so that small ones do not wait behind large ones. The other takes
 * whichever came first, so that every picture gets its turn.
 */
export function turns<Lane>(lanes: { readonly quick: Lane; readonly any: Lane }): Turns<Lane> {
  const waiting: Waiting<Lane>[] = [];
  const busy = new Set<Lane>();
  const users = new Set<string>();

  function next(lane: Lane): Waiting<Lane> | undefined {
    const ready = waiting.filter((one) => !users.has(one.of));
    if (lane === lanes.any) return ready[0];
    return ready.filter(({ cost }) => cost <= QUICK_COST_MAX).toSorted((a, b) => a.cost - b.cost)[0];
  }

  function begin(): void {
    for (const lane of [lanes.quick, lanes.any]) {
      const one = busy.has(lane) ? undefined : next(lane);
      if (!one) continue;
      waiting.splice(waiting.indexOf(one), 1);
      busy.add(lane);
      users.add(one.of);
      one.start(lane);
    }
  }

  return {
    async take(turn, work) {
      const lane = await new Promise<Lane>((start) => {
        waiting.push({ ...turn, start });
        begin();
      });
      try {
        return await work(lane);
      } finally {
        busy.delete(lane);
        users.delete(turn.of);
        begin();
      }
    },
  };
}
